import type { ChargeComponent, ChargeUse } from '#shared/model/charge-row.ts';
import { percentText } from '#shared/report-text/cell-text.ts';
import { decimalsOfPrice, formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';

export const USE_WORDS: Readonly<Record<ChargeUse, string>> = {
  serving: 'Serving',
  'loaded-quiet': 'Loaded, quiet',
  idle: 'Idle',
  unavailable: 'Unavailable',
  unobserved: 'Unobserved',
  'unused-commitment': 'Unused commitment',
};

/** What each use means to somebody who reads it for the first time. */
export const USE_MEANINGS: Readonly<Record<ChargeUse, string>> = {
  serving: 'GPUs that worked for a model',
  'loaded-quiet': 'a model was loaded and nobody asked',
  idle: 'nothing was bound to the GPU',
  unavailable: 'failed, drained or cordoned',
  unobserved: 'nobody watched; capital runs on, energy is not made up',
  'unused-commitment': 'committed GPUs that are not in the fleet',
};

/** GPU time and rent that served nothing. What was not observed may have served, and is not in it. */
export const WASTE_USES: readonly ChargeUse[] = ['loaded-quiet', 'idle', 'unavailable', 'unused-commitment'];

export const COMPONENT_WORDS: Readonly<Record<ChargeComponent, string>> = {
  capital: 'Capital',
  reserved: 'Reserved rent',
  facility: 'Facility',
  network: 'Network and storage',
  operations: 'Operations',
  licences: 'Licences',
  energy: 'Energy',
  demand: 'Demand charge',
};

/** Amounts inside sentences. */
export function dollars(value: number | null): string {
  if (value === null) return UNKNOWN;
  const sign = value < 0 ? '−' : '';
  return `${sign}$${formatNumber(Math.abs(value), 2)}`;
}

export function pricePerMillion(value: number | null): string {
  return value === null ? UNKNOWN : `$${formatNumber(value, decimalsOfPrice(value))} per million tokens`;
}

export function percent(share: number | null): string {
  return share === null ? UNKNOWN : percentText(share);
}

export function tokenCount(count: number): string {
  return formatWithUnit(count, 'token').replace(/tok$/u, 'tokens');
}
