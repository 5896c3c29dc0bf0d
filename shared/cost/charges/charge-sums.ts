import { sumOf } from '#shared/lib/sum.ts';
import type { ChargeRow } from '#shared/model/charge-row.ts';

/** Cost of some rows, USD; null where any of them has no price: a sum over the rest would read like the whole. */
export function chargedCost(rows: readonly ChargeRow[]): number | null {
  return rows.some(({ cost }) => cost === null) ? null : sumOf(rows, ({ cost }) => cost ?? 0);
}

/** Tokens of some rows; `total` is input and output, each counting one. */
export type ChargedTokens = {
  readonly input: number;
  readonly cached: number | null;
  readonly output: number;
  readonly total: number;
};

/** Null where no row has any: that is not zero tokens. */
export function chargedTokens(rows: readonly ChargeRow[]): ChargedTokens | null {
  const counted = rows.flatMap(({ tokens }) => tokens ?? []);
  if (counted.length === 0) return null;
  const cached = counted.flatMap((tokens) => tokens.cached ?? []);
  const input = sumOf(counted, (tokens) => tokens.input);
  const output = sumOf(counted, (tokens) => tokens.output);
  return { input, cached: cached.length === 0 ? null : sumOf(cached, (count) => count), output, total: input + output };
}

export function chargedGpuHours(rows: readonly ChargeRow[]): number {
  return sumOf(rows, ({ gpuHours }) => gpuHours ?? 0);
}

/** Facility energy of some rows, kWh; null where nothing measured any. */
export function chargedEnergy(rows: readonly ChargeRow[]): number | null {
  return known(rows.map(({ kilowattHours }) => kilowattHours));
}

/** IT energy behind it, kWh. */
export function chargedItEnergy(rows: readonly ChargeRow[]): number | null {
  return known(rows.map(({ itKilowattHours }) => itKilowattHours));
}

/** Requests that ended well; null where no engine tells. */
export function chargedRequests(rows: readonly ChargeRow[]): number | null {
  return known(rows.map(({ requests }) => requests));
}

function known(values: readonly (number | null)[]): number | null {
  const told = values.filter((value) => value !== null);
  return told.length === 0 ? null : sumOf(told, (value) => value);
}

const TOKENS_PER_PRICE = 1e6;

/** unit cost [USD/Mtok] = cost / tokens x 1e6; null without tokens or without a cost. */
export function unitCostOfCharges(cost: number | null, tokens: number | null): number | null {
  return cost === null || tokens === null || tokens <= 0 ? null : (cost / tokens) * TOKENS_PER_PRICE;
}

/** part / whole; null where either is not known, or there is no whole. */
export function ratioOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole;
}
