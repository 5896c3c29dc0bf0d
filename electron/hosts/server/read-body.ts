import type { IncomingMessage } from 'node:http';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Refusal } from './request-guard.ts';

const TOO_LARGE: Refusal = { status: 413, code: 'body-too-large' };

/** The JSON body of a request, refused while reading once it passes `bytesMax`. */
export async function readJsonBody(request: IncomingMessage, bytesMax: number): Promise<Result<unknown, Refusal>> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return fail(TOO_LARGE);
  const body = await readUpTo(request, bytesMax);
  if (body === null) return fail(TOO_LARGE);
  try {
    return succeed(JSON.parse(body.toString('utf8')));
  } catch {
    return fail({ status: 400, code: 'bad-json' });
  }
}

/** All bytes, or null once there are too many. Not `for await`: leaving that loop would cut the socket before we answer. */
function readUpTo(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      resolve(null);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    // A sender that goes away needs no answer; the empty body lets the caller finish.
    request.on('close', () => resolve(Buffer.alloc(0)));
  });
}
