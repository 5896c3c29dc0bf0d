import { describe, expect, it } from 'vitest';
import type { BucketSlots } from '#backend/store/bucket-slots.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch, FactQuery, GpuDimension, PowerRow, Store } from '#backend/store/store.ts';
import type { GpuFact, GpuFactColumn, MeterFact } from '#shared/model/fact.ts';
import type { Meter } from '#shared/model/meter.ts';
import type { MeterBoundary } from '#shared/model/power-boundary.ts';
import { bucketStarts, STEPS_SECONDS } from '#shared/time/buckets.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { at, createRandom, FLEET, gpuFact, NO_BATCH, PLACEMENTS, SEATS, type Random } from './store-facts.ts';

/** A meter of a node (`node-0`) or of a rack (`rack-1`). */
function meterOf(place: string, boundary: MeterBoundary, changes: Partial<Meter> = {}): Meter {
  const isRack = place.startsWith('rack');
  return {
    key: `${place} ${boundary}`,
    meter: `${place} ${boundary}`,
    site: null,
    pool: null,
    rack: isRack ? place : null,
    node: isRack ? null : place,
    boundary,
    origin: 'ipmi',
    parts: 1,
    since: at(0),
    until: null,
    ...changes,
  };
}

function meterFact(meter: Meter, start: number, seconds: number, energyJoules: number): MeterFact {
  const fact = { meter: meter.key, start: at(start), seconds, energyJoules };
  return { ...fact, observedSeconds: seconds, energyIntegratedJoules: energyJoules, partSeconds: seconds };
}

/** A fact of one GPU in a minute: energy 1 J a second unless told. */
function minuteOf(seat: number, minute: number, changes: Partial<GpuFact> = {}): GpuFact {
  const watched = { observedSeconds: 60, energyJoules: 60, energySeconds: 60, energyIntegratedJoules: 0 };
  return gpuFact({ seat: `seat-${seat}`, start: at(minute * 60), seconds: 60, ...watched, ...changes });
}

const minutes = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

