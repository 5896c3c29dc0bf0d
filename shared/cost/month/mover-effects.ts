/** What somebody cost, USD, and the tokens it was for; null where none were counted. */
export type MoverSide = { readonly cost: number; readonly tokens: number | null };

export type MoverEffects = {
  readonly change: number;
  /** Null where tokens do not tell: the change is then what it is. */
  readonly volume: number | null;
  readonly unitCost: number | null;
};

/**
 *   volume = (tokens after - tokens before) x unit cost before
 *   unit cost = change - volume
 *
 * What is new or gone changed by volume alone.
 */
export function moverEffects(before: MoverSide, after: MoverSide): MoverEffects {
  const change = after.cost - before.cost;
  const [was, is] = [before.tokens ?? 0, after.tokens ?? 0];
  if (before.tokens === null && after.tokens === null) return { change, volume: null, unitCost: null };
  const volume = was <= 0 || is <= 0 ? change : (is - was) * (before.cost / was);
  return { change, volume, unitCost: change - volume };
}
