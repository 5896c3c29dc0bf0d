import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { CallInput } from '#shared/contract/backend-api.ts';
import { termOf, unusedCommitment } from '#shared/cost/commitments.ts';
import type { CostBook, CostBookRevision, EnergyPrice, HardwarePrice, PricePlace } from '#shared/model/cost-book.ts';
import { ENERGY_DEFAULTS, HARDWARE_DEFAULTS, REVISION_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { epochMs } from '#shared/time/instant.ts';
import { engineFact, gpuFact, NO_BATCH } from '../store/store-facts.ts';
import { ask, clientOver } from './ask.ts';

/**
 * A fleet of one month by hand: two H100 at two sites, each serving at 1 kW of board for every hour of April 2026, but for
 * 3 kW in one hour of the second day in the north. No overhead, PUE 1.
 */
const APRIL = { from: epochMs(Date.UTC(2026, 3, 1)), to: epochMs(Date.UTC(2026, 4, 1)) };
const HOURS = 720;
const PEAK_HOUR = 24 + 15;
const PROVENANCE = { quality: 'entered', note: 'by hand', asOf: null } as const;

const SEATS = ['north', 'south'].map((site): GpuSeat => {
  const about = { domain: null, tray: null, driverVersion: null, cudaVersion: null, index: '0' };
  const place = { site, rack: `${site}-1`, pool: null, node: `${site}-node` };
  return { key: site, gpu: `GPU-${site}`, sku: 'NVIDIA H100', ...about, ...place, since: APRIL.from, until: null };
});

const SPAN = {
  key: 'span',
  engine: 'engine',
  kind: 'vllm',
  role: null,
  pod: null,
  version: null,
  versionEvidence: null,
  image: null,
  settings: null,
  tenant: null,
  site: 'north',
  rack: null,
  pool: null,
  node: 'north-node',
  since: APRIL.from,
  until: null,
} as const;

async function storeOfApril() {
  const store = createMemoryStore();
  const hours = Array.from({ length: HOURS }, (_, hour) => hour);
  await store.append({
    ...NO_BATCH,
    seats: SEATS,
    gpuFacts: SEATS.flatMap(({ key }) =>
      hours.map((hour) => {
        const joules = 3.6e6 * (key === 'north' && hour === PEAK_HOUR ? 3 : 1);
        const known = { observedSeconds: 3600, energyJoules: joules, energySeconds: 3600 };
        return gpuFact({
          seat: key,
          start: epochMs(APRIL.from + hour * 3_600_000),
          seconds: 3600,
          state: 'serving',
          ...known,
        });
      }),
    ),
    engineSpans: ['llama', 'qwen'].map((model) => ({ ...SPAN, key: model, engine: model, model })),
    engineFacts: ['llama', 'qwen'].map((model) =>
      engineFact({
        engineSpan: model,
        start: APRIL.from,
        seconds: 3600,
        inputTokens: 10e6,
        cachedTokens: 4e6,
        outputTokens: 1e6,
      }),
    ),
  });
  return store;
}

const STORE = await storeOfApril();

function rent(usdPerGpuHour: number, more: Partial<HardwarePrice> = {}): HardwarePrice {
  const terms = { kind: 'rented', usdPerGpuHour, includesEnergy: false, commitment: null } as const;
  return { ...HARDWARE_DEFAULTS, sku: 'H100', terms, provenance: PROVENANCE, ...more };
}

function bookOf(more: Partial<CostBookRevision>): CostBook {
  const energy: EnergyPrice = {
    ...ENERGY_DEFAULTS,
    usdPerKilowattHour: 0.1,
    pue: 1,
    nodeOverhead: 1,
    provenance: PROVENANCE,
  };
  const base = {
    ...REVISION_DEFAULTS,
    from: epochMs(0),
    hardware: [rent(2)],
    energy,
    weights: { input: 1, cached: 0.1, output: 5 },
  };
  return { revisions: [{ ...base, ...more }] };
}

function clientOf(book: CostBook) {
  return clientOver({ store: STORE, book, now: APRIL.to });
}

async function figureOf(book: CostBook, input: Omit<CallInput['figure'], 'window'>) {
  return await ask(clientOf(book), 'figure', { window: APRIL, ...input });
}

const energy = bookOf({}).revisions[0]!.energy;
const PERIODS = [{ name: 'on-peak', months: [], weekdays: [], hours: [14, 15], usdPerKilowattHour: 0.2 }];

describe('a tariff by hour with a demand charge', () => {
  const book = bookOf({ energy: { ...energy, periods: PERIODS, demandUsdPerKilowattMonth: 12 } });

  it('costs what the bill of each site says, line by line', async () => {
    const { value, inputs, notes } = await figureOf(book, { name: 'spend', scope: { site: 'north' } });
    // 60 on-peak hours at 1 kW and 2 kWh more in one of them: 62 x 0.2; 660 x 0.1; the highest hour is 3 kW x 12
    expect(value).toBeCloseTo(HOURS * 2 + 62 * 0.2 + 660 * 0.1 + 36, 9);
    const valueOf = (label: string) => inputs.find((input) => input.label === label)?.value;
    expect(valueOf('GPU board energy, on-peak')).toBeCloseTo(62, 9);
    expect(valueOf('Electricity, on-peak')).toBe(0.2);
    expect(valueOf('Cost of energy, on-peak')).toBeCloseTo(12.4, 9);
    expect(valueOf('Cost of energy, all other hours')).toBeCloseTo(66, 9);
    expect(valueOf('Highest hour of facility power, site north, 2026-04')).toBeCloseTo(3000, 9);
    expect(valueOf('Demand charge, site north, 2026-04')).toBeCloseTo(36, 9);
    expect(notes.join(' ')).not.toContain('Demand charge');
  });

  it('adds over sites, days and states to the whole', async () => {
    const spend = (await figureOf(book, { name: 'spend' })).value!;
    // The south: 60 x 0.2 + 660 x 0.1 + 1 kW x 12
    expect(spend).toBeCloseTo(2 * HOURS * 2 + 62 * 0.2 + 660 * 0.1 + 36 + 60 * 0.2 + 660 * 0.1 + 12, 8);
    const { spendPerHour, stepSeconds } = await ask(clientOf(book), 'costSeries', { window: APRIL, bucketsMax: 30 });
    const added = spendPerHour.reduce<number>((sum, value) => sum + (value ?? 0), 0) * (stepSeconds / 3600);
    expect(added).toBeCloseTo(spend, 8);
  });

  it('is the same whether the hours of the month are read once or twice', async () => {
    const client = clientOf(book);
    const spendOf = async (window: { from: typeof APRIL.from; to: typeof APRIL.from }) =>
      (await ask(client, 'figure', { name: 'spend', window })).value!;
    const whole = await spendOf(APRIL);
    const { rows } = await ask(client, 'costBreakdown', { window: APRIL, by: 'node' });
    expect(rows.reduce((sum, row) => sum + row.spendUsd!, 0)).toBeCloseTo(whole, 8);
    // Cut on a full hour, and within one.
    for (const minutes of [60 * 100, 60 * 100 + 25]) {
      const cut = epochMs(APRIL.from + minutes * 60_000);
      const parts = [await spendOf({ from: APRIL.from, to: cut }), await spendOf({ from: cut, to: APRIL.to })];
      expect(parts[0]! + parts[1]!).toBeCloseTo(whole, 8);
    }
  });

  it('charges a month that is not over for its elapsed part, and says so', async () => {
    const store = createMemoryStore();
    const day = { from: APRIL.from, to: epochMs(APRIL.from + 86_400_000) };
    const known = { observedSeconds: 86_400, energyJoules: 3.6e6 * 24, energySeconds: 86_400 };
    await store.append({
      ...NO_BATCH,
      seats: SEATS.slice(0, 1),
      gpuFacts: [gpuFact({ seat: 'north', start: day.from, seconds: 86_400, state: 'serving', ...known })],
    });
    const flat = bookOf({ energy: { ...energy, demandUsdPerKilowattMonth: 12 } });
    const client = clientOver({ store, book: flat, now: day.to });
    const { value, notes } = await ask(client, 'figure', { name: 'spend', window: day });
    // 24 x 2 + 24 x 0.1 + 1 kW x 12 / 30
    expect(value).toBeCloseTo(48 + 2.4 + 0.4, 9);
    expect(notes.join(' ')).toContain(
      'Demand charge, site north, 2026-04: the highest hour so far, 1 kW, for the 3.33 %',
    );
  });
});

describe('weights of a model', () => {
  const weights = { input: 1, cached: 0.5, output: 10 };
  const book = bookOf({ modelWeights: [{ model: 'qwen', weights }] });

  it('hold for its tokens, alone and among others, and are named', async () => {
    // llama: 6 M + 0.1 x 4 M + 5 x 1 M = 11.4 M; qwen: 6 M + 0.5 x 4 M + 10 x 1 M = 18 M
    expect((await figureOf(book, { name: 'tokens', scope: { model: 'llama' } })).value).toBeCloseTo(11.4e6, 3);
    expect((await figureOf(book, { name: 'tokens', scope: { model: 'qwen' } })).value).toBeCloseTo(18e6, 3);
    const all = await figureOf(book, { name: 'tokens' });
    expect(all.value).toBeCloseTo(29.4e6, 3);
    expect(all.inputs.map(({ label }) => label)).toContain('Weight of output tokens, model qwen');
    expect(all.notes.join(' ')).toContain('qwen 1 : 0.5 : 10');
    expect((await figureOf(book, { name: 'tokens', basis: 'total' })).value).toBe(22e6);
  });
});

describe('a commitment', () => {
  const commitment = { gpus: 5, since: APRIL.from, years: 1, upfrontShare: 0.25 };
  const committed = (where: PricePlace = {}): CostBook => {
    const terms = { kind: 'rented', usdPerGpuHour: 2, includesEnergy: true, commitment } as const;
    return bookOf({ hardware: [rent(2, { terms, where }), rent(3, { sku: '*' })] });
  };

  it('costs its GPUs that are not in the fleet, as capital that nobody observed', async () => {
    const { value, inputs, notes } = await figureOf(committed(), { name: 'spend' });
    // 5 GPUs x 720 h x 2, two of them in the fleet
    expect(value).toBeCloseTo(5 * HOURS * 2, 8);
    const unused = inputs.find(({ label }) => label === 'H100 (committed, not in the fleet), GPU time');
    expect(unused?.value).toBeCloseTo(3 * HOURS, 8);
    expect(notes.join(' ')).toContain('2160 GPU-h are committed and not in the fleet');
    const { gpuHours } = await ask(clientOf(committed()), 'idleWaste', { window: APRIL });
    expect(gpuHours.unobserved).toBeCloseTo(3 * HOURS, 8);
  });

  it('belongs to the fleet and to the part that its price names, and to no node or model', async () => {
    const spendOf = async (book: CostBook, scope: CallInput['figure']['scope']) =>
      (await figureOf(book, { name: 'spend', scope })).value!;
    expect(await spendOf(committed(), { site: 'north' })).toBeCloseTo(HOURS * 2, 8);
    expect(await spendOf(committed({ site: 'north' }), { site: 'north' })).toBeCloseTo(5 * HOURS * 2, 8);
    expect(await spendOf(committed({ site: 'north' }), { node: 'north-node' })).toBeCloseTo(HOURS * 2, 8);
    const { rows, total } = await ask(clientOf(committed({ site: 'north' })), 'costBreakdown', {
      window: APRIL,
      by: 'site',
    });
    expect(rows.find(({ key }) => key === 'north')!.spendUsd).toBeCloseTo(5 * HOURS * 2, 8);
    expect(rows.reduce((sum, row) => sum + row.spendUsd!, 0)).toBeCloseTo(total.spendUsd!, 8);
  });

  it('counts the GPUs that it lacks over time, so that windows add', () => {
    const hour = (count: number) => epochMs(APRIL.from + count * 3_600_000);
    const known = [
      { from: hour(0), to: hour(10) },
      { from: hour(4), to: hour(30) },
    ];
    const two = { ...commitment, gpus: 2 };
    // 4 h with one GPU, 6 h with two, 14 h with one.
    expect(unusedCommitment(two, known, { from: hour(0), to: hour(24) })).toBe(18 * 3600);
    const parts = [0, 7, 24].slice(1).map((to, index) => ({ from: hour([0, 7][index]!), to: hour(to) }));
    expect(parts.reduce((sum, part) => sum + unusedCommitment(two, known, part), 0)).toBe(18 * 3600);
    expect(unusedCommitment({ ...two, gpus: 1 }, known, { from: hour(0), to: hour(24) })).toBe(0);
  });

  it('ends after so many years of 8,760 hours', () => {
    expect(termOf(commitment).to).toBe(Date.UTC(2027, 3, 1));
    expect(unusedCommitment(commitment, [], { from: APRIL.from, to: epochMs(APRIL.from + 2 * 31_536_000_000) })).toBe(
      5 * 8760 * 3600,
    );
  });

  it('keeps the sums of the Cost screen closed', async () => {
    const { lines } = await ask(clientOf(committed()), 'reconciliation', { window: APRIL });
    expect(lines.filter(({ closes }) => closes === false)).toEqual([]);
    expect(lines.find(({ key }) => key === 'hours')!.whole).toBeCloseTo(5 * HOURS, 6);
  });
});
