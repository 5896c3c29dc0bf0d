import type { ChargeComponent, ChargeRow, ChargeUse } from '#shared/model/charge-row.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';

/** Units as FOCUS writes them. */
export const UNITS = { 'GPU-h': 'GPU-Hours', kWh: 'Kilowatt-Hours' } as const;

/** How cost of hardware is divided between what runs on it. */
export const ALLOCATION_METHOD = 'tokenwatt:gpu-seconds';

/** Words for what GPU time is paid for. */
export const USE_WORDS: Readonly<Record<ChargeUse, string>> = {
  serving: 'Serving',
  'loaded-quiet': 'Loaded but quiet',
  idle: 'Idle',
  unavailable: 'Unavailable',
  unobserved: 'Unobserved',
  'unused-commitment': 'Reserved and not there',
};

const TIME_METERS: Readonly<Record<ChargeUse, string>> = {
  serving: 'GPU time',
  'loaded-quiet': 'Quiet GPU time',
  idle: 'Idle GPU time',
  unavailable: 'Unavailable GPU time',
  unobserved: 'Unobserved GPU time',
  'unused-commitment': 'Reserved GPU time not drawn',
};

const METERS: Readonly<Record<Exclude<ChargeComponent, 'capital' | 'reserved'>, string>> = {
  facility: 'Facility overhead',
  network: 'Network and storage',
  operations: 'Operations',
  licences: 'Licences',
  energy: 'Electricity',
  demand: 'Peak demand of electricity',
};

export function meterOf({ component, use }: Pick<ChargeRow, 'component' | 'use'>): string {
  return component === 'capital' || component === 'reserved' ? TIME_METERS[use] : METERS[component];
}

export const DESCRIPTION_MAX = 240;

/** One sentence that stands alone; what is longer than its maximum is cut. */
export function descriptionOf(row: ChargeRow): string {
  const of = row.model === null ? '' : ` of ${row.model}`;
  const where = row.pool === null ? '' : ` in pool ${row.pool}`;
  const hours = row.tariffPeriod === null ? '' : `, ${row.tariffPeriod}`;
  const text = `${USE_WORDS[row.use]}${of}: ${meterOf(row)} of ${row.product}${where} on ${row.day}${hours}`;
  const letters = Array.from(text);
  return letters.length <= DESCRIPTION_MAX ? text : `${letters.slice(0, DESCRIPTION_MAX - 3).join('')}...`;
}

/** Mean number of GPUs in the charge period; null on rows without GPU time. */
export function gpuCountOf({ gpuHours, period }: ChargeRow): number | null {
  return gpuHours === null ? null : gpuHours / (secondsOf(period) / SECONDS_PER_HOUR);
}
