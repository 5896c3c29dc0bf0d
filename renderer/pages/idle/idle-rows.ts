import type { IdleWaste } from '#shared/contract/backend-api.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { partsThatAdd } from '#shared/units/parts-that-add.ts';

export type StateRow = {
  readonly state: GpuState;
  readonly hours: number;
  readonly hoursText: string;
  readonly shareText: string;
};

/** GPU-hours by state with shares, both rounded so that they add. */
export function stateRows(answer: IdleWaste): readonly StateRow[] {
  const hours = GPU_STATES.map((state) => answer.gpuHours[state]);
  const total = hours.reduce((sum, value) => sum + value, 0);
  const decimals = decimalsOfHours(total);
  const rounded = partsThatAdd(hours, decimals);
  const shares = partsThatAdd(
    hours.map((value) => (total > 0 ? (value / total) * 100 : 0)),
    1,
  );
  return GPU_STATES.map((state, index) => ({
    state,
    hours: hours[index] ?? 0,
    hoursText: formatNumber(rounded[index] ?? 0, decimals),
    shareText: `${formatNumber(shares[index] ?? 0, 1)} %`,
  }));
}

/** Decimals of a column of GPU-hours: a short window must not print as zeros. */
export function decimalsOfHours(most: number): number {
  return most < 10 ? 2 : 1;
}

/** The idle spend as an amount over the window and as a rate, whichever of the two the figure holds. */
export function idleSpendOf(answer: IdleWaste): { readonly usd: number | null; readonly usdPerHour: number | null } {
  const { value, unit } = answer.idleSpend;
  const hours = secondsOf(answer.window) / 3600;
  if (value === null || hours <= 0) return { usd: null, usdPerHour: null };
  return unit === 'USD/h' ? { usd: value * hours, usdPerHour: value } : { usd: value, usdPerHour: value / hours };
}
