import { expect, it } from 'vitest';
import { piecesOf, type TierStates } from '#backend/store/duckdb/tiers.ts';
import { at } from '../store-facts.ts';

const HOUR = 3600;
const ROLLED: TierStates = {
  raw: { rolledUntil: null, keptFrom: null },
  minute: { rolledUntil: at(5 * HOUR + 600), keptFrom: null },
  hour: { rolledUntil: at(5 * HOUR), keptFrom: null },
};

function planOf(from: number, to: number, step: number | null, tiers: TierStates = ROLLED) {
  return piecesOf({ from: at(from), to: at(to) }, step, tiers).map((piece) => [
    piece.tier,
    (piece.from - at(0)) / 1000,
    (piece.to - at(0)) / 1000,
    piece.isWhole,
  ]);
}

it('reads whole hours from the hour tier, whole minutes from the minute tier and edges from raw facts', () => {
  expect(planOf(30, 6 * HOUR + 30, null)).toEqual([
    ['raw', 30, 60, false],
    ['minute', 60, HOUR, true],
    ['hour', HOUR, 5 * HOUR, true],
    ['minute', 5 * HOUR, 5 * HOUR + 600, true],
    ['raw', 5 * HOUR + 600, 6 * HOUR, true],
    ['raw', 6 * HOUR, 6 * HOUR + 30, false],
  ]);
});

it('reads no tier whose buckets are wider than the step', () => {
  expect(planOf(0, 2 * HOUR, 300)).toEqual([['minute', 0, 2 * HOUR, true]]);
  expect(planOf(0, 2 * HOUR, 30)).toEqual([['raw', 0, 2 * HOUR, false]]);
  expect(planOf(0, 2 * HOUR, 90)).toEqual([['raw', 0, 2 * HOUR, false]]);
});

it('reads raw facts alone before the first roll-up', () => {
  const none = { rolledUntil: null, keptFrom: null };
  expect(planOf(0, HOUR, null, { raw: none, minute: none, hour: none })).toEqual([['raw', 0, HOUR, true]]);
});

it('reads the finest tier that is left where raw facts are forgotten', () => {
  const forgotten: TierStates = {
    raw: { rolledUntil: null, keptFrom: at(4 * HOUR) },
    minute: { rolledUntil: at(5 * HOUR + 600), keptFrom: at(2 * HOUR) },
    hour: { rolledUntil: at(5 * HOUR), keptFrom: at(-HOUR) },
  };
  expect(planOf(HOUR + 90, 3 * HOUR + 90, null, forgotten)).toEqual([
    ['hour', HOUR + 90, 2 * HOUR, false],
    ['hour', 2 * HOUR, 3 * HOUR, true],
    ['minute', 3 * HOUR, 3 * HOUR + 60, true],
    ['minute', 3 * HOUR + 60, 3 * HOUR + 90, false],
  ]);
});

it('reads nothing for an empty window', () => {
  expect(planOf(60, 60, null)).toEqual([]);
});