const IMPLEMENTATIONS: readonly (readonly [string, () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['DuckDB', openDuckdb],
];

async function openDuckdb(): Promise<Store> {
  const opened = await openDuckdbStore({ path: ':memory:' });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const TEN_MINUTES = { from: at(0), to: at(600) };
const COLUMNS = ['observedSeconds', 'energyJoules', 'energySeconds'] as const;

describe.each(IMPLEMENTATIONS)('power facts in a store of kind %s', (_name, open) => {
  async function rowsOf(
    batch: Partial<FactBatch>,
    query: Partial<FactQuery<GpuDimension, GpuFactColumn>> = {},
  ): Promise<readonly PowerRow[]> {
    const store = await open();
    expect(await store.append({ ...FLEET, ...batch })).toMatchObject({ ok: true });
    const asked = { window: TEN_MINUTES, by: ['node'], stepSeconds: null, columns: COLUMNS, ...query } as const;
    const rows = await store.powerFacts(asked);
    await store.rollUp(at(86_400));
    expectSame(await store.powerFacts(asked), rows, 'after roll-up');
    await store.close();
    return rows;
  }

  /** Node or other key, boundary, watched seconds, energy of the boards, energy that meters measured. */
  const inShort = (rows: readonly PowerRow[]) =>
    rows.map(({ by, boundary, sums, measuredJoules }) => [
      by[0] ?? null,
      boundary,
      rounded(sums.observedSeconds),
      rounded(sums.energyJoules),
      rounded(measuredJoules),
    ]);

  const nodeZero = minutes(0, 10).flatMap((minute) => [
    minuteOf(0, minute),
    minuteOf(1, minute, { energyJoules: 180 }),
  ]);

  it('without a meter rest on the boards', async () => {
    expect(inShort(await rowsOf({ gpuFacts: nodeZero }))).toEqual([['node-0', 'board', 1200, 2400, null]]);
  });

  it('of a metered node rest on its meter, whose energy is in them once', async () => {
    const meter = meterOf('node-0', 'node');
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 600, 6000)], gpuFacts: nodeZero };
    expect(inShort(await rowsOf(batch))).toEqual([['node-0', 'node', 1200, 2400, 6000]]);
  });

  it('share the energy of a node by the energy of its boards', async () => {
    const meter = meterOf('node-0', 'node');
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 600, 6000)], gpuFacts: nodeZero };
    expect(inShort(await rowsOf(batch, { by: ['gpu'] }))).toEqual([
      ['GPU-0', 'node', 600, 600, 1500],
      ['GPU-1', 'node', 600, 1800, 4500],
    ]);
  });

  it('rest on the meter while it measures and on the boards after it fell silent', async () => {
    const meter = meterOf('node-0', 'node');
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 300, 3000)], gpuFacts: nodeZero };
    expect(inShort(await rowsOf(batch))).toEqual([
      ['node-0', 'board', 600, 1200, null],
      ['node-0', 'node', 600, 1200, 3000],
    ]);
  });

  it('take the widest boundary first, and of a narrower one only what it covers beyond', async () => {
    const [module, node] = [meterOf('node-0', 'module'), meterOf('node-0', 'node')];
    const batch = {
      meters: [module, node],
      meterFacts: [meterFact(module, 0, 600, 4200), meterFact(node, 0, 300, 3000)],
      gpuFacts: nodeZero,
    };
    expect(inShort(await rowsOf(batch))).toEqual([
      ['node-0', 'module', 600, 1200, 2100],
      ['node-0', 'node', 600, 1200, 3000],
    ]);
  });

  it('of a rack with a meter share it over all nodes, and the wall wins over the rack', async () => {
    const nodes = minutes(0, 10).flatMap((minute) => [0, 1, 2, 3].map((seat) => minuteOf(seat, minute)));
    const [rack, wall] = [meterOf('rack-1', 'rack'), meterOf('rack-1', 'wall')];
    const meterFacts = [meterFact(rack, 0, 600, 6000)];
    expect(inShort(await rowsOf({ meters: [rack], meterFacts, gpuFacts: nodes }))).toEqual([
      ['node-0', 'rack', 1200, 1200, 3000],
      ['node-1', 'rack', 1200, 1200, 3000],
    ]);
    const both = [...meterFacts, meterFact(wall, 0, 600, 8000)];
    expect(
      inShort(await rowsOf({ meters: [rack, wall], meterFacts: both, gpuFacts: nodes }, { by: ['rack'] })),
    ).toEqual([['rack-1', 'wall', 2400, 2400, 8000]]);
  });

  it('of a rack with a node that nobody watched leave out the part of that node', async () => {
    const rack = meterOf('rack-1', 'rack');
    const batch = { meters: [rack], meterFacts: [meterFact(rack, 0, 600, 6000)], gpuFacts: nodeZero };
    expect(inShort(await rowsOf(batch))).toEqual([['node-0', 'rack', 1200, 2400, 3000]]);
  });

  it('add CPU sockets to the boards beside them', async () => {
    const cpu = meterOf('node-0', 'cpu');
    const batch = { meters: [cpu], meterFacts: [meterFact(cpu, 0, 600, 900)], gpuFacts: nodeZero };
    expect(inShort(await rowsOf(batch))).toEqual([['node-0', 'cpu', 1200, 2400, 3300]]);
  });

  it('do not believe a meter that reads less than the boards it holds', async () => {
    const meter = meterOf('node-0', 'node');
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 600, 2000)], gpuFacts: nodeZero };
    expect(inShort(await rowsOf(batch))).toEqual([['node-0', 'board', 1200, 2400, null]]);
  });

  it('count of a meter only the time in which the GPUs were watched', async () => {
    const meter = meterOf('node-0', 'node');
    const gpuFacts = minutes(0, 2).flatMap((minute) => [minuteOf(0, minute), minuteOf(1, minute)]);
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 300, 3000)], gpuFacts };
    expect(inShort(await rowsOf(batch))).toEqual([['node-0', 'node', 240, 240, 1200]]);
  });

  it('leave a bridged gap on the boards: what meters measured while nobody watched is given to nobody', async () => {
    const meter = meterOf('node-0', 'node');
    const bridged = { bridgedSeconds: 540, observedSeconds: 0, energyJoules: 500, energySeconds: 540, seconds: 540 };
    const gpuFacts = [minuteOf(0, 0), minuteOf(0, 1, { ...bridged, state: 'unobserved' })];
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 600, 1800)], gpuFacts };
    expect(inShort(await rowsOf(batch))).toEqual([
      ['node-0', 'board', 0, 500, null],
      ['node-0', 'node', 60, 60, 180],
    ]);
  });

  it('share by time where no board measures energy', async () => {
    const meter = meterOf('node-0', 'node');
    const unmeasured = { energyJoules: null, energySeconds: null };
    const gpuFacts = minutes(0, 10).flatMap((minute) => [0, 1].map((seat) => minuteOf(seat, minute, unmeasured)));
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 600, 6000)], gpuFacts };
    expect(inShort(await rowsOf(batch, { by: ['gpu'] }))).toEqual([
      ['GPU-0', 'node', 600, null, 3000],
      ['GPU-1', 'node', 600, null, 3000],
    ]);
  });

  it('divide what is measured between the engines that share a GPU', async () => {
    const meter = meterOf('node-0', 'node');
    const gpuFacts = minutes(0, 10).map((minute) => minuteOf(0, minute, { placement: 'placement-1' }));
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 600, 6000)], gpuFacts };
    expect(inShort(await rowsOf(batch, { by: ['model'] }))).toEqual([
      ['llama', 'node', 150, 150, 1500],
      ['qwen', 'node', 450, 450, 4500],
    ]);
    expect(inShort(await rowsOf(batch, { by: ['engine'], scope: { model: 'qwen' } }))).toEqual([
      ['engine-2', 'node', 450, 450, 4500],
    ]);
  });

  it('of steps shorter than a cell follow the boards, and add to what the meter measured', async () => {
    const meter = meterOf('node-0', 'node');
    const batch = { meters: [meter], meterFacts: [meterFact(meter, 0, 600, 6000)], gpuFacts: nodeZero };
    const rows = await rowsOf(batch, { stepSeconds: 60, by: [] });
    expect(rows).toHaveLength(10);
    expect(rows.reduce((total, row) => total + (row.measuredJoules ?? 0), 0)).toBeCloseTo(6000, 6);
  });

  it('keeps what meters measured by place, boundary and origin', async () => {
    const store = await open();
    const meter = meterOf('node-0', 'node');
    await store.append({ ...FLEET, meters: [meter], meterFacts: [meterFact(meter, 30, 60, 600)] });
    const query = {
      window: { from: at(0), to: at(60) },
      by: ['node', 'boundary', 'origin'],
      stepSeconds: null,
    } as const;
    for (const _tier of ['raw', 'rolled up']) {
      expect(await store.meterFacts(query)).toMatchObject([
        { by: ['node-0', 'node', 'ipmi'], sums: { observedSeconds: 30, energyJoules: 300, partSeconds: 30 } },
      ]);
      await store.rollUp(at(3600));
    }
    expect(await store.meters({ from: at(0), to: at(1) })).toEqual([meter]);
    await expect(
      store.append({ ...NO_BATCH, meterFacts: [meterFact(meterOf('node-9', 'node'), 0, 1, 1)] }),
    ).rejects.toThrow('node-9');
    await store.close();
  });
});

