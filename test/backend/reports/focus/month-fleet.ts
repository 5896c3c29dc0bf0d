import type { FactBatch } from '#backend/store/store.ts';
import { ENERGY_DEFAULTS, HARDWARE_DEFAULTS, REVISION_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import type { Commitment, CostBook } from '#shared/model/cost-book.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs } from '#shared/time/instant.ts';
import { monthAt } from '#shared/time/zone-clock.ts';
import { engineFact, gpuFact, NO_BATCH, SEATS, SPANS } from '../../store/store-facts.ts';

/** A month with a day of 23 hours. */
export const ZONE = 'Europe/Berlin';
export const MONTH = monthAt(epochMs(Date.UTC(2026, 2, 15)), ZONE);

const HOUR_MS = 3_600_000;
const HOURS_BETWEEN = 3;

/** Names that break what is careless: commas, quotes, lines, formulas, right to left, blanks at the ends. */
export const HARD_NAMES = {
  pool: 'prod, "EU"\nrow 2',
  models: ['=cmd|calc', 'Größe-7B, שלום', '@qwen '],
  site: ' Zürich',
  tenant: "+team 'search'",
} as const;

export const PLAIN_NAMES = {
  pool: 'prod',
  models: ['llama-70b', 'qwen-32b', 'mistral-7b'],
  site: 'north',
  tenant: 'search',
} as const;

export type FleetNames = {
  readonly pool: string;
  readonly models: readonly string[];
  readonly site: string;
  readonly tenant: string;
};

/**
 * Eight GPUs for a month, seen for a minute every three hours: longer facts would be divided into minutes. Three serve by day, one is quiet, one free, one lost, one unheard,
 * one of no pool.
 */
export function monthFleet(names: FleetNames): FactBatch {
  const all = Array.from({ length: (MONTH.to - MONTH.from) / HOUR_MS }, (_, hour) => hour);
  const hours = all.filter((hour) => hour % HOURS_BETWEEN === 0);
  const seats = GPUS.map((_, index) => ({
    ...SEATS[0]!,
    key: `seat-${index}`,
    gpu: `GPU-${index}`,
    sku: index < 6 ? 'NVIDIA H100 80GB HBM3' : 'NVIDIA B200',
    index: String(index),
    node: `node-${index}`,
    site: index === 7 ? null : names.site,
    pool: index === 7 ? null : index < 5 ? names.pool : 'dev',
    since: MONTH.from,
  }));
  const engineSpans = names.models.map((model, index): EngineSpan => ({
    ...SPANS[0]!,
    key: `span-${index}`,
    engine: `engine-${index}`,
    model,
    tenant: index === 1 ? null : names.tenant,
    site: names.site,
    pool: names.pool,
    node: `node-${index}`,
    version: index === 2 ? null : `0.9.${index}`,
    since: MONTH.from,
  }));
  const gpuFacts = GPUS.flatMap((states, index) =>
    hours.flatMap((hour) => {
      const state = states[hour % 24 < 8 ? 0 : 1];
      if (state === null) return [];
      return gpuFact({
        seat: `seat-${index}`,
        start: epochMs(MONTH.from + hour * HOUR_MS),
        seconds: 60,
        state,
        placement: index < 4 ? `placement-${index % 3}` : null,
        observedSeconds: 60,
        energyJoules: 60 * (state === 'serving' ? 611.3 : 93.7),
        energyIntegratedJoules: 0,
        energySeconds: 60,
      });
    }),
  );
  const engineFacts = engineSpans.flatMap(({ key }, index) =>
    hours.map((hour) =>
      engineFact({
        engineSpan: key,
        start: epochMs(MONTH.from + hour * HOUR_MS),
        seconds: 60,
        observedSeconds: 60,
        inputTokens: 1_000_003 + hour * (index + 1),
        cachedTokens: index === 2 ? null : 300_001,
        outputTokens: hour % 24 < 8 ? 0 : 200_003 + hour,
        requestsStopped: 1000 + index,
        requestsLength: 7,
      }),
    ),
  );
  const placements = engineSpans.map(({ key }, index) => ({
    key: `placement-${index}`,
    rule: 'pod' as const,
    members: [{ engineSpan: key, share: 1 }],
  }));
  return { ...NO_BATCH, seats, engineSpans, placements, gpuFacts, engineFacts };
}

/** What each GPU does by night and by day; null: nobody hears it. */
const GPUS: readonly (readonly [GpuState | null, GpuState | null])[] = [
  ['serving', 'serving'],
  ['loaded-idle', 'serving'],
  ['throttled', 'serving'],
  ['loaded-idle', 'loading'],
  ['unallocated', 'unallocated'],
  ['unhealthy', 'unallocated'],
  [null, 'unallocated'],
  [null, null],
];

/** Owned B200s with all adders, rented H100s, a tariff by hour with a demand charge, and prices that change in the month. */
export function monthBook(commitment: Commitment | null = null): CostBook {
  const provenance = { quality: 'entered', note: 'test', asOf: null } as const;
  const revision = (from: number, rent: number) => ({
    ...REVISION_DEFAULTS,
    from: epochMs(from),
    hardware: [
      {
        ...HARDWARE_DEFAULTS,
        sku: 'H100',
        terms: { kind: 'rented', usdPerGpuHour: rent, includesEnergy: false, commitment } as const,
        provenance,
      },
      {
        ...HARDWARE_DEFAULTS,
        sku: '*',
        terms: {
          kind: 'owned',
          capexUsd: 51_000,
          residualUsd: 5100,
          termMonths: 48,
          annualRate: 0.1,
          method: 'annuity',
        } as const,
        facility: { usdPerKilowattMonth: 150, provisionedKilowatts: 1.87, includesEnergy: false },
        networkUsdPerGpuHour: 0.11,
        operationsUsdPerGpuHour: 0.07,
        licenceUsdPerGpuYear: 4500,
        provenance,
      },
    ],
    energy: {
      ...ENERGY_DEFAULTS,
      usdPerKilowattHour: 0.083,
      zone: ZONE,
      periods: [
        {
          name: 'peak',
          months: [],
          weekdays: [1, 2, 3, 4, 5],
          hours: [8, 9, 10, 11, 12, 17, 18, 19],
          usdPerKilowattHour: 0.171,
        },
      ],
      demandUsdPerKilowattMonth: 9.5,
      pue: 1.27,
      nodeOverhead: 1.31,
      provenance,
    },
    weights: { input: 1, cached: 0.1, output: 5 },
  });
  return { revisions: [revision(0, 2.4871), revision(MONTH.from + 13 * 24 * HOUR_MS, 2.2113)] };
}
