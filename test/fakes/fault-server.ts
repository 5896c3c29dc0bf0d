import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';

/** What a healthy exporter says; the fault cases cut, bend or bury it. */
export const goodMetrics = [
  '# HELP DCGM_FI_DEV_POWER_USAGE Power draw (in W).',
  '# TYPE DCGM_FI_DEV_POWER_USAGE gauge',
  'DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-00000000-0000-4000-8000-000000000001"} 312.5',
  '# TYPE vllm:generation_tokens_total counter',
  'vllm:generation_tokens_total{model_name="llama"} 12345',
  '',
].join('\n');

/**
 * A scripted target on loopback. Cases are named by their id in the fault catalogue, with a part of the case after a
 * slash (`N08/bomb`, `N06/17` to close after 17 body bytes); any other name is a page set with `setBody`.
 */
export type FaultServer = {
  /** Where a case is served. `N01` is a port that nobody listens on. */
  url(caseName: string): string;
  /** Sets what a page says from now on, with status 200; `good` is there from the start. */
  setBody(caseName: string, text: string, contentType?: string): void;
  /** Requests that asked for a case since the start. */
  requests(caseName: string): number;
  /** The headers of the last request that asked for a case. */
  lastHeaders(caseName: string): IncomingMessage['headers'];
  /** The body of the last request that asked for a case, once it was read. */
  lastBody(caseName: string): string;
  /** Connections open now, and all accepted since the start. */
  connections(): number;
  accepted(): number;
  /** Body bytes handed to sockets so far: how much a client let itself be sent. */
  bytesSent(): number;
  close(): Promise<void>;
};