describe.each([5, 6, 7, 8])('with random meters of seed %i', (seed) => {
  it('DuckDB answers as memory does, and rows add to the GPU facts and to what was measured', async () => {
    const random = createRandom(seed);
    const [memory, duckdb] = [createMemoryStore(), await openDuckdb()];
    for (const store of [memory, duckdb]) {
      expect(await store.append({ ...FLEET, meters: METERS })).toMatchObject({ ok: true });
    }
    for (const batch of [randomPower(random, 300), randomPower(random, 100)]) {
      for (const store of [memory, duckdb]) await store.append(batch);
      await compare(random, duckdb, memory);
      await duckdb.rollUp(at(19 * 3600 + 100));
      await compare(random, duckdb, memory);
    }
    await duckdb.close();
  });
});

const METERS: readonly Meter[] = [
  meterOf('node-0', 'node'),
  meterOf('node-0', 'module'),
  meterOf('node-1', 'cpu'),
  meterOf('node-1', 'wall'),
  meterOf('node-2', 'node'),
  meterOf('rack-1', 'rack'),
  meterOf('rack-2', 'wall'),
];

const DAY_SECONDS = 86_400;

/** GPU facts that are watched or bridged, never both in one state, as sampling makes them; meters that come and go. */
function randomPower(random: Random, count: number): FactBatch {
  const start = (): number => random.below(DAY_SECONDS * 1000) / 1000;
  const gpuFacts = Array.from({ length: count }, () => {
    const isBridged = random.below(12) === 0;
    const seconds = isBridged ? 60 + random.below(20_000) : 0.5 + random.below(59_000) / 1000;
    const energyJoules = random.below(6) === 0 ? null : random.next() * 700 * seconds;
    return gpuFact({
      start: at(start()),
      seconds,
      seat: random.pick(SEATS).key,
      state: isBridged ? 'unobserved' : random.pick(['serving', 'loaded-idle']),
      placement: isBridged ? null : random.pick([null, ...PLACEMENTS.map(({ key }) => key)]),
      observedSeconds: isBridged ? 0 : seconds,
      bridgedSeconds: isBridged ? seconds : null,
      energyJoules,
      energySeconds: energyJoules === null ? null : seconds,
      powerWattsMax: random.next() * 700,
    });
  });
  const meterFacts = Array.from({ length: count }, () => {
    const seconds = 1 + random.below(3000);
    return meterFact(random.pick(METERS), start(), seconds, random.next() * 9000 * seconds);
  });
  return { ...NO_BATCH, gpuFacts, meterFacts };
}

