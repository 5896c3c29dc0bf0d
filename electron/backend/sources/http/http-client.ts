import type { Clock } from '#backend/clock.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

import { createAgents } from './agents.ts';
import { guardedLookup, resolveBySystem, type ResolveName } from './address-rules.ts';
import { createBodyBuffers } from './body-buffers.ts';
import { checkTarget, type CheckedTarget } from './checked-target.ts';
import { Exchange, type ExchangePlan } from './exchange.ts';
import { createHoldBack } from './hold-back.ts';

/** Whom to ask, and how. */
export type HttpTarget = { readonly url: string } & HttpAccess;

/** How to ask. `authorization` is the whole header value; it and all of `headers` are secrets and reach no message. */
export type HttpAccess = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly authorization?: string;
  readonly tls?: HttpTls;
  /** Where the request goes instead; the proxy connects on. */
  readonly proxy?: HttpProxy;
  /** More texts that must not come back in any message, such as the password inside an authorization. */
  readonly secrets?: readonly string[];
};

/** PEM texts. `insecure` skips verification of this target alone; whoever sets it shows a lasting mark. */
export type HttpTls = {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that the certificate must carry instead of the URL's host. */
  readonly servername?: string;
  /** SHA-256 fingerprint that the certificate must have, in hex, beside being valid. */
  readonly pin?: string;
  readonly insecure?: boolean;
};

export type HttpProxy = {
  readonly url: string;
  readonly authorization?: string;
  readonly secrets?: readonly string[];
};

/** How to ask, as it is now: secrets and certificates change while we run. On failure: what is missing. */
export type ReadAccess = () => Promise<Result<HttpAccess, string>>;

/** Asks with nothing but the address. */
export const noAccess: ReadAccess = () => Promise.resolve(succeed({}));

export type HttpLimits = {
  /** From the start until the connection (with TLS) stands. */
  readonly connectMs: number;
  /** From then until the answer's headers are in. */
  readonly firstByteMs: number;
  /** The whole request, a retry included. */
  readonly totalMs: number;
  /** Least pace of a body, held over each window of `throughputWindowMs`. */
  readonly bytesPerSecondMin: number;
  readonly throughputWindowMs: number;
  /** The body as received, and after decompression; both held while reading. */
  readonly bytesReceivedMax: number;
  readonly bytesDecodedMax: number;
  /** Decoded over received bytes, held after the first decoded MiB. */
  readonly ratioMax: number;
  readonly headerBytesMax: number;
};

export const defaultHttpLimits: HttpLimits = {
  connectMs: 2000,
  firstByteMs: 5000,
  totalMs: 10_000,
  bytesPerSecondMin: 1024,
  throughputWindowMs: 3000,
  bytesReceivedMax: 16 * 1024 * 1024,
  bytesDecodedMax: 64 * 1024 * 1024,
  ratioMax: 100,
  headerBytesMax: 16 * 1024,
};

/** A whole answer with status 200, complete and decoded. */
export type HttpAnswer = {
  readonly status: number;
  /** Names in lower case; repeated headers joined by a comma. Values are remote text. */
  readonly headers: ReadonlyMap<string, string>;
  /** The Content-Type header as sent; empty when missing. */
  readonly contentType: string;
  /**
   * From `get`: a view of the target's buffer, valid until the next `get` of the same URL; copy what must live longer.
   * From `post`: the caller's own.
   */
  readonly body: Uint8Array;
  /** When the answer began to arrive: the instant a scraped sample belongs to. */
  readonly firstByteAt: { readonly wallMs: number; readonly monotonicMs: number };
};