type Page = { readonly text: string; readonly contentType: string };
type Wire = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly detail: string };
type Case = (wire: Wire, origin: string) => void;

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export async function startFaultServer(): Promise<FaultServer> {
  const pages = new Map<string, Page>([
    ['good', { text: goodMetrics, contentType: METRICS_TYPE }],
    ['garbage', { text: 'this is { not = metrics\n\u0000\u0001\u0002 }}}\n1 2 3 4\n', contentType: METRICS_TYPE }],
    ['nan', { text: goodMetrics.replace('312.5', 'NaN'), contentType: METRICS_TYPE }],
    ['negative-counter', { text: goodMetrics.replace('12345', '-12345'), contentType: METRICS_TYPE }],
    ['empty', { text: '', contentType: METRICS_TYPE }],
  ]);
  const asked = new Map<string, number>();
  const headers = new Map<string, IncomingMessage['headers']>();
  const bodies = new Map<string, string>();
  const sockets = new Set<Socket>();
  let accepted = 0;
  let bytesSentByClosed = 0;

  const server = createServer((request, response) => {
    const caseName = decodeURIComponent((request.url ?? '/').split('?')[0]!.slice(1));
    asked.set(caseName, (asked.get(caseName) ?? 0) + 1);
    headers.set(caseName, request.headers);
    keepBody(request, (text) => bodies.set(caseName, text));
    // A client that hangs up on a faulty answer is what these cases are for.
    response.on('error', () => {});
    const [id = '', detail = ''] = caseName.split('/');
    const page = pages.get(caseName);
    const play = cases[id];
    if (page !== undefined) sendPage(response, page);
    else if (play !== undefined) play({ request, response, detail }, `http://localhost:${portOf(server)}`);
    else response.writeHead(404).end();
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      bytesSentByClosed += socket.bytesWritten;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const closedPort = await unusedPort();

  return {
    url: (caseName) => `http://127.0.0.1:${caseName === 'N01' ? closedPort : portOf(server)}/${caseName}`,
    setBody: (caseName, text, contentType = METRICS_TYPE) => pages.set(caseName, { text, contentType }),
    requests: (caseName) => asked.get(caseName) ?? 0,
    lastHeaders: (caseName) => headers.get(caseName) ?? {},
    lastBody: (caseName) => bodies.get(caseName) ?? '',
    connections: () => sockets.size,
    accepted: () => accepted,
    bytesSent: () => [...sockets].reduce((bytes, socket) => bytes + socket.bytesWritten, bytesSentByClosed),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const cases: Record<string, Case> = {
  N03: () => {},
  N04: ({ response }) => {
    response.writeHead(200, { 'content-type': METRICS_TYPE, 'content-length': goodMetrics.length });
    response.write(goodMetrics.slice(0, 100));
  },
  N05: ({ response }) => {
    response.writeHead(200, { 'content-type': METRICS_TYPE });
    const drip = setInterval(() => response.write('#'), 10);
    response.on('close', () => clearInterval(drip));
  },
  N06: closeAfterBytes,
  N07: ({ response, detail }) => {
    const bytes = 200 * 1024 * 1024;
    response.writeHead(200, {
      'content-type': METRICS_TYPE,
      ...(detail === 'told' ? { 'content-length': bytes } : {}),
    });
    pour(response, Buffer.alloc(64 * 1024, 'a 1\n'), bytes);
  },
  N08: compressedTooMuch,
  N09: compressedWrongly,
  N10: ({ response, detail }) => {
    const page = '<!DOCTYPE html><html><body><form action="/login"></form></body></html>';
    if (detail === 'json') sendPage(response, { text: '{"status":"ok"}', contentType: 'application/json' });
    else sendPage(response, { text: page, contentType: detail === 'mislabelled' ? METRICS_TYPE : 'text/html' });
  },
  N11: ({ response, detail }, origin) => {
    const [status = '302', goal = 'elsewhere'] = detail.split('-');
    const goals: Record<string, string> = {
      elsewhere: `${origin}/stolen`,
      file: 'file:///etc/passwd',
      metadata: 'http://169.254.169.254/latest/meta-data/',
    };
    response.writeHead(Number(status), { location: goals[goal] }).end();
  },
  N12: ({ request, response, detail }) => {
    // A careless server repeats the credentials it refuses.
    response.writeHead(Number(detail), { 'content-type': 'text/plain' });
    response.end(`no access with ${String(request.headers.authorization)}`);
  },
  N13: ({ request, response, detail }) => {
    const [status = '503', retryAfter] = detail.split('-');
    response.writeHead(Number(status), {
      'content-type': 'text/plain',
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    });
    response.end(`\u001b[31mtoo busy\nfor ${String(request.headers.authorization)}`);
  },
  N16: ({ response, detail }) => {
    const lines: Record<string, string> = {
      giant: `X-Giant: ${'g'.repeat(1024 * 1024)}`,
      many: Array.from({ length: 5000 }, (_, index) => `X-${index}: 1`).join('\r\n'),
      odd: 'X-Odd: a\u0007b\u001b[31m\u0000',
      folded: 'X-Folded\u0001: a',
    };
    response.socket?.end(`HTTP/1.1 200 OK\r\n${lines[detail]}\r\nContent-Length: 2\r\n\r\na `, 'latin1');
  },
  'not-http': ({ response }) => {
    response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n');
  },
  /** Answers the first request of each connection and closes at the second: the idle keep-alive race. */
  'closes-when-reused': ({ request, response }) => {
    const socket = request.socket as Socket & { wasUsed?: boolean };
    if (socket.wasUsed === true) socket.resetAndDestroy();
    else sendPage(response, { text: goodMetrics, contentType: METRICS_TYPE });
    socket.wasUsed = true;
  },
  /** Closes every connection at its first request. */
  'closes-always': ({ request }) => {
    request.socket.resetAndDestroy();
  },
  gzip: ({ response }) => sendCompressed(response, 'gzip', gzipSync(goodMetrics)),
};

/** `N06/17` announces a whole body and closes after 17 bytes; `N06/chunk-17` the same in chunks; `N06/open` says no end. */
function closeAfterBytes({ response, detail }: Wire): void {
  const bytes = Number(detail.replace('chunk-', ''));
  const { socket } = response;
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${METRICS_TYPE}\r\n`;
  if (detail === 'open') {
    socket?.end(`${head}Connection: close\r\n\r\n${goodMetrics}`);
  } else if (detail.startsWith('chunk-')) {
    const chunk = `${goodMetrics.length.toString(16)}\r\n${goodMetrics}\r\n0\r\n\r\n`;
    socket?.end(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.slice(0, bytes)}`);
  } else {
    socket?.end(`${head}Content-Length: ${goodMetrics.length}\r\n\r\n${goodMetrics.slice(0, bytes)}`);
  }
}

function compressedTooMuch({ response, detail }: Wire): void {
  if (detail === 'brotli') return sendCompressed(response, 'br', brotliCompressSync(goodMetrics));
  if (detail === 'zstd') return sendCompressed(response, 'zstd', zstdCompressSync(goodMetrics));
  if (detail === 'twice') return sendCompressed(response, 'gzip, gzip', gzipSync(gzipSync(goodMetrics)));
  if (detail === 'nested') return sendCompressed(response, 'gzip', gzipSync(gzipSync(goodMetrics)));
  return sendCompressed(response, 'gzip', bomb());
}

function compressedWrongly({ response, detail }: Wire): void {
  const whole = gzipSync(goodMetrics);
  const bent: Record<string, Buffer> = {
    truncated: whole.subarray(0, whole.length - 9),
    corrupt: Buffer.from(whole.map((byte, index) => (index === 40 ? byte ^ 0xff : byte))),
    'no-header': whole.subarray(10),
    plain: Buffer.from(goodMetrics),
    trailing: Buffer.concat([whole, Buffer.from('and more')]),
    padded: Buffer.concat([whole, Buffer.alloc(512)]),
    nothing: Buffer.alloc(0),
  };
  if (detail === 'undeclared') sendCompressed(response, 'identity', whole);
  else sendCompressed(response, 'gzip', bent[detail]!);
}

/** 256 MiB of blanks in about 256 KB: 1000 : 1, as far as gzip goes in one layer. */
let bombBytes: Buffer | null = null;
function bomb(): Buffer {
  bombBytes ??= gzipSync(Buffer.alloc(256 * 1024 * 1024, ' '), { level: 9 });
  return bombBytes;
}

function sendPage(response: ServerResponse, { text, contentType }: Page): void {
  const body = Buffer.from(text);
  const type = contentType === '' ? {} : { 'content-type': contentType };
  response.writeHead(200, { ...type, 'content-length': body.length });
  response.end(body);
}

function sendCompressed(response: ServerResponse, encoding: string, body: Buffer): void {
  response.writeHead(200, {
    'content-type': METRICS_TYPE,
    'content-encoding': encoding,
    'content-length': body.length,
  });
  response.end(body);
}

/** Writes blocks until `bytes` are out or the client has gone, waiting whenever the socket is full. */
function pour(response: ServerResponse, block: Buffer, bytes: number): void {
  let left = bytes;
  const write = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= block.length;
      if (!response.write(block)) {
        response.once('drain', write);
        return;
      }
    }
    response.end();
  };
  write();
}

function keepBody(request: IncomingMessage, keep: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => keep(Buffer.concat(chunks).toString()));
  request.on('error', () => {});
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago, with no one listening on it. */
async function unusedPort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
