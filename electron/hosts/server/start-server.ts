import { createServer, STATUS_CODES, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock, type Clock } from '#backend/clock.ts';
import type { Backend } from '#backend/create-backend.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { createDoorkeeper, isAuthorised, isSignedIn, type Doorkeeper } from './doorkeeper.ts';
import { SERVER_LIMITS, type ServerLimits } from './limits.ts';
import { createLive, type Live } from './live.ts';
import { refusalOf, type Refusal } from './request-guard.ts';
import { answerRequest } from './routes.ts';
import { createSafeDispatch } from './safe-dispatch.ts';
import { readStaticFiles } from './static-files.ts';

export type ServerOptions = {
  readonly backend: Pick<Backend, 'api' | 'subscribe'>;
  /** 0 for any free port. */
  readonly port: number;
  /** Other addresses would need TLS, and are not offered. */
  readonly host: '127.0.0.1' | '::1';
  /** The built renderer. */
  readonly rendererFolder: string;
  readonly clock?: Clock;
  readonly limits?: Partial<ServerLimits>;
  readonly log?: (line: string) => void;
};

/** A running server: the same screens and calls as the window, for browsers and scripts of this machine. */
export type Server = {
  readonly port: number;
  /** For scripts, in the Authorization header. Never in an address. */
  readonly token: string;
  /** The address that opens the first browser: it holds until it is used. */
  readonly url: string;
  stop(): Promise<void>;
};

export type ServerFailure = { readonly kind: 'port-in-use' | 'failed'; readonly message: string };

export async function startServer(options: ServerOptions): Promise<Result<Server, ServerFailure>> {
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const log = options.log ?? (() => undefined);
  const dispatch = createSafeDispatch(options.backend.api, log);
  const files = readStaticFiles(options.rendererFolder);
  const doorkeeper = createDoorkeeper(options.clock ?? systemClock, limits, () => portOf(server));
  const live = createLive({ backend: options.backend, dispatch, limits });

  const server = createServer(httpOptionsOf(limits), (request, response) => {
    answerRequest(request, response, doorkeeper, { files, dispatch, limits }).catch((cause: unknown) => {
      log(`a request failed: ${String(cause)}`);
      response.destroy();
    });
  });
  server.maxConnections = limits.connectionsMax;
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    void answerUpgrade(request, { socket, head }, doorkeeper, live);
  });

  const failure = await listen(server, options);
  if (failure !== null) {
    live.stop();
    return fail(failure);
  }
  return succeed({
    port: portOf(server),
    token: doorkeeper.credentials.token,
    url: doorkeeper.openLink(null),
    stop: () => stop(server, live),
  });
}

function httpOptionsOf(limits: ServerLimits): Parameters<typeof createServer>[0] {
  return {
    maxHeaderSize: limits.headerBytesMax,
    requestTimeout: limits.requestMs,
    headersTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(limits.requestMs, 5000),
    requireHostHeader: true,
  };
}

/** A browser bears its cookie and an Origin of ours; a script bears the token. Both pass the guard first. */
async function answerUpgrade(
  request: IncomingMessage,
  { socket, head }: { socket: Duplex; head: Buffer },
  doorkeeper: Doorkeeper,
  live: Live,
): Promise<void> {
  const refusal = refusalOf(request, doorkeeper.port()) ?? (await refusalOfUpgrade(request, doorkeeper));
  if (refusal === null) live.accept(request, socket, head);
  else socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\nConnection: close\r\n\r\n`);
}

async function refusalOfUpgrade(request: IncomingMessage, doorkeeper: Doorkeeper): Promise<Refusal | null> {
  if (request.url !== '/api/live') return { status: 404, code: 'not-found' };
  if (request.headers.origin !== undefined && isSignedIn(request, doorkeeper)) return null;
  return (await isAuthorised(request, doorkeeper)) ? null : { status: 401, code: 'wrong-token' };
}

function listen(server: HttpServer, { port, host }: ServerOptions): Promise<ServerFailure | null> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const message = isTaken
        ? `port ${port} is in use by another program`
        : `cannot listen on port ${port}: ${error.code}`;
      resolve({ kind: isTaken ? 'port-in-use' : 'failed', message });
    });
    server.listen({ port, host }, () => resolve(null));
  });
}

function portOf(server: HttpServer): number {
  return (server.address() as AddressInfo).port;
}

async function stop(server: HttpServer, live: Live): Promise<void> {
  live.stop();
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}
