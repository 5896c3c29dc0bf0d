/** A GPU instance that rows name: its id on the card, and its profile, such as `3g.40gb`. */
export type GpuInstance = { readonly id: string; readonly profile: string | null };

/** Compute slices of a card that can be divided. Source: NVIDIA MIG user guide, supported GPUs. */
const SLICES = 7;

/** Cards that divide into four. */
const OF_FOUR_SLICES = /\bA30\b|RTX PRO/i;

/**
 * The share of a card's compute that each GPU instance has: the slices that its profile names of those that the card has.
 * Where a profile is missing, the instances that are listed have equal shares.
 */
export function instanceShares(instances: readonly GpuInstance[], sku: string): ReadonlyMap<string, number> {
  const slices = instances.map(({ profile }) => slicesOf(profile));
  const isKnown = slices.every((count) => count !== null);
  const used = slices.reduce<number>((total, count) => total + (count ?? 0), 0);
  const all = Math.max(OF_FOUR_SLICES.test(sku) ? 4 : SLICES, used);
  const shareOf = (count: number | null | undefined) => (isKnown ? (count ?? 0) / all : 1 / instances.length);
  return new Map(instances.map(({ id }, at) => [id, shareOf(slices[at])]));
}

/** `3g.40gb` has three slices, `1g.10gb+me` one, `1c.3g.40gb` is one compute instance in an instance of three. */
function slicesOf(profile: string | null): number | null {
  const found = /(\d+)g\./.exec(profile ?? '');
  return found === null ? null : Number(found[1]);
}
