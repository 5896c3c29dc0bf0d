import {
  ENERGY_DEFAULTS,
  FACILITY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import type { CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';

/** Average hours of a month, by which monthly rents become hourly: 8760 / 12. */
const MONTH_HOURS = 730;
const MILLIJOULES_PER_KWH = 3.6e9;

const PROVENANCE = { quality: 'entered', note: 'end-to-end test', asOf: null } as const;

/** Round prices in which every part of a cost shows. */
export const BOOK_REVISION: CostBookRevision = {
  ...REVISION_DEFAULTS,
  from: epochMs(0),
  hardware: [rented('B200', 3.5, 1.7), rented('GB200', 4.25, 1.9), rented('H100', 2, 1.4)],
  energy: {
    ...ENERGY_DEFAULTS,
    usdPerKilowattHour: 0.11,
    pue: 1.3,
    nodeOverhead: 1.25,
    moduleOverhead: 1.1,
    provenance: PROVENANCE,
  },
  weights: { input: 1, cached: 0.1, output: 5 },
};

function rented(sku: string, usdPerGpuHour: number, provisionedKilowatts: number): HardwarePrice {
  return {
    ...HARDWARE_DEFAULTS,
    sku,
    terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour, includesEnergy: false },
    facility: { ...FACILITY_DEFAULTS, usdPerKilowattMonth: 146, provisionedKilowatts },
    networkUsdPerGpuHour: 0.12,
    operationsUsdPerGpuHour: 0.2,
    provenance: PROVENANCE,
  };
}

/** PromQL of how far each counter of a metric rose over the seconds before the instant of the query. */
export type Rise = (metric: string, seconds: number) => string;

/** Resets included. Exact where samples lie on both ends of the window, else stretched to them at the mean rate. */
export const increase: Rise = (metric, seconds) => `increase(${metric}[${seconds}s])`;

/**
 * Without a reset, and exact at any instant: `increase` stretches what it has at the mean rate of the window, which over one
 * minute may be off by a percent. Here each end is interpolated between the samples around it.
 */
export const interpolatedRise: Rise = (metric, seconds) => {
  const at = (ago: number): string => {
    const before = ago === 0 ? metric : `${metric} offset ${ago}s`;
    const after = `${metric} offset ${ago - NEXT_SAMPLE_SECONDS}s`;
    const share = `(time() - ${ago} - timestamp(${before})) / (timestamp(${after}) - timestamp(${before}))`;
    return `(${before} + (${after} - ${before}) * ${share})`;
  };
  return `(${at(0)} - ${at(seconds)})`;
};

/** Scrapes every two seconds: so much later there is another sample. */
const NEXT_SAMPLE_SECONDS = 4;

/**
 * Loaded cost per million billed tokens over the seconds before the instant it is asked for, worked out by Prometheus alone:
 *
 *   sum over GPUs of (owned time x rate + energy x node overhead x PUE x tariff) / weighted tokens x 1e6
 *
 * for the whole fleet (`''`), per `node` or per `model_name`. A GPU belongs to the model of the pod that holds it; who made
 * no tokens has no cost of a token.
 */
export function promqlCost(
  revision: CostBookRevision,
  { seconds, rise }: { readonly seconds: number; readonly rise: Rise },
  by: '' | 'node' | 'model_name',
): string {
  const sum = by === '' ? 'sum' : `sum by (${by})`;
  const over = (metric: string): string => rise(metric, seconds);
  const { usdPerKilowattHour, pue, nodeOverhead } = revision.energy;
  const usdPerMillijoule = (usdPerKilowattHour * pue * nodeOverhead) / MILLIJOULES_PER_KWH;
  const gpus = revision.hardware.map((price) => {
    const energy = over(`DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{modelName=~"NVIDIA ${price.sku}( .*)?"}`);
    return `(${energy} * ${usdPerMillijoule} + ${(hourlyRate(price) * seconds) / 3600})`;
  });
  const model = `max by (pod, model_name) (max_over_time(vllm:generation_tokens_total[${seconds}s]) * 0 + 1)`;
  const placed = by === 'model_name' ? ` * on (pod) group_left (model_name) ${model}` : '';
  const { input, cached, output } = revision.weights;
  const cachedTokens = `${over('vllm:prompt_tokens_cached_total')} or on (pod) ${over('vllm:prefix_cache_hits_total')}`;
  return `${sum} ((${gpus.join(' or ')})${placed}) * 1e6 / ((
    ${input} * ${sum} (${over('vllm:prompt_tokens_total')})
    - ${input - cached} * ${sum} (${cachedTokens})
    + ${output} * ${sum} (${over('vllm:generation_tokens_total')})) > 0)`;
}

function hourlyRate(price: HardwarePrice): number {
  const { terms, facility, networkUsdPerGpuHour, operationsUsdPerGpuHour } = price;
  if (terms.kind !== 'rented' || facility === null) throw new Error('the test prices all rents and a facility');
  const rent = (facility.usdPerKilowattMonth * facility.provisionedKilowatts) / MONTH_HOURS;
  return terms.usdPerGpuHour + rent + networkUsdPerGpuHour + operationsUsdPerGpuHour;
}
