import {
  ENERGY_DEFAULTS,
  FACILITY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { CostBook, CostBookRevision, EnergyPrice, TariffPeriod } from '#shared/model/cost-book.ts';
import type { EngineFact, GpuFact, MeterFact } from '#shared/model/fact.ts';
import type { Meter } from '#shared/model/meter.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { at, DAY_START, engineFact, gpuFact, NO_BATCH, PLACEMENTS, SPANS, type Random } from '../store/store-facts.ts';

/** Two hours of a fleet of six GPUs whose facts never overlap: watched ten minutes, gaps, and gaps bridged by counters. */
export const SPAN_SECONDS = 7200;

const PIECE_SECONDS = 600;
const SKUS = ['NVIDIA H100 80GB HBM3', 'NVIDIA B200', 'NVIDIA GB200'];

export function randomFleet(random: Random): FactBatch {
  const seats = Array.from({ length: 6 }, (_, index) => seatOf(random, index));
  const pieces = Array.from({ length: SPAN_SECONDS / PIECE_SECONDS }, (_, index) => at(index * PIECE_SECONDS));
  return {
    ...NO_BATCH,
    seats,
    engineSpans: SPANS,
    placements: PLACEMENTS,
    gpuFacts: seats.flatMap((seat) => pieces.flatMap((start) => randomGpuFacts(random, seat, start))),
    meters: METERS,
    meterFacts: METERS.flatMap((meter) => pieces.flatMap((start) => randomMeterFacts(random, meter, start))),
    engineFacts: SPANS.flatMap((span) => pieces.flatMap((start) => randomEngineFacts(random, span.key, start))),
  };
}

function seatOf(random: Random, index: number): GpuSeat {
  const ends = random.below(4) === 0;
  return {
    key: `seat-${index}`,
    gpu: `GPU-${index}`,
    sku: SKUS[index % 3]!,
    index: String(index % 2),
    domain: null,
    tray: null,
    driverVersion: null,
    cudaVersion: null,
    site: index < 2 ? 'north' : index < 5 ? 'south' : null,
    rack: index < 4 ? 'rack-1' : 'rack-2',
    pool: index === 5 ? null : 'prod',
    node: random.below(8) === 0 ? null : `node-${index >> 1}`,
    since: DAY_START,
    until: ends ? at(SPAN_SECONDS - PIECE_SECONDS * (1 + random.below(3))) : null,
  };
}

function randomGpuFacts(random: Random, seat: GpuSeat, start: EpochMs): GpuFact[] {
  const kind = random.below(10);
  if (kind === 0 || (seat.until !== null && start >= seat.until)) return [];
  const energyJoules = random.below(6) === 0 ? null : 1e5 + random.next() * 5e5;
  const energy = {
    energyJoules,
    energyIntegratedJoules: energyJoules === null ? null : random.pick([0, energyJoules]),
    energySeconds: energyJoules === null ? null : PIECE_SECONDS,
  };
  const base = { seat: seat.key, start, seconds: PIECE_SECONDS, ...energy };
  if (kind === 1) {
    return [gpuFact({ ...base, state: 'unobserved', observedSeconds: 0, bridgedSeconds: PIECE_SECONDS })];
  }
  const state = random.pick(GPU_STATES.filter((one) => one !== 'unobserved'));
  const isPlaced = state !== 'unallocated' && state !== 'unhealthy' && random.below(4) > 0;
  const placement = isPlaced ? random.pick(PLACEMENTS).key : null;
  return [gpuFact({ ...base, state, placement, observedSeconds: PIECE_SECONDS })];
}

/** Meters on every boundary: of one node two layers, of one the widest only, and of a rack. */
const METERS: readonly Meter[] = [
  meterOf({ node: 'node-0', boundary: 'node' }),
  meterOf({ node: 'node-0', boundary: 'module' }),
  meterOf({ node: 'node-1', boundary: 'cpu' }),
  meterOf({ node: 'node-1', boundary: 'wall' }),
  meterOf({ node: null, rack: 'rack-2', boundary: 'rack' }),
];

function meterOf(place: Pick<Meter, 'node' | 'boundary'> & { readonly rack?: string }): Meter {
  const key = `${place.node ?? place.rack} ${place.boundary}`;
  const known = { site: null, pool: null, rack: null, origin: 'ipmi', parts: 1 } as const;
  return { ...known, ...place, key, meter: key, since: DAY_START, until: null };
}

/** A quarter of the time a meter is silent; now and then it reads less than its boards can. */
function randomMeterFacts(random: Random, { key }: Meter, start: EpochMs): MeterFact[] {
  if (random.below(4) === 0) return [];
  const energyJoules = random.below(8) === 0 ? 1e4 : 1.5e6 + random.next() * 3e6;
  const known = { observedSeconds: PIECE_SECONDS, partSeconds: PIECE_SECONDS };
  const energyIntegratedJoules = random.pick([0, energyJoules]);
  return [{ meter: key, start, seconds: PIECE_SECONDS, energyJoules, energyIntegratedJoules, ...known }];
}

function randomEngineFacts(random: Random, engineSpan: string, start: EpochMs): EngineFact[] {
  if (random.below(6) === 0) return [];
  const inputTokens = random.below(1e6);
  const cachedTokens = random.below(3) === 0 ? null : Math.floor(inputTokens * random.next());
  const outputTokens = random.below(1e5);
  const base = { engineSpan, start, seconds: PIECE_SECONDS, observedSeconds: PIECE_SECONDS };
  return [engineFact({ ...base, inputTokens, cachedTokens, outputTokens })];
}

/** A book with every kind of price, and a change at an instant that no piece begins at. */
export const CHANGE = at(4000);

export function randomBook(random: Random): CostBook {
  return { revisions: [revisionFrom(epochMs(0), random), revisionFrom(CHANGE, random)] };
}

function revisionFrom(from: EpochMs, random: Random): CostBookRevision {
  const provenance = { quality: 'entered', note: 'seeded', asOf: null } as const;
  const common = {
    facility: {
      ...FACILITY_DEFAULTS,
      usdPerKilowattMonth: 100 + random.below(100),
      provisionedKilowatts: 1 + random.next(),
    },
    networkUsdPerGpuHour: random.next() / 10,
    operationsUsdPerGpuHour: random.next() / 10,
    provenance,
  };
  const owned = {
    kind: 'owned' as const,
    capexUsd: 30_000 + random.below(30_000),
    residualUsd: random.below(10_000),
    termMonths: 48,
    annualRate: random.next() / 5,
    method: random.pick(['annuity', 'straight-line'] as const),
  };
  return {
    ...REVISION_DEFAULTS,
    from,
    hardware: [
      { ...HARDWARE_DEFAULTS, sku: 'B200', terms: owned, ...common },
      {
        ...HARDWARE_DEFAULTS,
        sku: 'H100',
        terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 1 + random.next(), includesEnergy: true },
        ...common,
      },
      {
        ...HARDWARE_DEFAULTS,
        sku: '*',
        terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 2 + random.next(), includesEnergy: false },
        ...common,
      },
      ...placedPrices(random).map((price) => ({ ...price, ...common })),
    ],
    energy: energyOf(random, 'USD'),
    siteEnergy: random.below(3) === 0 ? [] : [{ site: 'north', energy: energyOf(random, 'EUR') }],
    currencies: [{ currency: 'EUR', usdPerUnit: 0.9 + random.next() / 3, provenance }],
    weights: { input: 1, cached: random.next(), output: 2 + random.below(6) },
    modelWeights: ['llama', 'qwen']
      .filter(() => random.below(2) === 0)
      .map((model) => ({ model, weights: { input: 1, cached: random.next(), output: 2 + random.below(6) } })),
  };
}

