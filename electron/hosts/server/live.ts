import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { z } from 'zod';
import type { Backend } from '#backend/create-backend.ts';
import type { CallFailure } from '#shared/contract/backend-api.ts';
import { EVENT_TOPICS, type EventTopic } from '#shared/contract/backend-events.ts';
import type { WireEvent, WireReply, WireRequest } from '#shared/contract/transport.ts';
import { fail, type Result } from '#shared/lib/result.ts';
import { createCallQueue } from './call-queue.ts';
import type { SafeDispatch } from './safe-dispatch.ts';
import type { ServerLimits } from './limits.ts';

/** Close codes of RFC 6455, section 7.4. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

export type LiveOptions = {
  readonly backend: Pick<Backend, 'subscribe'>;
  readonly dispatch: SafeDispatch;
  readonly limits: ServerLimits;
};

/** The WebSocket of browsers: calls and their replies, and every event of the backend. */
export type Live = {
  /** Takes over a connection whose upgrade was checked and allowed. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stop(): void;
};

const wireRequest = z.strictObject({
  k: z.literal('q'),
  id: z.number().int().min(0),
  m: z.string().max(64),
  p: z.unknown(),
});

export function createLive(options: LiveOptions): Live {
  const { backend, limits } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: limits.bodyBytesMax, perMessageDeflate: false });
  const subscriptions = EVENT_TOPICS.map((topic: EventTopic) =>
    backend.subscribe(topic, (event) => {
      const message: WireEvent = { k: 'e', t: topic, v: event };
      for (const client of server.clients) send(client, message, limits);
    }),
  );
  return {
    accept: (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client) => serve(client, options));
    },
    stop: () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      for (const client of server.clients) client.close(GOING_AWAY);
      server.close();
    },
  };
}

function serve(client: WebSocket, { dispatch, limits }: LiveOptions): void {
  const queue = createCallQueue({ concurrentMax: limits.callsConcurrentMax, waitingMax: limits.callsWaitingMax });
  client.on('message', (data, isBinary) => {
    const request = isBinary ? null : requestOf(data);
    if (request === null) {
      client.close(POLICY_VIOLATION, 'not a request');
      return;
    }
    const reply = (v: Result<unknown, CallFailure>) => send(client, { k: 'r', id: request.id, v }, limits);
    const isTaken = queue.add(async () => reply(await dispatch(request.m, request.p)));
    if (!isTaken) reply(fail({ kind: 'not-possible', message: 'too many calls wait already' }));
  });
  // Protocol errors and oversized messages: ws closes the connection by itself with the fitting code.
  client.on('error', () => undefined);
  watchOver(client, limits.pingMs);
}

function requestOf(data: RawData): WireRequest | null {
  try {
    const parsed = wireRequest.safeParse(JSON.parse(textOf(data)));
    return parsed.success ? { ...parsed.data, p: parsed.data.p } : null;
  } catch {
    return null;
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}

/** Sends, unless the client reads so slowly that the queue is full: then it is cut, and asks anew when it is back. */
function send(client: WebSocket, message: WireReply | WireEvent, { unreadBytesMax }: ServerLimits): void {
  if (client.readyState !== client.OPEN) return;
  if (client.bufferedAmount > unreadBytesMax) {
    client.close(TRY_AGAIN_LATER, 'reads too slowly');
    client.terminate();
    return;
  }
  client.send(JSON.stringify(message));
}

/** Frees the place of a client whose machine went to sleep: no close ever arrives from it. */
function watchOver(client: WebSocket, pingMs: number): void {
  let hasAnswered = true;
  const timer = setInterval(() => {
    if (!hasAnswered) client.terminate();
    hasAnswered = false;
    client.ping();
  }, pingMs);
  timer.unref();
  client.on('pong', () => {
    hasAnswered = true;
  });
  client.on('close', () => clearInterval(timer));
}
