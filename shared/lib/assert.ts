/** Throws when a condition that only our own mistake can break does not hold. Never used for the world's faults. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${claim}`);
}

/** Makes a switch over a closed union fail to compile when a member is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected member: ${String(value)}`);
}