/** Prices of parts of the tree, some in another currency. */
function placedPrices(random: Random) {
  const rented = (includesEnergy: boolean) => {
    return { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 1 + random.next(), includesEnergy } as const;
  };
  const all = [
    { ...HARDWARE_DEFAULTS, sku: '*', where: { site: 'south' }, currency: 'EUR', terms: rented(false) },
    { ...HARDWARE_DEFAULTS, sku: 'B200', where: { rack: 'rack-2' }, terms: rented(true) },
    { ...HARDWARE_DEFAULTS, sku: '*', where: { node: 'node-0' }, currency: 'EUR', terms: rented(false) },
    { ...HARDWARE_DEFAULTS, sku: 'H100', where: { pool: 'prod', site: 'north' }, terms: rented(false) },
  ];
  return all.filter(() => random.below(2) === 0);
}

function energyOf(random: Random, currency: string): EnergyPrice {
  return {
    ...ENERGY_DEFAULTS,
    currency,
    usdPerKilowattHour: 0.05 + random.next() / 5,
    zone: random.pick(['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/Chicago', 'Pacific/Chatham']),
    periods: ['dawn', 'day'].flatMap((name) => (random.below(3) === 0 ? [] : [periodOf(random, name)])),
    demandUsdPerKilowattMonth: random.below(2) * random.next() * 20,
    pue: 1 + random.next(),
    nodeOverhead: 1.3,
    moduleOverhead: 1.1,
    provenance: { quality: 'entered', note: 'seeded', asOf: null },
  };
}

/** Every other hour, so that a tariff changes inside the two hours of the fleet whatever its zone. */
function periodOf(random: Random, name: string): TariffPeriod {
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hour % 2 === random.below(2));
  return { name, months: [], weekdays: [], hours, usdPerKilowattHour: random.next() / 5 };
}

/** The same book with every tariff multiplied. */
export function withTariff(book: CostBook, factor: number): CostBook {
  const dearer = (energy: EnergyPrice): EnergyPrice => ({
    ...energy,
    usdPerKilowattHour: energy.usdPerKilowattHour * factor,
    demandUsdPerKilowattMonth: energy.demandUsdPerKilowattMonth * factor,
    periods: energy.periods.map((period) => ({ ...period, usdPerKilowattHour: period.usdPerKilowattHour * factor })),
  });
  return {
    revisions: book.revisions.map((revision) => ({
      ...revision,
      energy: dearer(revision.energy),
      siteEnergy: revision.siteEnergy.map(({ site, energy }) => ({ site, energy: dearer(energy) })),
    })),
  };
}