export type HttpFailure = {
  readonly kind:
    | 'refused'
    | 'name-not-found'
    | 'connect-timeout'
    | 'first-byte-timeout'
    | 'body-timeout'
    | 'too-slow'
    | 'reset'
    | 'incomplete-body'
    | 'body-too-large'
    | 'bomb'
    | 'undecodable'
    | 'redirect-refused'
    | 'unauthorized'
    | 'status'
    | 'tls'
    | 'address-refused'
    | 'bad-url'
    | 'bad-response'
    | 'aborted';
  readonly status?: number;
  /** What the target asked for, held to 5 minutes. */
  readonly retryAfterSeconds?: number;
  /** The start of what came with a bad status, made safe, longer than the message repeats it. */
  readonly said?: string;
  /** One plain sentence for a person, with the next step. Holds no secret; remote text in it is bounded and escaped. */
  readonly message: string;
};

export type HttpOptions = {
  readonly signal?: AbortSignal;
  readonly limits?: Partial<HttpLimits>;
  /** The Accept header; anything when left out. */
  readonly accept?: string;
};

export type HttpClient = {
  get(target: HttpTarget, options?: HttpOptions): Promise<Result<HttpAnswer, HttpFailure>>;
  /** For queries too long for a URL. Like a `get` it may be sent twice, so it must change nothing at the target. */
  post(target: HttpTarget, form: URLSearchParams, options?: HttpOptions): Promise<Result<HttpAnswer, HttpFailure>>;
  /** Ends every request under way as aborted and closes every socket. */
  close(): void;
};

type Outcome = Result<HttpAnswer, HttpFailure>;

/** The one way out: every scrape and every query passes through here, under one policy. */
export function createHttpClient(clock: Clock, resolveName: ResolveName = resolveBySystem): HttpClient {
  const lookup = guardedLookup(resolveName);
  const agents = createAgents(lookup, defaultHttpLimits.connectMs / 2);
  const buffers = createBodyBuffers(clock);
  const holdBack = createHoldBack(clock);
  const underWay = new Set<Exchange>();

  const planOf = (checked: CheckedTarget, buffer: Buffer, form: string | null, options: HttpOptions): ExchangePlan => ({
    target: checked,
    agent: agents.agentOf(checked),
    lookup,
    clock,
    limits: { ...defaultHttpLimits, ...options.limits },
    startedAtMs: clock.monotonicMs(),
    accept: options.accept ?? '*/*',
    form,
    buffer,
    signal: options.signal,
  });

  const exchangeOnce = async (plan: ExchangePlan): Promise<Exchange> => {
    const exchange = new Exchange(plan);
    underWay.add(exchange);
    await exchange.outcome;
    underWay.delete(exchange);
    return exchange;
  };

  // A kept-alive connection may be closed by the target at the very moment we use it: that deserves one more try, and
  // only that. Once a body began, or at any other failure, the next poll is the retry.
  const exchangeOf = async (plan: ExchangePlan): Promise<Exchange> => {
    const first = await exchangeOnce(plan);
    const outcome = await first.outcome;
    return !outcome.ok && outcome.failure.kind === 'reset' ? exchangeOnce(plan) : first;
  };

  const ask = async (target: HttpTarget, form: string | null, options: HttpOptions): Promise<Outcome> => {
    const checked = checkTarget(target);
    if (!checked.ok) return checked;
    const held = holdBack.heldOf(target);
    if (held !== null) return fail(held);
    // The body of a post is the caller's own.
    const buffer = form === null ? buffers.take(target.url) : Buffer.alloc(0);
    const exchange = await exchangeOf(planOf(checked.value, buffer, form, options));
    if (form === null) buffers.giveBack(target.url, exchange.buffer);
    const outcome = await exchange.outcome;
    if (outcome.ok) holdBack.answered(target);
    else if (outcome.failure.kind !== 'aborted') holdBack.failed(target, outcome.failure);
    return outcome;
  };

  return {
    get: (target, options = {}) => ask(target, null, options),
    post: (target, form, options = {}) => ask(target, form.toString(), options),
    close: () => {
      for (const exchange of underWay) exchange.abort();
      agents.destroy();
      buffers.clear();
    },
  };
}
