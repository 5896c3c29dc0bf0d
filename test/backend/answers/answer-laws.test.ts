import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import {
  BREAKDOWN_DIMENSIONS,
  FIGURE_NAMES,
  type BreakdownRow,
  type CallInput,
  type FigureName,
} from '#shared/contract/backend-api.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { Figure } from '#shared/model/figure.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { epochMs } from '#shared/time/instant.ts';
import { at, createRandom } from '../store/store-facts.ts';
import { apiOver, ask, clientOver } from './ask.ts';
import { CHANGE, randomBook, randomFleet, SPAN_SECONDS, withTariff } from './random-fleet.ts';

const SEEDS = [1, 2, 3, 5, 8];
const WINDOW = { from: at(0), to: at(SPAN_SECONDS) };
const NOW = at(SPAN_SECONDS + 5);

/** Relative difference that sums of floating-point numbers may show. */
const SAME = 1e-9;

const SCOPES: readonly NonNullable<CallInput['figure']['scope']>[] = [
  {},
  { rack: 'rack-1' },
  { node: 'node-1' },
  { node: null },
  { model: 'llama' },
  { model: null },
  { engine: null, rack: 'rack-1' },
  { model: 'qwen', node: 'node-1' },
  { tenant: 'team-a' },
  { deployment: 'llama · team-a' },
];

