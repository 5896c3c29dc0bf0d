/** A body as it grows, in a buffer that may be larger and is kept for the next body. */
export class ReceivedBody {
  buffer: Buffer;
  length = 0;
  readonly #bytesMax: number;

  constructor(buffer: Buffer, bytesMax: number) {
    this.buffer = buffer;
    this.#bytesMax = bytesMax;
  }

  /** Adds a chunk; false, with nothing added, when the body would pass its limit. */
  append(chunk: Buffer): boolean {
    const length = this.length + chunk.length;
    if (length > this.#bytesMax) return false;
    if (length > this.buffer.length) this.#grow(Math.max(length, 2 * this.buffer.length));
    chunk.copy(this.buffer, this.length);
    this.length = length;
    return true;
  }

  /** Makes room at once for a body whose length is known, instead of by doubling. */
  reserve(bytes: number): void {
    if (bytes > this.buffer.length) this.#grow(bytes);
  }

  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(bytes, this.#bytesMax));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
