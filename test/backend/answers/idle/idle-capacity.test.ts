import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch, Store } from '#backend/store/store.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { IdleCapacity } from '#shared/contract/idle-schema.ts';
import type { CostBook, ServiceLevel } from '#shared/model/cost-book.ts';
import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
  SERVICE_LEVEL_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { ask, clientOver } from '../ask.ts';
import { hoursAfter, MONDAY, nightFleet } from './night-fleet.ts';

const PROVENANCE = { quality: 'entered', note: 'contract 7', asOf: null } as const;

/** $2 a GPU-hour by the hour; 500 W of board are 1 kW at the facility, at $0.10. */
function bookOf(level: Partial<ServiceLevel> = {}, commitmentYears: number | null = null): CostBook {
  const commitment =
    commitmentYears === null ? null : { gpus: 40, since: epochMs(0), years: commitmentYears, upfrontShare: 0 };
  const terms = { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 2, includesEnergy: false, commitment } as const;
  return {
    revisions: [
      {
        ...REVISION_DEFAULTS,
        from: epochMs(0),
        hardware: [{ ...HARDWARE_DEFAULTS, sku: '*', terms, provenance: PROVENANCE }],
        energy: { ...ENERGY_DEFAULTS, usdPerKilowattHour: 0.1, pue: 1.25, nodeOverhead: 1.6, provenance: PROVENANCE },
        weights: { input: 1, cached: 0.1, output: 1 },
        serviceLevels: [{ ...SERVICE_LEVEL_DEFAULTS, transitionHours: 0.5, ...level }],
      },
    ],
  };
}

type Made = { readonly store: Store; readonly clientAt: (now: EpochMs) => BackendClient };

async function madeOf(batch: FactBatch, book = bookOf()): Promise<Made> {
  const store = createMemoryStore();
  await store.append(batch);
  return { store, clientAt: (now) => clientOver({ store, book, now, pollSeconds: 300 }) };
}

async function capacityOf({ clientAt }: Made, hours: number, fromHour = 0): Promise<IdleCapacity> {
  const window = { from: hoursAfter(fromHour), to: hoursAfter(hours) };
  return await ask(clientAt(hoursAfter(hours)), 'idleCapacity', { window });
}