describe.each(SEEDS)('laws of the answers, seed %i', (seed) => {
  const random = createRandom(seed);
  const batch = randomFleet(random);
  const book = randomBook(random);
  const open = (prices: CostBook = book): { store: Store; client: BackendClient } => {
    const store = createMemoryStore();
    void store.append(batch);
    return { store, client: clientOver({ store, book: prices, now: NOW }) };
  };
  const { client } = open();
  const figureOf = (name: FigureName, input: Partial<CallInput['figure']> = {}, by: BackendClient = client) =>
    ask(by, 'figure', { name, window: WINDOW, ...input });
  const valueOf = async (...args: Parameters<typeof figureOf>): Promise<number> => (await figureOf(...args)).value ?? 0;

  it('splitting a window keeps every sum', async () => {
    const cut = epochMs(at(1 + random.below(SPAN_SECONDS - 2)) + random.below(1000));
    const halves = [
      { from: WINDOW.from, to: cut },
      { from: cut, to: WINDOW.to },
    ];
    for (const scope of SCOPES) {
      for (const name of ['spend', 'tokens', 'energy'] as const) {
        const whole = await valueOf(name, { scope });
        const parts = await Promise.all(halves.map((window) => valueOf(name, { scope, window })));
        expectSame(parts[0]! + parts[1]!, whole);
      }
    }
  });

  it('the rows of every breakdown add to the figure of the scope, column by column', async () => {
    for (const scope of [...SCOPES, { gpu: 'GPU-1' }, { gpu: null }, { gpu: 'GPU-2', model: 'llama' }]) {
      const spend = await valueOf('spend', { scope });
      const idle = await valueOf('idle-spend-rate', { scope });
      const watts = await valueOf('power', { scope });
      const rate = await valueOf('throughput', { scope });
      const hours = (await ask(client, 'idleWaste', { window: WINDOW, scope })).gpuHours;
      for (const by of BREAKDOWN_DIMENSIONS) {
        const { rows, total } = await ask(client, 'costBreakdown', { window: WINDOW, scope, by });
        const added = (read: (row: BreakdownRow) => number | null) =>
          rows.reduce((sum, row) => sum + (read(row) ?? 0), 0);
        for (const [of, read] of [
          [spend, (row: BreakdownRow) => row.spendUsd],
          [idle, (row: BreakdownRow) => row.idleUsdPerHour],
          [watts, (row: BreakdownRow) => row.powerWatts],
          [rate, (row: BreakdownRow) => row.tokensPerSecond],
        ] as const) {
          expectSame(added(read), of);
          expectSame(read(total) ?? 0, of);
        }
        for (const state of GPU_STATES)
          expectSame(
            added((row) => row.gpuSeconds[state]),
            hours[state] * 3600,
          );
      }
    }
  });

  it('the coverage of a total is that of its scope, whatever divides it', async () => {
    for (const scope of SCOPES) {
      const { coverage } = await figureOf('coverage', { scope });
      for (const by of BREAKDOWN_DIMENSIONS) {
        const { total } = await ask(client, 'costBreakdown', { window: WINDOW, scope, by });
        expectSame(total.coverage.expectedSeconds, coverage.expectedSeconds);
        expectSame(total.coverage.observedSeconds, coverage.observedSeconds);
      }
    }
  });

  it('what meters measured while GPUs were watched is in the power of its node, once', async () => {
    const { rows } = await ask(client, 'costBreakdown', { window: WINDOW, by: 'node' });
    for (const { node, boundary } of batch.meters) {
      if (boundary !== 'node' || node === null) continue;
      const energy = await figureOf('energy', { scope: { node } });
      const known = energy.inputs.filter((input) => input.label.startsWith('Node energy'));
      const watts = rows.find((row) => row.key === node)?.powerWatts ?? 0;
      const measured = known.reduce((sum, input) => sum + input.value! * 3.6e6, 0);
      expect(measured).toBeGreaterThan(0);
      expect(watts * SPAN_SECONDS).toBeGreaterThanOrEqual(measured * (1 - SAME));
    }
  });

  it('states add to the owned GPU time, which is what the coverage expects', async () => {
    const { gpuHours } = await ask(client, 'idleWaste', { window: WINDOW });
    const owned = batch.seats.reduce((sum, seat) => sum + ((seat.until ?? WINDOW.to) - seat.since) / 3_600_000, 0);
    expectSame(
      GPU_STATES.reduce((sum, state) => sum + gpuHours[state], 0),
      owned,
    );
    const { coverage } = await figureOf('coverage');
    expectSame(coverage.expectedSeconds, owned * 3600);
  });

  it('models and what runs none are all there is', async () => {
    const models = await Promise.all(['llama', 'qwen', null].map((model) => valueOf('spend', { scope: { model } })));
    expectSame(models[0]! + models[1]! + models[2]!, await valueOf('spend'));
  });

  it('a doubled tariff doubles the cost of energy, and nothing else', async () => {
    const { client: dearer } = open(withTariff(book, 2));
    const energy = (await valueOf('marginal-cost-per-million-tokens')) * ((await valueOf('tokens')) / 1e6);
    expectSame(
      await valueOf('marginal-cost-per-million-tokens', {}, dearer),
      2 * (await valueOf('marginal-cost-per-million-tokens')),
    );
    expectSame((await valueOf('spend', {}, dearer)) - (await valueOf('spend')), energy);
  });

  it('a price that changes reprices its own side only', async () => {
    const [first, second] = book.revisions;
    const later = { revisions: [first!, withTariff({ revisions: [second!] }, 3).revisions[0]!] };
    const { client: changed } = open(later);
    const before = { window: { from: WINDOW.from, to: CHANGE } };
    const after = { window: { from: CHANGE, to: WINDOW.to } };
    expect(await valueOf('spend', before, changed)).toBe(await valueOf('spend', before));
    const whole = (await valueOf('spend', {}, changed)) - (await valueOf('spend'));
    expectSame(whole, (await valueOf('spend', after, changed)) - (await valueOf('spend', after)));
    expect(whole).toBeGreaterThan(0);
  });

  it('parts add to the figure, and serving is no more than loaded', async () => {
    for (const scope of SCOPES) {
      for (const name of FIGURE_NAMES) {
        for (const basis of ['billed', 'output', 'total'] as const) {
          const figure = await figureOf(name, { scope, basis });
          if (figure.parts.length > 0)
            expectSame(
              figure.parts.reduce((sum, part) => sum + part.value, 0),
              figure.value ?? 0,
            );
        }
      }
      const loaded = await figureOf('cost-per-million-tokens', { scope });
      const serving = await figureOf('serving-cost-per-million-tokens', { scope });
      expect(serving.value ?? 0).toBeLessThanOrEqual((loaded.value ?? 0) * (1 + SAME));
    }
  });

  it('the buckets of a series add to the window, and its parts to its cost', async () => {
    for (const scope of SCOPES) {
      const series = await ask(client, 'costSeries', { window: WINDOW, scope, bucketsMax: 24, basis: 'total' });
      const hours = series.stepSeconds / 3600;
      const isWhole = series.spendPerHour.every((value) => value !== null);
      const spent = series.spendPerHour.reduce<number>((sum, value) => sum + (value ?? 0) * hours, 0);
      if (isWhole) expectSame(spent, await valueOf('spend', { scope }));
      for (const [index, cost] of series.cost.entries()) {
        const parts = Object.values(series.parts).map((column) => column[index] ?? null);
        if (cost === null) expect(parts.every((part) => part === null)).toBe(true);
        else
          expectSame(
            parts.reduce<number>((sum, part) => sum + (part ?? 0), 0),
            cost,
          );
      }
    }
  });

  it('no answer holds a number that is not finite or negative', async () => {
    const holdsBad = (value: unknown): boolean => {
      if (typeof value === 'number') return !Number.isFinite(value) || value < 0;
      return value !== null && typeof value === 'object' && Object.values(value).some(holdsBad);
    };
    // Asked without the wire's JSON, which would turn a NaN into null.
    const api = apiOver({ store: open().store, book, now: NOW });
    for (const scope of SCOPES) {
      const input = { window: WINDOW, scope };
      const answers = [
        await dispatch(api, 'overview', input),
        await dispatch(api, 'costSeries', input),
        await dispatch(api, 'costBreakdown', { ...input, by: 'engine', historyBuckets: 12 }),
        await dispatch(api, 'idleWaste', input),
      ];
      expect(answers.every((answer) => answer.ok)).toBe(true);
      expect(answers.some(holdsBad)).toBe(false);
    }
  });

  it('the inputs of every cost work it out again, without the figure', async () => {
    for (const scope of SCOPES) {
      for (const name of ['spend', 'idle-spend-rate', 'cost-per-million-tokens'] as const) {
        const figure = await figureOf(name, { scope });
        if (figure.value === null) continue;
        const cost = figure.inputs.reduce((sum, input) => sum + (input.unit === 'USD' ? input.value! : 0), 0);
        const hours = SPAN_SECONDS / 3600;
        const divisor = { spend: 1, 'idle-spend-rate': hours, 'cost-per-million-tokens': billedOf(figure) / 1e6 }[name];
        expectSame(cost / divisor, figure.value);
        expectSame(recomputed(figure), cost);
      }
    }
  });
});

