import {
  request as requestPlain,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as requestTls } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { TLSSocket, type ConnectionOptions } from 'node:tls';

import type { Clock } from '#backend/clock.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

import { BodyReader } from './body-reader.ts';
import type { CheckedTarget } from './checked-target.ts';
import type { HttpAnswer, HttpFailure, HttpLimits } from './http-client.ts';
import { aborted, failureOfError, timedOut, tooSlow, type FailureContext, type Phase } from './http-failures.ts';
import { pinnedIdentity } from './pinned-agent.ts';
import { refusalOfHead } from './response-head.ts';
import { safeText } from './safe-text.ts';

export type ExchangePlan = {
  readonly target: CheckedTarget;
  readonly agent: Agent;
  readonly lookup: LookupFunction;
  readonly clock: Clock;
  readonly limits: HttpLimits;
  /** Monotonic; the total deadline counts from here. */
  readonly startedAtMs: number;
  readonly accept: string;
  /** The form of a post; null for a get. */
  readonly form: string | null;
  /** Where the body goes, unless it outgrows it. */
  readonly buffer: Buffer;
  readonly signal: AbortSignal | undefined;
};

/** How much of the words beside a bad status is kept: the error of a server's answer fits. */
const SAID_LENGTH_MAX = 1000;

/** Node's own mark, `reusedSocket`, is missing where a request waited in line for a socket that became free. */
const socketsConnected = new WeakSet<Socket>();

/** Whether a connection stands already. A socket that connected while no request waited for it was seen by nobody. */
function isOpen(socket: Socket, isTls: boolean): boolean {
  if (socketsConnected.has(socket)) return true;
  if (socket.connecting || !isTls) return !socket.connecting;
  const protocol = socket instanceof TLSSocket ? socket.getProtocol() : null;
  return protocol !== null && protocol !== 'unknown';
}

type Outcome = Result<HttpAnswer, HttpFailure>;

/**
 * One request and its answer on one socket. It ends exactly once, with an answer or a failure; any failure closes the
 * socket, and only a body read to its end leaves the socket to the next request.
 */
export class Exchange {
  readonly outcome: Promise<Outcome>;
  readonly #plan: ExchangePlan;
  #phase: Phase | 'over' = 'connecting';
  #request: ClientRequest | null = null;
  #reader: BodyReader | null = null;
  #refusal: HttpFailure | null = null;
  #timer: NodeJS.Timeout | undefined;
  #bytesAtWindowStart = 0;
  #resolve: (outcome: Outcome) => void = () => {};

  constructor(plan: ExchangePlan) {
    this.#plan = plan;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    if (plan.signal?.aborted === true) this.abort();
    else this.#start();
  }

  /** The buffer that held the body, grown if need be; the caller's again once the outcome is known. */
  get buffer(): Buffer {
    return this.#reader?.body.buffer ?? this.#plan.buffer;
  }

  readonly abort = (): void => {
    this.#finish(fail(aborted(this.#plan.target.place)));
  };

