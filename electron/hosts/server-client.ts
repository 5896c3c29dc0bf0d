import { Agent, request as httpRequest } from 'node:http';
import { z } from 'zod';
import type { CallFailure } from '#shared/contract/backend-api.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { isSameSecret, proofOf, randomSecret } from './challenge.ts';
import type { Running } from './running-file.ts';

/** An answer takes at most this long; the longest questions read months of facts. */
const CALL_LIMIT_MS = 120_000;
const CHALLENGE_LIMIT_MS = 2000;
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

/** An agent of our own: the global one may be set to send through a proxy, which must never see the token. */
const agent = new Agent();

const challengeAnswer = z.object({ proof: z.string() });
const linkAnswer = z.object({ url: z.url() });
const callAnswer = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    failure: z.object({
      kind: z.enum(['bad-input', 'unknown-call', 'not-possible', 'disconnected', 'failed']),
      message: z.string(),
    }),
  }),
]);

/** Whether a server of ours listens there: it answers a fresh challenge with a proof only our token can make. */
export async function isOurs({ port, token }: Pick<Running, 'port' | 'token'>): Promise<boolean> {
  const nonce = randomSecret();
  const path = `/api/challenge?nonce=${nonce}`;
  const answer = await exchange({ port, method: 'GET', path, headers: {}, body: null, limitMs: CHALLENGE_LIMIT_MS });
  const parsed = challengeAnswer.safeParse(answer?.body);
  return parsed.success && isSameSecret(parsed.data.proof, proofOf(token, { nonce, port }));
}

/** Makes one call of the contract on a running server. Ask `isOurs` first: this sends the token. */
export async function callServer(
  running: Pick<Running, 'port' | 'token'>,
  name: string,
  input: unknown,
): Promise<Result<unknown, CallFailure>> {
  const answer = await post(running, `/api/call/${encodeURIComponent(name)}`, input);
  if (answer === null) return fail({ kind: 'disconnected', message: 'the running Tokenwatt does not answer' });
  const parsed = callAnswer.safeParse(answer.body);
  if (parsed.success) return parsed.data.ok ? succeed(parsed.data.value) : parsed.data;
  return fail({ kind: 'failed', message: `the running Tokenwatt refused, with status ${answer.status}` });
}

/** Asks a running server for an address that opens one browser. Null when it does not give one. */
export async function newLink(running: Pick<Running, 'port' | 'token'>): Promise<string | null> {
  const parsed = linkAnswer.safeParse((await post(running, '/api/link', {}))?.body);
  return parsed.success ? parsed.data.url : null;
}

type Exchange = {
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly limitMs: number;
};

type Answer = { readonly status: number; readonly body: unknown };

function post({ port, token }: Pick<Running, 'port' | 'token'>, path: string, input: unknown): Promise<Answer | null> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'X-Tokenwatt': '1' };
  return exchange({ port, method: 'POST', path, headers, body: JSON.stringify(input), limitMs: CALL_LIMIT_MS });
}

/** One request to this machine; null when nothing answers, answers too slowly, or answers no JSON. */
function exchange({ port, method, path, headers, body, limitMs }: Exchange): Promise<Answer | null> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(limitMs);
    const asked = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent, signal }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > ANSWER_BYTES_MAX) response.destroy();
      });
      response.on('end', () => resolve(jsonOf(response.statusCode ?? 0, Buffer.concat(chunks))));
      response.on('close', () => resolve(null));
    });
    asked.on('error', () => resolve(null));
    asked.end(body ?? undefined);
  });
}

function jsonOf(status: number, body: Buffer): Answer | null {
  try {
    return { status, body: JSON.parse(body.toString('utf8')) as unknown };
  } catch {
    return null;
  }
}