const DIMENSIONS: readonly GpuDimension[] = ['rack', 'node', 'gpu', 'sku', 'state', 'model', 'engine'];

async function compare(random: Random, store: Store, oracle: Store): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    const unit = random.pick([1000, 60_000, 3_600_000]);
    const from = Math.floor(random.below(DAY_SECONDS * 1000) / unit) * unit;
    const length = Math.ceil((1 + random.below(random.pick([2, 30]) * 3_600_000)) / unit) * unit;
    const window = { from: epochMs(at(0) + from), to: epochMs(at(0) + from + length) };
    const steps = STEPS_SECONDS.filter((step) => step >= (length > 7_200_000 ? 300 : 30));
    const query = {
      window,
      by: DIMENSIONS.filter(() => random.below(4) === 0),
      scope: random.below(3) === 0 ? { node: random.pick(['node-0', 'node-1']) } : {},
      stepSeconds: random.pick([null, ...steps]),
      ...(random.below(2) === 0 && { slots: slotsOf(random, window) }),
    };
    const rows = await oracle.powerFacts(query);
    expectSame(await store.powerFacts(query), rows, JSON.stringify(query));
    expectSums(rows, await oracle.gpuFacts(query), JSON.stringify(query));
  }
}

/** Kinds of half hours, which every step of this test divides or holds. */
function slotsOf(random: Random, window: TimeRange): BucketSlots {
  const starts = bucketStarts(window, 1800);
  return { stepSeconds: 1800, first: starts[0]!, of: starts.map(() => random.below(3)) };
}

function expectSame(rows: readonly PowerRow[], expected: readonly PowerRow[], asked: string): void {
  const keys = (row: PowerRow) => [row.start, row.slot ?? null, ...row.by, row.boundary];
  expect(rows.map(keys), asked).toEqual(expected.map(keys));
  for (const [index, row] of rows.entries()) {
    const other = expected[index]!;
    expectClose(row.measuredJoules, other.measuredJoules, asked);
    expectClose(row.integratedJoules, other.integratedJoules, asked);
    for (const [name, value] of Object.entries(other.sums)) {
      expectClose((row.sums as Record<string, number | null>)[name] ?? null, value, `${name} of ${asked}`);
    }
  }
}

/** Every column that is a sum adds over boundaries to the plain facts. */
function expectSums(
  rows: readonly PowerRow[],
  facts: readonly {
    readonly sums: { readonly observedSeconds: number | null; readonly energyJoules: number | null };
  }[],
  asked: string,
): void {
  for (const column of ['observedSeconds', 'energyJoules'] as const) {
    const total = (list: readonly { readonly sums: { readonly [name in typeof column]: number | null } }[]) =>
      list.reduce((sum, row) => sum + (row.sums[column] ?? 0), 0);
    expectClose(total(rows), total(facts), asked);
  }
}

/** Equal to 1e-9 of the value; what is no more than rounding of nothing is nothing. */
function expectClose(actual: number | null, expected: number | null, asked: string): void {
  if (actual === null || expected === null) return expect(actual, asked).toBe(expected);
  if (Math.abs(actual - expected) > 1e-9 * Math.abs(expected) + 1e-9) expect(actual, asked).toBe(expected);
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(6));
}
