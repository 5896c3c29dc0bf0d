import { expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import { NOW, SMALL_BOOK, WINDOW } from '../golden/small-fleet.ts';
import { apiOver } from './answers/ask.ts';

function apiThatThrows(message: string) {
  const extent = () => Promise.reject(new Error(message));
  return apiOver({ store: { ...createMemoryStore(), extent }, book: SMALL_BOOK, now: NOW });
}

it.each([
  ['cannot open /home/ann/fleet/facts.duckdb: no space\n    at stack', 'cannot open (path): no space'],
  [String.raw`cannot open "C:\Users\ann\facts.duckdb"`, 'cannot open "(path)"'],
  ['read 3/4 of the file', 'read 3/4 of the file'],
])('a fault of our own is a failure without path or stack: %j', async (thrown, told) => {
  const answer = await dispatch(apiThatThrows(thrown), 'overview', { window: WINDOW });
  expect(answer).toEqual({ ok: false, failure: { kind: 'failed', message: `The backend could not answer: ${told}` } });
});
