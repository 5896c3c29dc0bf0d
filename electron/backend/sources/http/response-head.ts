import { STATUS_CODES, type IncomingMessage } from 'node:http';

import type { CheckedTarget } from './checked-target.ts';
import type { HttpFailure, HttpLimits } from './http-client.ts';
import { bodyTooLarge, endUnknown, proxyRefused, undecodable } from './http-failures.ts';
import { safeText } from './safe-text.ts';

const RETRY_AFTER_SECONDS_MAX = 300;

/** Why an answer is refused by its status and headers alone, before a byte of its body is read; null when it is not. */
export function refusalOfHead(
  response: IncomingMessage,
  target: CheckedTarget,
  limits: HttpLimits,
  nowMs: number,
): HttpFailure | null {
  if (response.statusCode !== 200) return refusalOfStatus(response, target, nowMs);
  const { place } = target;
  if (encodingOf(response) === null) {
    return undecodable(place, `encoding "${safeText(response.headers['content-encoding'] ?? '', target.secrets)}"`);
  }
  const length = lengthOf(response);
  if (length === null && response.headers['transfer-encoding'] === undefined) {
    // Without either, a body cut in the middle of a number looks whole.
    return endUnknown(place);
  }
  return length !== null && length > limits.bytesReceivedMax ? bodyTooLarge(place, limits.bytesReceivedMax) : null;
}

/** How to read the body: as it is, or through gzip. Null for whatever we never asked for, several layers included. */
export function encodingOf(response: IncomingMessage): 'identity' | 'gzip' | null {
  switch ((response.headers['content-encoding'] ?? '').trim().toLowerCase()) {
    case '':
    case 'identity':
      return 'identity';
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    default:
      return null;
  }
}

/** Content-Length in bytes; null when missing. Node's parser has refused values that are no number. */
export function lengthOf(response: IncomingMessage): number | null {
  const length = response.headers['content-length'];
  return length === undefined ? null : Number(length);
}

function refusalOfStatus(response: IncomingMessage, target: CheckedTarget, nowMs: number): HttpFailure {
  const status = response.statusCode ?? 0;
  const { place } = target;
  if (status === 401 || status === 403) {
    const message = `${place} refused the credentials (${status}): check the credential setting of this target.`;
    return { kind: 'unauthorized', status, message };
  }
  if (status === 407) return proxyRefused(place, status);
  const { location } = response.headers;
  if (status >= 300 && status < 400 && location !== undefined) {
    const message = `${place} redirects (${status}) to "${safeText(location, target.secrets)}", which is refused: enter the final address if it is right.`;
    return { kind: 'redirect-refused', status, message };
  }
  const retryAfterSeconds = retryAfterOf(response.headers['retry-after'], nowMs);
  return {
    kind: 'status',
    status,
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    message: `${place} answered ${status}${nameOf(status)}: ${adviceFor(status)}.`,
  };
}

/** Our own name of a status; the remote's words for it are not repeated. */
function nameOf(status: number): string {
  const name = STATUS_CODES[status];
  return name === undefined ? '' : ` ${name}`;
}

function adviceFor(status: number): string {
  if (status === 404) return 'check the path of the address';
  if (status === 429 || status === 503) return 'it is overloaded, and the next attempt waits';
  if (status >= 500) return 'check its log';
  return 'check what answers there';
}

/** Seconds to wait, from either form of Retry-After; null when missing or unreadable. */
function retryAfterOf(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - nowMs) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), RETRY_AFTER_SECONDS_MAX);
}
