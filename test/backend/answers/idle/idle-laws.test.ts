import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { IdleAmounts, IdleCapacity } from '#shared/contract/idle-schema.ts';
import { IDLE_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { epochMs } from '#shared/time/instant.ts';
import { at, createRandom } from '../../store/store-facts.ts';
import { ask, clientOver } from '../ask.ts';
import { randomBook, randomFleet, SPAN_SECONDS } from '../random-fleet.ts';

const WINDOW = { from: at(0), to: at(SPAN_SECONDS) };
const ZONES = ['UTC', 'America/Chicago', 'Asia/Kolkata', 'Asia/Kathmandu'];
const SCOPES = [{}, { rack: 'rack-1' }, { model: 'llama' }, { node: 'node-1' }, { model: null }];

describe.each([1, 2, 3, 5, 8, 13])('laws of idle capacity, seed %i', (seed) => {
  const random = createRandom(seed);
  const store = createMemoryStore();
  void store.append(randomFleet(random));
  const client = clientOver({ store, book: randomBook(random), now: at(SPAN_SECONDS + 5) });
  const capacityOf = (input: Partial<Parameters<typeof client.idleCapacity>[0]> = {}): Promise<IdleCapacity> =>
    ask(client, 'idleCapacity', { window: WINDOW, ...input });

  it('states add to the spend and the GPU time of the scope, and the idle ones to the waste', async () => {
    for (const scope of SCOPES) {
      const { states, waste } = await capacityOf({ scope });
      const spend = await ask(client, 'figure', { name: 'spend', window: WINDOW, scope });
      const { gpuHours } = await ask(client, 'idleWaste', { window: WINDOW, scope });
      expectSame(totalOf(states).usd, spend.value);
      for (const { state, gpuHours: hours } of states) expectSame(hours, gpuHours[state]);
      expectSame(totalOf(states.filter(({ isWaste }) => isWaste)).usd, waste.value);
      expect(states.filter(({ isWaste }) => isWaste).map(({ state }) => state)).toEqual(IDLE_STATES);
    }
  });

  it('pools, nodes and hours of the week add to the waste, in dollars, GPU-hours and energy', async () => {
    for (const scope of SCOPES) {
      for (const zone of ZONES) {
        const idle = await capacityOf({ scope, zone, nodesMax: 2 });
        const wasted = totalOf(idle.states.filter(({ isWaste }) => isWaste));
        const nodes = idle.otherNodes === null ? idle.nodes : [...idle.nodes, idle.otherNodes];
        for (const parts of [idle.pools, nodes, idle.hoursOfWeek]) {
          const total = totalOf(parts);
          expectSame(total.gpuHours, wasted.gpuHours);
          expectSame(total.usd, wasted.usd);
          expectSame(total.kilowattHours, wasted.kilowattHours);
        }
        expectSame(wasted.kilowattHours, (idle.wasteEnergy.value ?? 0) / 3.6e6);
      }
    }
  });

  it('all GPU time lies in some hour of the week, each hour as often as the window holds it', async () => {
    const { hoursOfWeek, states } = await capacityOf({ zone: 'Asia/Kathmandu' });
    expect(hoursOfWeek).toHaveLength(168);
    expectSame(
      hoursOfWeek.reduce((sum, hour) => sum + hour.allGpuHours, 0),
      totalOf(states).gpuHours,
    );
    expect(hoursOfWeek.filter(({ times }) => times > 0).map(({ times }) => times)).toEqual([1, 1, 1]);
  });

  it('what a deployment had is divided without rest, and so are free GPUs', async () => {
    const { recoverable } = await capacityOf();
    for (const { hours, recoverable: value, headroom, unrecoverable } of recoverable.deployments) {
      const { provisioned, ...parts } = hours;
      expectSame(
        Object.values(parts).reduce((sum, part) => sum + part, 0),
        provisioned,
      );
      for (const figure of [value, headroom, unrecoverable]) expect(figure.value ?? 0).toBeGreaterThanOrEqual(0);
    }
    for (const free of recoverable.free)
      expectSame(free.recoverableGpuHours + free.tooShortGpuHours + free.fragmentGpuHours, free.gpuHours);
  });

  it('splitting a window at a step keeps provisioned replicas and load', async () => {
    const cut = epochMs(at(300 * (1 + random.below(SPAN_SECONDS / 300 - 2))));
    const whole = await capacityOf();
    const halves = await Promise.all([
      capacityOf({ window: { from: WINDOW.from, to: cut } }),
      capacityOf({ window: { from: cut, to: WINDOW.to } }),
    ]);
    for (const { key, hours, missing } of whole.recoverable.deployments) {
      const parts = halves.flatMap((half) => half.recoverable.deployments.filter((one) => one.key === key));
      if (missing !== null || parts.some((part) => part.missing !== null)) continue;
      expectSame(
        parts.reduce((sum, part) => sum + part.hours.provisioned, 0),
        hours.provisioned,
      );
    }
  });
});

function totalOf(list: readonly IdleAmounts[]): IdleAmounts {
  const add = (read: (one: IdleAmounts) => number | null): number =>
    list.reduce((sum, one) => sum + (read(one) ?? 0), 0);
  return {
    gpuHours: add(({ gpuHours }) => gpuHours),
    usd: add(({ usd }) => usd),
    kilowattHours: add(({ kilowattHours }) => kilowattHours),
  };
}

function expectSame(actual: number | null, expected: number | null): void {
  const one = actual ?? NaN;
  const other = expected ?? NaN;
  expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(other)));
}
