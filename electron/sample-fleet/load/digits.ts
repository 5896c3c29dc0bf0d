/** A number of fixed width inside a rendered text, and how it moves. */
export type Slot = {
  /** Place of its first digit in the text. */
  readonly offset: number;
  readonly digits: number;
  /** A decimal point stands after this many digits; it is stepped over. */
  readonly pointAfter?: number;
  /** The whole number that its digits spell, at so many seconds since the fleet started. */
  readonly valueAt: (seconds: number, tick: number) => number;
};

/** Writes every slot's digits for an instant into a copy of the text. */
export function patched(template: Buffer, slots: readonly Slot[], seconds: number): Buffer {
  const text = Buffer.allocUnsafe(template.length);
  template.copy(text);
  const tick = Math.floor(seconds);
  for (const slot of slots) writeDigits(text, slot, slot.valueAt(seconds, tick));
  return text;
}

function writeDigits(text: Buffer, { offset, digits, pointAfter = digits }: Slot, value: number): void {
  let rest = value;
  for (let digit = digits - 1; digit >= 0; digit--) {
    const next = Math.floor(rest / 10);
    text[offset + digit + (digit >= pointAfter ? 1 : 0)] = 48 + (rest - next * 10);
    rest = next;
  }
}