/** Billed tokens from the inputs: each class x its weight, per period. */
function billedOf({ inputs }: Figure): number {
  const classes = ['output tokens', 'uncached input tokens', 'cached input tokens'];
  return classes.reduce((sum, name) => {
    const counts = inputs.filter((input) => input.label.toLowerCase().startsWith(name));
    return (
      sum +
      counts.reduce((subtotal, count) => {
        const weight = inputs.find((input) => input.label.toLowerCase() === `weight of ${count.label.toLowerCase()}`);
        return subtotal + (count.value ?? 0) * weight!.value!;
      }, 0)
    );
  }, 0);
}

const ENERGY_LABELS = [
  'GPU board energy',
  'GPU board and CPU socket energy',
  'Superchip module energy',
  'Node energy',
  'Rack energy',
  'Energy at the wall',
];

/** Cost from GPU time x rate and energy x factors x tariff, as a person with the drawer open would do it. */
function recomputed({ inputs }: Figure): number {
  const valueOf = (label: string): number =>
    inputs.filter((input) => input.label === label).reduce((sum, input) => sum + (input.value ?? 0), 0);
  const rates = inputs.filter((input) => input.unit === 'USD/GPU-h');
  const time = rates.reduce((sum, rate) => sum + rate.value! * valueOf(rate.label.replace(', rate', ', GPU time')), 0);
  const facility = (suffix: string): number => {
    const factor = (name: string): number => inputs.find((input) => input.label === name + suffix)?.value ?? 1;
    const factors = factor('Node overhead') * factor('Module overhead') * factor('PUE');
    return ENERGY_LABELS.reduce((subtotal, label) => subtotal + valueOf(label + suffix), 0) * factors;
  };
  const tariffs = inputs.filter((input) => input.label.startsWith('Electricity') && input.value !== null);
  const energy = tariffs.reduce(
    (sum, tariff) => sum + facility(tariff.label.replace('Electricity', '')) * tariff.value!,
    0,
  );
  return time + energy + demandOf(inputs);
}

/** Demand charges, each from its peak and what its energy is of that of the month. */
function demandOf(inputs: Figure['inputs']): number {
  const charges = inputs.filter(({ label, unit }) => label.startsWith('Demand charge,') && unit === 'USD');
  return charges.reduce((sum, charge) => {
    const suffix = charge.label.replace('Demand charge', '');
    const valueOf = (name: string): number => inputs.find(({ label }) => label === name + suffix)!.value!;
    const kilowatts = valueOf('Highest hour of facility power') / 1000;
    const perMonth = kilowatts * valueOf('Demand price') * valueOf('Share of the month');
    const perKilowattHour = perMonth / valueOf('Facility energy of that part');
    expectSame(perKilowattHour, valueOf('Demand charge per kWh'));
    return sum + (charge.value! / valueOf('Demand charge per kWh')) * perKilowattHour;
  }, 0);
}

function expectSame(one: number, other: number): void {
  expect(Math.abs(one - other)).toBeLessThanOrEqual(SAME * Math.max(1, Math.abs(other)));
}