  #start(): void {
    const { target, form, limits, signal } = this.#plan;
    signal?.addEventListener('abort', this.abort, { once: true });
    this.#arm(limits.connectMs);
    try {
      this.#request = (target.isTls ? requestTls : requestPlain)(requestOptionsOf(this.#plan));
    } catch (error) {
      // Node throws for header values and PEM texts it cannot use.
      this.#failWith(error);
      return;
    }
    this.#request.on('socket', (socket) => this.#followConnecting(socket));
    this.#request.on('response', (response) => this.#onResponse(response));
    this.#request.on('error', (error) => this.#failWith(error));
    this.#request.end(form ?? undefined);
  }

  #followConnecting(socket: Socket): void {
    const { target, limits } = this.#plan;
    const connected = (): void => {
      if (this.#phase !== 'connecting') return;
      this.#phase = 'waiting';
      this.#arm(limits.firstByteMs);
    };
    if (isOpen(socket, target.isTls)) {
      connected();
      return;
    }
    socket.once(target.isTls ? 'secureConnect' : 'connect', () => {
      socketsConnected.add(socket);
      connected();
    });
  }

  #onResponse(response: IncomingMessage): void {
    if (this.#phase === 'over') return;
    const { target, limits, clock, buffer } = this.#plan;
    const firstByteAt = { wallMs: clock.now(), monotonicMs: clock.monotonicMs() };
    this.#phase = 'reading';
    this.#arm(limits.throughputWindowMs);
    response.on('error', (error) => this.#failWith(error));
    const refusal = refusalOfHead(response, target, limits, firstByteAt.wallMs);
    if (refusal !== null) {
      this.#refuse(refusal, response);
      return;
    }
    this.#reader = new BodyReader(response, {
      place: target.place,
      limits,
      clock,
      buffer,
      onWhole: (body) => this.#finish(succeed(answerOf(response, body, firstByteAt))),
      onFailure: (failure) => this.#finish(fail(failure)),
    });
  }

  /** A bad status often comes with the reason in its body: the start of it goes into the message. */
  #refuse(refusal: HttpFailure, response: IncomingMessage): void {
    if (refusal.kind !== 'status' || !isPlainWords(response)) {
      this.#finish(fail(refusal));
      return;
    }
    this.#refusal = refusal;
    response.once('end', () => this.#finish(fail(refusal)));
    response.once('data', (chunk: Buffer) => {
      const { secrets } = this.#plan.target;
      const words = chunk.toString('latin1').trim();
      const said = safeText(words, secrets, SAID_LENGTH_MAX);
      this.#finish(fail({ ...refusal, said, message: `${refusal.message} It said: "${safeText(words, secrets)}".` }));
    });
  }

  #arm(ms: number): void {
    const { startedAtMs, limits, clock } = this.#plan;
    const leftMs = startedAtMs + limits.totalMs - clock.monotonicMs();
    clearTimeout(this.#timer);
    // Real timers, not the clock's: real sockets do not move with a fake clock.
    this.#timer = setTimeout(this.#onDeadline, Math.max(0, Math.min(ms, leftMs)));
  }

  readonly #onDeadline = (): void => {
    const phase = this.#phase;
    // After a pause of the whole process (a closed laptop) the timer fires before the bytes that did arrive are read.
    // One turn of the event loop reads them.
    setImmediate(() => {
      if (phase === this.#phase) this.#judgePace();
    });
  };

  #judgePace(): void {
    if (this.#phase === 'over') return;
    const { limits, clock, startedAtMs } = this.#plan;
    const context = this.#context();
    const nowMs = clock.monotonicMs();
    const isOverTotal = nowMs - startedAtMs >= limits.totalMs;
    const bytesExpected = (limits.bytesPerSecondMin * limits.throughputWindowMs) / 1000;
    const bytesInWindow = context.bytesReceived - this.#bytesAtWindowStart;
    if (this.#phase === 'reading' && !isOverTotal && bytesInWindow >= bytesExpected) {
      this.#bytesAtWindowStart = context.bytesReceived;
      this.#arm(limits.throughputWindowMs);
      return;
    }
    // Both break the same rule, but a person looks for a hang elsewhere than for a slow line.
    const silentMs = nowMs - (this.#reader?.receivedAtMs ?? startedAtMs);
    const isHanging = isOverTotal || silentMs > limits.throughputWindowMs / 2;
    const failure = this.#phase !== 'reading' || isHanging ? timedOut(context) : tooSlow(context);
    this.#finish(fail(this.#refusal ?? failure));
  }

  #failWith(error: unknown): void {
    if (this.#phase !== 'over') this.#finish(fail(this.#refusal ?? failureOfError(error, this.#context())));
  }

  #context(): FailureContext {
    const { target, limits } = this.#plan;
    const phase = this.#phase === 'over' ? 'reading' : this.#phase;
    return { place: target.place, limits, phase, bytesReceived: this.#reader?.bytesReceived ?? 0 };
  }

  #finish(outcome: Outcome): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    clearTimeout(this.#timer);
    this.#plan.signal?.removeEventListener('abort', this.abort);
    this.#reader?.stop();
    if (!outcome.ok) this.#request?.destroy();
    this.#resolve(outcome);
  }
}

function requestOptionsOf({ target, agent, lookup, limits, accept, form }: ExchangePlan): RequestOptions {
  const formHeaders = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(form ?? '')),
  };
  return {
    agent,
    lookup,
    host: target.host,
    port: target.port,
    path: requestPathOf(target),
    method: form === null ? 'GET' : 'POST',
    maxHeaderSize: limits.headerBytesMax,
    headers: {
      accept,
      ...target.headers,
      'accept-encoding': 'gzip',
      ...proxyHeadersOf(target),
      ...(form === null ? {} : formHeaders),
    },
    ...(target.isTls ? tlsOptionsOf(target) : {}),
  };
}

/** A proxy of plain HTTP is told the whole address; a tunnel leads to the target itself, which wants the path. */
function requestPathOf({ isTls, proxy, host, port, path }: CheckedTarget): string {
  return isTls || proxy === null ? path : `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
}

function proxyHeadersOf({ isTls, proxy }: CheckedTarget): Readonly<Record<string, string>> {
  const authorization = isTls ? null : (proxy?.authorization ?? null);
  return authorization === null ? {} : { 'proxy-authorization': authorization };
}

function tlsOptionsOf({ tls, host }: CheckedTarget): ConnectionOptions {
  const { insecure, pin, ...settings } = tls;
  return {
    ...settings,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: insecure !== true,
    ...(pin === undefined ? {} : { checkServerIdentity: pinnedIdentity(tls.servername ?? host, pin) }),
  };
}

function answerOf(response: IncomingMessage, body: Uint8Array, firstByteAt: HttpAnswer['firstByteAt']): HttpAnswer {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const contentType = response.headers['content-type'] ?? '';
  return { status: response.statusCode ?? 0, headers, contentType, body, firstByteAt };
}

function isPlainWords(response: IncomingMessage): boolean {
  const { 'content-type': contentType = '', 'content-encoding': encoding } = response.headers;
  return encoding === undefined && /^(text\/plain|application\/json)\b/.test(contentType);
}
