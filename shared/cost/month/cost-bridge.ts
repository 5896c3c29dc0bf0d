import { chargedCost, chargedTokens } from '../charges/charge-sums.ts';
import { sumOf } from '#shared/lib/sum.ts';
import { CHARGE_USES, type ChargeRow, type ChargeUse } from '#shared/model/charge-row.ts';

export const BRIDGE_STEPS = ['length', 'volume', 'mix', 'rate', 'efficiency', 'serving'] as const;

/** One step from the cost of a month to that of the next, USD. Steps of uses are of GPU time that served nothing. */
export type BridgeStep = { readonly key: (typeof BRIDGE_STEPS)[number] | ChargeUse; readonly usd: number };

export type BridgeAsk = {
  readonly before: readonly ChargeRow[];
  readonly after: readonly ChargeRow[];
  /** Hours of the later time over those of the earlier one: months differ in length. */
  readonly lengthRatio: number;
};

/**
 * Why a cost changed, in steps that add to the difference:
 *
 *   length     = cost before x (hours after / hours before - 1)
 *   rate       = sum over SKUs of (price after - price before) x quantity after; SKUs that are new have no such effect
 *   volume     = serving cost before x (tokens after / tokens before - 1)
 *   mix        = sum over models of tokens after x (their unit cost before - that of all)
 *   efficiency = serving cost after at prices before - serving cost before - volume - mix
 *   each other use = its cost after at prices before - its cost before
 *
 * All of `before` is scaled to the hours of `after` but in `length`. Where one side has no tokens, volume, mix and efficiency
 * cannot be told apart and are one step, `serving`. Null where a side has no cost.
 */
export function costBridge({ before, after, lengthRatio }: BridgeAsk): readonly BridgeStep[] | null {
  const costBefore = chargedCost(before);
  if (costBefore === null || chargedCost(after) === null) return null;
  const rates = rateEffects(before, after);
  const usesBefore = Map.groupBy(before, ({ use }) => use);
  const usesAfter = Map.groupBy(after, ({ use }) => use);
  const scaled = (use: ChargeUse): number => (chargedCost(usesBefore.get(use) ?? []) ?? 0) * lengthRatio;
  const atPricesBefore = (use: ChargeUse): number => {
    const rows = usesAfter.get(use) ?? [];
    return (chargedCost(rows) ?? 0) - sumOf(rows, (row) => rates.get(row) ?? 0);
  };
  const serving = servingSteps(usesBefore.get('serving') ?? [], usesAfter.get('serving') ?? [], {
    lengthRatio,
    costBefore: scaled('serving'),
    costAfter: atPricesBefore('serving'),
  });
  const others = CHARGE_USES.filter((use) => use !== 'serving').map((use): BridgeStep => ({
    key: use,
    usd: atPricesBefore(use) - scaled(use),
  }));
  return [
    { key: 'length', usd: costBefore * (lengthRatio - 1) },
    ...serving,
    { key: 'rate', usd: sumOf(rates.values(), (effect) => effect) },
    ...others.filter(({ usd }) => usd !== 0),
  ];
}

/** What a changed price made of each row, USD. */
function rateEffects(before: readonly ChargeRow[], after: readonly ChargeRow[]): ReadonlyMap<ChargeRow, number> {
  const pricesBefore = pricesBySku(before);
  const pricesAfter = pricesBySku(after);
  return new Map(
    after.map((row) => {
      const was = pricesBefore.get(row.skuId);
      const is = pricesAfter.get(row.skuId);
      return [row, was === undefined || is === undefined ? 0 : (is - was) * row.quantity];
    }),
  );
}

/** Mean price of each SKU, weighted by quantity; without one where there is no quantity. */
function pricesBySku(rows: readonly ChargeRow[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(rows, ({ skuId }) => skuId)].flatMap(([sku, list]) => {
      const quantity = sumOf(list, (row) => row.quantity);
      return quantity > 0 ? [[sku, sumOf(list, ({ cost }) => cost ?? 0) / quantity] as const] : [];
    }),
  );
}

function servingSteps(
  before: readonly ChargeRow[],
  after: readonly ChargeRow[],
  at: { readonly lengthRatio: number; readonly costBefore: number; readonly costAfter: number },
): readonly BridgeStep[] {
  const tokensBefore = (chargedTokens(before)?.total ?? 0) * at.lengthRatio;
  const tokensAfter = chargedTokens(after)?.total ?? 0;
  if (tokensBefore <= 0 || tokensAfter <= 0) return [{ key: 'serving', usd: at.costAfter - at.costBefore }];
  const volume = at.costBefore * (tokensAfter / tokensBefore - 1);
  const mean = at.costBefore / tokensBefore;
  const byModel = Map.groupBy(before, ({ model }) => model);
  const mix = sumOf(Map.groupBy(after, ({ model }) => model).entries(), ([model, rows]) => {
    const was = byModel.get(model) ?? [];
    const tokensWas = chargedTokens(was)?.total ?? 0;
    const unitWas = tokensWas > 0 ? (chargedCost(was) ?? 0) / tokensWas : mean;
    return (chargedTokens(rows)?.total ?? 0) * (unitWas - mean);
  });
  return [
    { key: 'volume', usd: volume },
    { key: 'mix', usd: mix },
    { key: 'efficiency', usd: at.costAfter - at.costBefore - volume - mix },
  ];
}
