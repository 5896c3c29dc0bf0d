import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { CALLS } from '#shared/contract/backend-api.ts';
import { createClient } from '#shared/contract/client.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import { apiOver } from '../../backend/answers/ask.ts';
import { NOW, SMALL_BOOK, WINDOW } from '../../golden/small-fleet.ts';

const api = apiOver({ store: createMemoryStore(), book: SMALL_BOOK, now: NOW });

describe('dispatch', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '', 'Overview', 'overview ', '0'])(
    'knows no call named %j',
    async (name) => {
      expect(await dispatch(api, name, {})).toMatchObject({ ok: false, failure: { kind: 'unknown-call' } });
    },
  );

  it.each([
    ['no window', 'overview', {}],
    ['no object', 'overview', null],
    ['nothing', 'capabilities', undefined],
    ['a list', 'overview', [WINDOW]],
    ['a window that ends before it begins', 'overview', { window: { from: 2, to: 1 } }],
    ['an empty window', 'overview', { window: { from: 1, to: 1 } }],
    ['a window of 401 days', 'overview', { window: { from: 0, to: 401 * 86_400_000 } }],
    ['an instant that is no number', 'overview', { window: { from: Number.NaN, to: 1 } }],
    ['an instant with a fraction', 'overview', { window: { from: 0.5, to: 1 } }],
    ['an instant before 1970', 'overview', { window: { from: -1, to: 1 } }],
    ['an instant beyond all dates', 'overview', { window: { from: 8.64e15, to: 8.64e15 + 2 } }],
    ['a field too many', 'overview', { window: WINDOW, limit: 1 }],
    ['a dimension of the store that is not a scope', 'overview', { window: WINDOW, scope: { sku: 'GPU-0' } }],
    [
      'an own field named __proto__',
      'overview',
      JSON.parse(`{"window":${JSON.stringify(WINDOW)},"scope":{"__proto__":{"x":1}}}`),
    ],
    ['an unknown basis', 'overview', { window: WINDOW, basis: 'words' }],
    ['a figure that is none', 'figure', { window: WINDOW, name: 'constructor' }],
    ['a dimension that is none', 'costBreakdown', { window: WINDOW, by: 'toString' }],
    ['too many buckets', 'costSeries', { window: WINDOW, bucketsMax: 2001 }],
    ['no revision', 'saveCostBook', { revisions: [] }],
    [
      'a negative price',
      'saveCostBook',
      { revisions: [{ ...SMALL_BOOK.revisions[0], weights: { input: -1, cached: 0, output: 1 } }] },
    ],
    ['an endless name', 'removeSource', { name: 'x'.repeat(513) }],
  ])('refuses %s, in a sentence', async (_, name, input) => {
    const answer = await dispatch(api, name, input);
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'bad-input' } });
    expect(!answer.ok && answer.failure.message.length).toBeLessThanOrEqual(500);
    expect(!answer.ok && answer.failure.message.length).toBeGreaterThan(0);
  });

  it('fills in what was left out', async () => {
    const answer = await dispatch(api, 'costBreakdown', { window: WINDOW, by: 'model' });
    expect(answer).toMatchObject({ ok: true, value: { rows: [], omitted: 0 } });
  });
});

describe('createClient', () => {
  it('has one function per call of the table, which sends its name and input', async () => {
    const sent: unknown[] = [];
    const client = createClient({
      call: async (name, input) => {
        sent.push([name, input]);
        return { ok: true, value: null };
      },
      subscribe: () => () => {},
      onConnection: () => () => {},
    });
    expect(Object.keys(client)).toEqual(Object.keys(CALLS));
    await client.events({ window: WINDOW });
    expect(sent).toEqual([['events', { window: WINDOW }]]);
  });
});