describe('what a week could have given back', () => {
  // 15 hours a day at 4,000 tok/s need all four with a fifth of headroom, 9 at 400 need the floor of two; the look-ahead
  // keeps the hour before 07:00. Eight hours of two replicas a night, less half an hour of each.
  it('is worked out by hand', async () => {
    const { recoverable } = await capacityOf(await madeOf(nightFleet(168)), 168);
    const [only] = recoverable.deployments;
    expect(only).toMatchObject({ model: 'llama', pool: 'prod', gpusPerReplica: 8, replicas: 4, missing: null });
    // The first night is seen from midnight on and the last to midnight: 6 h, six nights of 8 h, and 2 h that are too short.
    const released = 2 * 8 * (6 + 6 * 8);
    expect(only?.hours).toEqual({
      provisioned: 4 * 8 * 168,
      load: 8 * (4 * 15 * 7 + 4 * 0.1 * 9 * 7),
      headroom: expect.closeTo(4 * 8 * 168 - 8 * (420 + 25.2) - 2 * 8 * 56, 6),
      tooShort: 2 * 8 * 2,
      transition: 2 * 8 * 0.5 * 7,
      recoverable: released - 2 * 8 * 0.5 * 7,
      unobserved: 0,
    });
    expect(only?.recoverable.value).toBeCloseTo((released - 56) * 2, 6);
    expect(only?.deficitHours).toBe(7 * 15 + 7);
    expect(recoverable.free).toMatchObject([{ pool: 'prod', gpuHours: 8 * 168, recoverableGpuHours: 8 * 168 }]);
    expect(recoverable.value.value).toBeCloseTo((released - 56 + 8 * 168) * 2, 6);
  });

  it('is cash where the rent can go back, and energy alone where it is committed', async () => {
    const batch = nightFleet(168);
    // By night some GPUs are loaded and quiet, so that their power is known: 500 W at the board, 1 kW at the facility.
    const gpuFacts = batch.gpuFacts.map((fact) =>
      fact.placement === 'node-3' && new Date(fact.start).getUTCHours() === 3
        ? { ...fact, state: 'loaded-idle' as const }
        : fact,
    );
    const cashOf = async (book: CostBook) => {
      const { recoverable } = await capacityOf(await madeOf({ ...batch, gpuFacts }, book), 168);
      return recoverable.deployments[0]!;
    };
    const rented = await cashOf(bookOf());
    const hours = rented.hours.recoverable;
    expect(rented.cash.value).toBeCloseTo(hours * (2 + 0.1), 6);
    expect(rented.cash.parts.map(({ value }) => value)).toEqual([
      expect.closeTo(hours * 2, 6),
      expect.closeTo(hours * 0.1, 6),
    ]);
    const reserved = await cashOf(bookOf({ holdHours: 3 }, 0.5));
    expect(reserved.hours.recoverable).toBe(0);
    expect(reserved.hours.tooShort).toBe(2 * 8 * 56);
    const owned = bookOf();
    const terms = {
      kind: 'owned',
      capexUsd: 17_520,
      residualUsd: 0,
      termMonths: 12,
      annualRate: 0,
      method: 'straight-line',
    } as const;
    const revisions = owned.revisions.map((one) => ({
      ...one,
      hardware: one.hardware.map((price) => ({ ...price, terms })),
    }));
    const ours = await cashOf({ revisions });
    expect(ours.recoverable.value).toBeCloseTo(hours * 2, 6);
    expect(ours.cash.value).toBeCloseTo(hours * 0.1, 6);
  });

  it('follows the capacity that the operator entered, and headroom takes from it', async () => {
    const { recoverable } = await capacityOf(await madeOf(nightFleet(168), bookOf({ capacityPerReplica: 4000 })), 168);
    const [only] = recoverable.deployments;
    expect(only?.deficitHours).toBe(0);
    expect(only?.hours.load).toBeCloseTo((8 * (15 * 7 * 4000 + 9 * 7 * 400)) / 4000, 6);
    const hours = only!.sensitivity.map(({ gpuHours }) => gpuHours);
    expect(only!.sensitivity.map(({ headroom }) => headroom)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(hours).toEqual(hours.toSorted((one, other) => other - one));
  });

  it('is not claimed where nobody knows what a replica can serve', async () => {
    const { recoverable } = await capacityOf(await madeOf(nightFleet(2)), 2);
    const [only] = recoverable.deployments;
    expect(only?.missing).toContain('not known');
    expect(only?.hours).toMatchObject({ provisioned: 64, unobserved: 64, recoverable: 0 });
    expect([only?.recoverable.value, only?.recoverable.absence, only?.utilisation]).toEqual([
      null,
      'not-observed',
      null,
    ]);
    expect(recoverable.value.notes.join(' ')).toContain('1 deployments are left out');
    for (const figure of [recoverable.value, recoverable.perHour, recoverable.cash])
      expect([figure.value, figure.absence]).toEqual([null, 'not-observed']);
  });

  it('is nothing known, and not zero, where the book has no price', async () => {
    const book = { revisions: bookOf().revisions.map((one) => ({ ...one, hardware: [] })) };
    const idle = await capacityOf(await madeOf(nightFleet(168), book), 168);
    expect([idle.waste.value, idle.recoverable.value.value, idle.suggestions[0]?.usdPerMonth.value]).toEqual([
      null,
      null,
      null,
    ]);
    expect(idle.recoverable.deployments[0]?.hours.recoverable).toBeGreaterThan(0);
    expect(idle.pools[0]?.usd).toBeNull();
  });
});

describe('suggestions', () => {
  const DAYS = 14;
  const MARKED = DAYS * 24;
  const window = { from: MONDAY, to: hoursAfter(MARKED) };

  it('name nodes, hours and money, the most money first, with what they rest on', async () => {
    const { suggestions, suggestionsNote } = await capacityOf(await madeOf(nightFleet(MARKED)), MARKED, MARKED - 24);
    expect(suggestions.map(({ title }) => title)).toEqual([
      '1 of 5 nodes in prod, free, at all times',
      '2 of 4 nodes of llama, every day 22:00 to 06:00',
    ]);
    expect(suggestionsNote).toBeNull();
    const [free, night] = suggestions;
    expect(free?.usdPerMonth.value).toBeCloseTo(8 * 730 * 2, 6);
    expect(night?.usdPerMonth.value).toBeCloseTo((16 * 2 * (7 * 8 - 7 * 0.5) * 730) / 168, 6);
    expect(night?.days).toBe(DAYS);
    expect(night?.assumptions.join(' ')).toContain('20.0 % of headroom');
  });

  it('say how many days were seen where these are too few', async () => {
    const { suggestions, suggestionsNote } = await capacityOf(await madeOf(nightFleet(30)), 30);
    expect(suggestions).toEqual([]);
    expect(suggestionsNote).toContain('2 days were seen');
  });

  it('that are done show whether the replicas really went, and what that saved', async () => {
    const later = MARKED + 3 * 24;
    const { clientAt } = await madeOf(nightFleet(later, MARKED));
    const client = clientAt(hoursAfter(MARKED));
    const { suggestions } = await ask(client, 'idleCapacity', { window });
    const night = suggestions.find(({ kind }) => kind === 'replicas')!;
    const free = suggestions.find(({ kind }) => kind === 'free')!;
    expect(await ask(client, 'markSuggestion', { id: night.id, mark: 'done', window })).toEqual({ marked: true });
    await ask(client, 'markSuggestion', { id: free.id, mark: 'done', window });
    const idle = await ask(clientAt(hoursAfter(later)), 'idleCapacity', {
      window: { from: MONDAY, to: hoursAfter(later) },
    });
    expect(idle.suggestions.map(({ id }) => id)).not.toContain(night.id);
    const [went, stayed] = [night, free].map(({ id }) => idle.marks.find(({ suggestion }) => suggestion.id === id));
    expect(went?.outcome).toMatchObject({ gpusBefore: 32, gpusAfter: 16, gpuHours: 16 * 8 * 3 });
    expect(went?.outcome?.saved.value).toBeCloseTo(16 * 8 * 3 * 2, 6);
    expect(went?.outcome?.verdict).toContain('It went');
    expect(stayed?.outcome).toMatchObject({ gpuHours: 0 });
    expect(stayed?.outcome?.verdict).toContain('Nothing went yet');
  });

  it('that are dismissed stay away until the mark is taken back; one that does not hold cannot be marked', async () => {
    const { clientAt } = await madeOf(nightFleet(MARKED));
    const client = clientAt(hoursAfter(MARKED));
    const idsOf = async () => (await ask(client, 'idleCapacity', { window })).suggestions.map(({ id }) => id);
    const [first] = await idsOf();
    await ask(client, 'markSuggestion', { id: first!, mark: 'dismissed', window });
    expect(await idsOf()).not.toContain(first);
    expect((await ask(client, 'idleCapacity', { window })).marks).toMatchObject([{ mark: 'dismissed', outcome: null }]);
    await ask(client, 'markSuggestion', { id: first!, mark: 'open', window });
    expect(await idsOf()).toContain(first);
    const refused = await client.markSuggestion({ id: 'replicas always nobody', mark: 'done', window });
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'not-possible' } });
  });

  it('are read in spite of a document that somebody damaged', async () => {
    const { store, clientAt } = await madeOf(nightFleet(MARKED));
    await store.saveDocument('idle-suggestions', { marks: [{ mark: 'done' }, 7] });
    expect((await ask(clientAt(hoursAfter(MARKED)), 'idleCapacity', { window })).marks).toEqual([]);
  });
});
