import type { ExportTable } from '#renderer/components/csv-text.ts';
import { STATE_WORDS } from '#renderer/state/words.ts';
import type { IdleWaste } from '#shared/contract/backend-api.ts';
import type { IdleCapacity, IdlePlace, StrandedCause } from '#shared/contract/idle-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import { formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import { partsThatAdd } from '#shared/units/parts-that-add.ts';

export type StateRow = {
  readonly state: GpuState;
  readonly isWaste: boolean;
  readonly hours: number;
  readonly hoursText: string;
  readonly usdText: string;
  readonly energyText: string;
  readonly shareText: string;
  readonly cost: Figure;
  readonly energy: Figure;
};

/** GPU-hours, cost and energy by state with shares of GPU time, rounded so that each column adds. */
export function stateRows({ states }: Pick<IdleCapacity, 'states'>): readonly StateRow[] {
  const hours = states.map((row) => row.gpuHours);
  const total = hours.reduce((sum, value) => sum + value, 0);
  const decimals = decimalsOfHours(total);
  const rounded = partsThatAdd(hours, decimals);
  const dollars = partsThatAdd(
    states.map(({ usd }) => usd ?? 0),
    2,
  );
  const energy = partsThatAdd(
    states.map(({ kilowattHours }) => kilowattHours ?? 0),
    1,
  );
  const shares = partsThatAdd(
    hours.map((value) => (total > 0 ? (value / total) * 100 : 0)),
    1,
  );
  return states.map(({ state, isWaste, usd, kilowattHours, cost, energy: explained }, index) => ({
    state,
    isWaste,
    cost,
    energy: explained,
    hours: hours[index] ?? 0,
    hoursText: formatNumber(rounded[index] ?? 0, decimals),
    usdText: usd === null ? UNKNOWN : formatNumber(dollars[index] ?? 0, 2),
    energyText: kilowattHours === null ? UNKNOWN : formatNumber(energy[index] ?? 0, 1),
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

/** Sum of a column over rows; null where one of them is not known. */
export function totalOf<Row>(rows: readonly Row[], read: (row: Row) => number | null): number | null {
  let total = 0;
  for (const row of rows) {
    const value = read(row);
    if (value === null) return null;
    total += value;
  }
  return total;
}

export const CAUSE_WORDS: Readonly<Record<StrandedCause, { readonly name: string; readonly state: GpuState }>> = {
  unhealthy: { name: 'down', state: 'unhealthy' },
  capped: { name: 'held back', state: 'throttled' },
  fragments: { name: 'pieces too small', state: 'unallocated' },
};

export function statesExport({ states }: IdleCapacity): ExportTable {
  return {
    columns: [
      { head: 'State' },
      { head: 'GPU time', unit: 'GPU-h' },
      { head: 'Cost', unit: 'USD' },
      { head: 'Facility energy', unit: 'kWh' },
    ],
    rows: states.map((row) => [STATE_WORDS[row.state], row.gpuHours, row.usd, row.kilowattHours]),
  };
}

export function placesExport(places: readonly IdlePlace[]): ExportTable {
  return {
    columns: [
      { head: 'Pool' },
      { head: 'Node' },
      { head: 'Idle GPU time', unit: 'GPU-h' },
      { head: 'All GPU time', unit: 'GPU-h' },
      { head: 'Idle cost', unit: 'USD' },
      { head: 'Idle facility energy', unit: 'kWh' },
    ],
    rows: places.map((row) => [row.pool, row.node, row.gpuHours, row.allGpuHours, row.usd, row.kilowattHours]),
  };
}

export function strandedExport({ stranded }: IdleCapacity): ExportTable {
  return {
    columns: [
      { head: 'Cause' },
      { head: 'Pool' },
      { head: 'Node' },
      { head: 'Product' },
      { head: 'GPU time', unit: 'GPU-h' },
      { head: 'Cost', unit: 'USD' },
      { head: 'Because' },
    ],
    rows: stranded.rows.map((row) => [
      CAUSE_WORDS[row.cause].name,
      row.pool,
      row.node,
      row.sku,
      row.gpuHours,
      row.usd,
      row.because,
    ]),
  };
}

export function suggestionsExport({ suggestions, zone }: IdleCapacity): ExportTable {
  return {
    columns: [
      { head: 'Suggestion' },
      { head: 'GPUs' },
      { head: 'From hour', unit: zone },
      { head: 'To hour', unit: zone },
      { head: 'Worth a month', unit: 'USD' },
      { head: 'Days seen' },
      { head: 'Assumptions' },
    ],
    rows: suggestions.map((row) => [
      row.title,
      row.gpus,
      row.fromHour,
      row.toHour,
      row.usdPerMonth.value,
      row.days,
      row.assumptions.join(' '),
    ]),
  };
}
