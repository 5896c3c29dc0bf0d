import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A server on 127.0.0.1 only. Port 0 takes any free one. */
export type LoopbackServer = {
  readonly url: string;
  /** Host and port, as in a scrape target. */
  readonly address: string;
  readonly close: () => Promise<void>;
};

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** `keepAliveMs`: how long an idle connection is kept, Node's 5 s unless said. */
export async function listenOnLoopback(port: number, answer: Answer, keepAliveMs = 5000): Promise<LoopbackServer> {
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    Promise.resolve()
      .then(() => answer(request, response))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${address}`, address, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function sendPlain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

const EXPOSITION_HEAD = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };

/** Prometheus text, zipped for those who ask. */
export function sendExposition(request: IncomingMessage, response: ServerResponse, text: string | Buffer): void {
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
    sendUnzipped(response, text);
    return;
  }
  // The fastest level: the reader is on the same machine.
  const body = gzipSync(text, { level: 1 });
  response.writeHead(200, { ...EXPOSITION_HEAD, 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
}

/** Prometheus text as it is, whatever the reader accepts. */
export function sendUnzipped(response: ServerResponse, text: string | Buffer): void {
  const body = typeof text === 'string' ? Buffer.from(text) : text;
  response.writeHead(200, { ...EXPOSITION_HEAD, 'content-length': body.length }).end(body);
}

const bodyBytesMax = 64 * 1024;

/** The body of a form post; undefined when it is longer than any query should be. */
export async function formBody(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyBytesMax) return undefined;
  }
  return new URLSearchParams(text);
}
