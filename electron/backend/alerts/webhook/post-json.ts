import { request as requestPlain, type RequestOptions } from 'node:http';
import { request as requestTls } from 'node:https';
import { guardedLookup, resolveBySystem } from '#backend/sources/http/address-rules.ts';
import { checkTarget } from '#backend/sources/http/checked-target.ts';
import { defaultHttpLimits, type HttpFailure } from '#backend/sources/http/http-client.ts';
import { failureOfError } from '#backend/sources/http/http-failures.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

export type PostedJson = {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole exchange, ms. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
};

/** `mayRetry`: the same message may be taken later. The sentence names host and port, never path, query or answer. */
export type PostFailure = { readonly mayRetry: boolean; readonly message: string };

const lookup = guardedLookup(resolveBySystem);

/**
 * Posts JSON once, under the rules that hold for sources: no link-local or metadata address at any look-up, no redirect, no
 * cookie, no proxy of the environment. Any status of 200 to 299 is taken; what the receiver says beside it is not read.
 */
export function postJson(post: PostedJson): Promise<Result<{ readonly status: number }, PostFailure>> {
  const checked = checkTarget({ url: post.url });
  if (!checked.ok) return Promise.resolve(fail({ mayRetry: false, message: checked.failure.message }));
  const { isTls, host, port, path, place } = checked.value;
  const options: RequestOptions = {
    method: 'POST',
    host,
    port,
    path,
    lookup,
    agent: false,
    headers: { ...post.headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(post.body) },
    signal: AbortSignal.any([post.signal, AbortSignal.timeout(post.limitMs)]),
  };
  return new Promise((resolve) => {
    const request = (isTls ? requestTls : requestPlain)(options, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve(outcomeOf(status, place));
    });
    request.on('error', (error) => resolve(fail(failureOf(error, place, post))));
    request.end(post.body);
  });
}

function outcomeOf(status: number, place: string): Result<{ readonly status: number }, PostFailure> {
  if (status >= 200 && status < 300) return succeed({ status });
  if (status >= 300 && status < 400)
    return fail({
      mayRetry: false,
      message: `${place} answered with a redirect (${status}), which is not followed: enter the address it leads to.`,
    });
  const mayRetry = status >= 500 || RETRIED_STATUSES.has(status);
  return fail({ mayRetry, message: `${place} did not take the message (status ${status}).` });
}

/** Request timeout, too early, too many requests. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

function failureOf(error: Error, place: string, { limitMs }: PostedJson): PostFailure {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return { mayRetry: true, message: `${place} did not answer within ${limitMs / 1000} s.` };
  const { kind, message } = failureOfError(error, {
    place,
    limits: defaultHttpLimits,
    phase: 'connecting',
    bytesReceived: 0,
  });
  const words = WORDS[kind];
  return {
    mayRetry: kind !== 'address-refused' && kind !== 'bad-url',
    message: words === undefined ? message : `${place} ${words}.`,
  };
}

/** Where the words for exporters do not fit a receiver. */
const WORDS: { readonly [Kind in HttpFailure['kind']]?: string } = {
  refused: 'refused the connection: check that the receiver runs and listens on this port',
  reset: 'closed the connection without an answer',
  'bad-response': 'did not answer in HTTP',
  'connect-timeout': 'accepted no connection in time',
};
