import { Agent, request as httpRequest } from 'node:http';
import { z } from 'zod';
import type { CallFailure } from '#shared/contract/backend-api.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { isSameSecret, proofOf, randomSecret } from './challenge.ts';
import type { Running } from './running-file.ts';

/** An answer takes at most this long; the longest questions read months of facts. */
const CALL_LIMIT_MS = 120_000;
/** Long enough for a backend that is busy reading history on a busy machine. */
const CHALLENGE_LIMIT_MS = 10_000;
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

/**
 * What listens where a file says that our server does. `ours`: it answers a fresh challenge with a proof only our token can
 * make. `silent`: its process lives and something listens, but does not answer in time. `gone`: neither.
 */
export async function presenceOf({ pid, port, token }: Running, limitMs?: number): Promise<'ours' | 'silent' | 'gone'> {
  const nonce = randomSecret();
  const path = `/api/challenge?nonce=${nonce}`;
  const ask = { port, method: 'GET', path, headers: {}, body: null, limitMs: limitMs ?? CHALLENGE_LIMIT_MS } as const;
  const answer = await exchange(ask);
  if (!answer.ok) return answer.failure === 'late' && isProcess(pid) ? 'silent' : 'gone';
  const parsed = challengeAnswer.safeParse(answer.value.body);
  return parsed.success && isSameSecret(parsed.data.proof, proofOf(token, { nonce, port })) ? 'ours' : 'gone';
}

/** Whether a server of ours answers there. */
export async function isOurs(running: Running): Promise<boolean> {
  return (await presenceOf(running)) === 'ours';
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user is one all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Makes one call of the contract on a running server. Ask `isOurs` first: this sends the token. */
export async function callServer(
  running: Pick<Running, 'port' | 'token'>,
  name: string,
  input: unknown,
): Promise<Result<unknown, CallFailure>> {
  const answer = await post(running, `/api/call/${encodeURIComponent(name)}`, input);
  if (!answer.ok) return fail({ kind: 'disconnected', message: 'the running Tokenwatt does not answer' });
  const parsed = callAnswer.safeParse(answer.value.body);
  if (parsed.success) return parsed.data.ok ? succeed(parsed.data.value) : parsed.data;
  return fail({ kind: 'failed', message: `the running Tokenwatt refused, with status ${answer.value.status}` });
}

/** Asks a running server for an address that opens one browser. Null when it does not give one. */
export async function newLink(running: Pick<Running, 'port' | 'token'>): Promise<string | null> {
  const answer = await post(running, '/api/link', {});
  const parsed = linkAnswer.safeParse(answer.ok ? answer.value.body : null);
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

/** `late`: no whole answer in time. `none`: nothing listens, the connection broke, or the answer is no JSON. */
type NoAnswer = 'late' | 'none';

function post({ port, token }: Pick<Running, 'port' | 'token'>, path: string, input: unknown) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'X-Tokenwatt': '1' };
  return exchange({ port, method: 'POST', path, headers, body: JSON.stringify(input), limitMs: CALL_LIMIT_MS });
}

/** One request to this machine. */
function exchange({ port, method, path, headers, body, limitMs }: Exchange): Promise<Result<Answer, NoAnswer>> {
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
      response.on('close', () => resolve(fail(signal.aborted ? 'late' : 'none')));
    });
    asked.on('error', () => resolve(fail(signal.aborted ? 'late' : 'none')));
    asked.end(body ?? undefined);
  });
}

function jsonOf(status: number, body: Buffer): Result<Answer, NoAnswer> {
  try {
    return succeed({ status, body: JSON.parse(body.toString('utf8')) as unknown });
  } catch {
    return fail('none');
  }
}
