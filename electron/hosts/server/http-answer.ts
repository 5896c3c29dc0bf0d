import type { ServerResponse } from 'node:http';
import { CONTENT_SECURITY_POLICY } from '#electron/hosts/content-policy.ts';
import type { Refusal } from './request-guard.ts';

/** Headers of every answer. There is no CORS header: no other origin may read anything. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

export type Answer = {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Sends an answer with our headers; the body is left out where the request asked for the head alone. */
export function send(response: ServerResponse, { status, type, body, headers = {} }: Answer): void {
  const length = { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { ...HEADERS, ...length, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** A refusal as JSON with its stable code; the connection ends, since the rest of the request is not read. */
export function refusalAnswer({ status, code }: Refusal): Answer {
  return { ...jsonAnswer(status, { code }), headers: { Connection: 'close' } };
}

export function pageAnswer(status: number, body: string): Answer {
  return { status, type: 'text/html; charset=utf-8', body };
}
