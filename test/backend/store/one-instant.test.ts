import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import type { FactBatch, Store } from '#backend/store/store.ts';
import { SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

const STORES = [
  ['in memory', async () => createMemoryStore()],
  ['in DuckDB', openDuckdb],
] as const;

async function openDuckdb(): Promise<Store> {
  const opened = await openDuckdbStore({ path: ':memory:' });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const EARLY: FactBatch = {
  ...SMALL_FLEET,
  gpuFacts: SMALL_FLEET.gpuFacts.slice(0, 1),
  engineFacts: [],
  latencyFacts: [],
};
const LATE: FactBatch = { ...SMALL_FLEET, gpuFacts: SMALL_FLEET.gpuFacts.slice(1) };

async function everythingIn(store: Store) {
  const ask = { window: WINDOW, scope: {}, by: [], stepSeconds: null } as const;
  return {
    gpus: await store.gpuFacts({ ...ask, columns: ['observedSeconds'] }),
    engines: await store.engineFacts(ask),
    extent: await store.extent(),
    note: await store.document('note'),
  };
}

describe.each(STORES)('a store %s, looked at as it was at one instant', (_, open) => {
  it('answers without what arrives while it is looked at, and the store itself with it', async () => {
    const store = await open();
    await store.append(EARLY);
    const before = await everythingIn(store);
    const [first, again] = await store.atOneInstant(async (view) => {
      const seen = await everythingIn(view);
      await store.append(LATE);
      await store.saveDocument('note', 'late');
      return [seen, await everythingIn(view)];
    });
    expect(first).toEqual(before);
    expect(again).toEqual(before);
    const after = await everythingIn(store);
    expect(after.note).toBe('late');
    expect(after.gpus).not.toEqual(before.gpus);
    await store.close();
  });

  it('takes what is written through the view, and answers many questions asked at once', async () => {
    const store = await open();
    await store.append(SMALL_FLEET);
    const expected = await everythingIn(store);
    const all = await store.atOneInstant(async (view) => {
      await view.saveDocument('kept', 1);
      return await Promise.all([everythingIn(view), everythingIn(view), view.atOneInstant(everythingIn)]);
    });
    expect(all).toEqual([expected, expected, expected]);
    expect(await store.document('kept')).toBe(1);
    await store.close();
  });

  it('tells the failure of a job, and closes after it', async () => {
    const store = await open();
    await expect(store.atOneInstant(async () => await Promise.reject(new Error('no')))).rejects.toThrow('no');
    await store.close();
  });
});
