import { priceOfGpuTime, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { seconds, usd, type Usd, type UsdPerGpuHour } from '#shared/units/quantities.ts';
import type { Effect } from './effect.ts';

/** What became of freed GPU-hours. On owned hardware efficiency frees capacity; only some of it is cash. */
export type FreedUse = 'released' | 'absorbed' | 'still-idle';

/** freed [GPU-h] = (CF - A) / 3600, of an effect in GPU-seconds; below zero for a regression. */
export function freedGpuHours(effect: Effect): number {
  return (effect.counterfactual - effect.actual) / SECONDS_PER_HOUR;
}

/** Value of freed GPU-hours, and where it went: cash released, a purchase avoided, or nothing yet. */
export type FreedValue = {
  /** freed GPU-h x fixed rate. */
  readonly value: Usd;
  readonly cash: Usd;
  readonly avoidedPurchase: Usd;
  readonly notYet: Usd;
};

/** value [USD] = freed [GPU-h] x fixed rate, under one of three tags. Source: economics reference, section 5.2, step 10. */
export function valueOfFreed(gpuHours: number, fixedRate: UsdPerGpuHour, use: FreedUse): FreedValue {
  const value = priceOfGpuTime(seconds(gpuHours * SECONDS_PER_HOUR), fixedRate);
  const under = (tag: FreedUse): Usd => (use === tag ? value : usd(0));
  return { value, cash: under('released'), avoidedPurchase: under('absorbed'), notYet: under('still-idle') };
}
