import type { IncomingMessage } from 'node:http';
import { createGunzip, gunzipSync, type Gunzip } from 'node:zlib';

import type { Clock } from '#backend/clock.ts';

import type { HttpFailure, HttpLimits } from './http-client.ts';
import { bodyTooLarge, bomb, undecodable } from './http-failures.ts';
import { ReceivedBody } from './received-body.ts';
import { encodingOf, lengthOf } from './response-head.ts';

/** A small body may well shrink more than a large one; the ratio is held from here on. */
const RATIO_HELD_FROM_BYTES = 1024 * 1024;
/** Output of zlib per step: its 16 KB default costs four times the steps on a body of megabytes. */
const DECODED_CHUNK_BYTES = 64 * 1024;
/**
 * A body this small is collected first and decoded in one step: some milliseconds at most, even at the ratio limit. A
 * stream hands each piece to another thread and back, which cost a tenth of all CPU with 128 engines every 10 s.
 */
const DECODED_AT_ONCE_BYTES_MAX = 64 * 1024;

/** Node's types do not say what `info` changes: the answer then also has the engine, which knows how much it read. */
function gunzipWithInfo(zipped: Uint8Array, limits: { readonly maxOutputLength: number; readonly chunkSize: number }) {
  const answer: unknown = gunzipSync(zipped, { ...limits, info: true });
  return answer as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
}

const MORE_AFTER_GZIP = 'more bytes after the end of gzip';
const DAMAGED_GZIP = 'damaged, cut or not gzip';

type BodyReaderPlan = {
  readonly place: string;
  readonly limits: HttpLimits;
  readonly clock: Clock;
  readonly buffer: Buffer;
  /** Called once, with a view of the buffer, when the body arrived and decoded to its end. */
  readonly onWhole: (body: Uint8Array) => void;
  readonly onFailure: (failure: HttpFailure) => void;
};

/** Reads one body into a buffer, plain or through gzip, and holds every limit at each chunk, not at the end. */
export class BodyReader {
  readonly body: ReceivedBody;
  bytesReceived = 0;
  /** Monotonic, when the last bytes came; the start of reading before the first. */
  receivedAtMs: number;
  readonly #response: IncomingMessage;
  readonly #plan: BodyReaderPlan;
  readonly #isGzip: boolean;
  readonly #gunzip: Gunzip | null;
  /** What a small zipped body has sent so far; null for every other body. */
  readonly #zipped: ReceivedBody | null;
  #isStopped = false;

  constructor(response: IncomingMessage, plan: BodyReaderPlan) {
    const isGzip = encodingOf(response) === 'gzip';
    this.#isGzip = isGzip;
    const length = lengthOf(response);
    const isSmall = length !== null && length <= DECODED_AT_ONCE_BYTES_MAX;
    this.#response = response;
    this.#plan = plan;
    this.receivedAtMs = plan.clock.monotonicMs();
    this.body = new ReceivedBody(plan.buffer, plan.limits.bytesDecodedMax);
    this.#zipped = isGzip && isSmall ? new ReceivedBody(Buffer.allocUnsafe(length), length) : null;
    this.#gunzip = isGzip && !isSmall ? this.#startGunzip() : null;
    if (!isGzip) this.body.reserve(length ?? 0);
    response.on('data', (chunk: Buffer) => this.#receive(chunk));
    response.on('end', () => this.#endOfReceiving());
  }

  /** Stops reading: from here on the buffer belongs to the caller. */
  stop(): void {
    this.#isStopped = true;
    this.#gunzip?.destroy();
  }

  #startGunzip(): Gunzip {
    const gunzip = createGunzip({ chunkSize: DECODED_CHUNK_BYTES });
    gunzip.on('data', (chunk: Buffer) => this.#keep(chunk));
    gunzip.on('drain', () => this.#response.resume());
    gunzip.on('end', () => {
      // zlib stops where gzip ends: whatever the target sent after that was never part of the body.
      if (gunzip.bytesWritten === this.bytesReceived) this.#endOfBody();
      else this.#fail(undecodable(this.#plan.place, MORE_AFTER_GZIP));
    });
    gunzip.on('error', () => this.#fail(undecodable(this.#plan.place, DAMAGED_GZIP)));
    return gunzip;
  }

  #receive(chunk: Buffer): void {
    if (this.#isStopped) return;
    const { place, limits, clock } = this.#plan;
    this.receivedAtMs = clock.monotonicMs();
    this.bytesReceived += chunk.length;
    if (this.bytesReceived > limits.bytesReceivedMax) this.#fail(bodyTooLarge(place, limits.bytesReceivedMax));
    else if (this.#zipped !== null) this.#zipped.append(chunk);
    else if (this.#gunzip === null) this.#keep(chunk);
    else if (!this.#gunzip.write(chunk)) this.#response.pause();
  }

  #keep(chunk: Buffer): void {
    if (this.#isStopped) return;
    const { place, limits } = this.#plan;
    if (!this.body.append(chunk)) {
      this.#fail(this.#isGzip ? bomb(place, limits) : bodyTooLarge(place, limits.bytesDecodedMax));
    } else if (this.#isGzip && this.#isOverRatio()) {
      this.#fail(bomb(place, limits));
    }
  }

  #isOverRatio(): boolean {
    const { length } = this.body;
    return length > RATIO_HELD_FROM_BYTES && length > this.bytesReceived * this.#plan.limits.ratioMax;
  }

  #endOfReceiving(): void {
    if (this.#isStopped) return;
    if (this.#zipped !== null) this.#gunzipAtOnce(this.#zipped.view());
    else if (this.#gunzip === null) this.#endOfBody();
    else this.#gunzip.end();
  }

  #gunzipAtOnce(zipped: Uint8Array): void {
    const { place, limits } = this.#plan;
    const ratioBytesMax = Math.max(RATIO_HELD_FROM_BYTES, zipped.length * limits.ratioMax);
    const maxOutputLength = Math.min(limits.bytesDecodedMax, ratioBytesMax);
    try {
      // Room for what the target sent last time, so that it comes out in one piece.
      const chunkSize = Math.max(DECODED_CHUNK_BYTES, this.body.buffer.length);
      const { buffer, engine } = gunzipWithInfo(zipped, { maxOutputLength, chunkSize });
      if (engine.bytesWritten !== zipped.length) this.#fail(undecodable(place, MORE_AFTER_GZIP));
      else this.#keep(buffer);
    } catch (error) {
      // Node throws a RangeError for output beyond the maximum, and an Error for what zlib refuses.
      this.#fail(error instanceof RangeError ? bomb(place, limits) : undecodable(place, DAMAGED_GZIP));
    }
    this.#endOfBody();
  }

  #endOfBody(): void {
    if (this.#isStopped) return;
    const body = this.body.view();
    if (body[0] === 0x1f && body[1] === 0x8b) {
      const layers = this.#isGzip ? 'gzip within gzip' : 'gzip that is not declared';
      this.#fail(undecodable(this.#plan.place, layers));
    } else {
      this.#plan.onWhole(body);
    }
  }

  #fail(failure: HttpFailure): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#plan.onFailure(failure);
  }
}
