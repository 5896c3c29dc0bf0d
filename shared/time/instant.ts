declare const instant: unique symbol;

/** An instant in UTC, in milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly [instant]: 'UTC ms' };

export function epochMs(value: number): EpochMs {
  return value as EpochMs;
}

/** The instant `seconds` after (or, when negative, before) another. */
export function plusSeconds(at: EpochMs, seconds: number): EpochMs {
  return epochMs(at + seconds * 1000);
}

/** Seconds from one instant to a later one; negative when `to` lies before `from`. */
export function secondsBetween(from: EpochMs, to: EpochMs): number {
  return (to - from) / 1000;
}
