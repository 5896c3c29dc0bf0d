import { expect, test } from 'vitest';
import { inOrderOfTrouble, matchingTargets, stateCounts, targetGroups } from '#renderer/pages/sources/target-rows.ts';
import type { SourceHealth, SourceState, TargetHealth } from '#shared/contract/backend-api.ts';

const target = (name: string, state: SourceState, more: Partial<TargetHealth> = {}): TargetHealth => ({
  name,
  address: `http://${name}/metrics`,
  signal: 'gpu',
  state,
  reason: null,
  lastHeard: null,
  since: null,
  samples: 8,
  heldOut: 0,
  heldOutReason: null,
  ...more,
});
const source = (name: string, state: SourceState, targets: readonly TargetHealth[] = []): SourceHealth => ({
  name,
  kind: 'scrape',
  address: name,
  state,
  reason: null,
  since: null,
  backfill: null,
  notes: [],
  targets,
});
const many = Array.from({ length: 500 }, (_, index) => target(`n${index}`, index % 100 === 7 ? 'down' : 'fresh'));

test('what needs a hand stands first, then by name with numbers in their order', () => {
  const targets = [target('n10', 'fresh'), target('n9', 'fresh'), target('n2', 'late'), target('n3', 'down')];
  expect(targetGroups(targets, false).flatMap(({ rows }) => rows.map(({ name }) => name))).toEqual([
    'n3',
    'n2',
    'n9',
    'n10',
  ]);
});

test('of one state, those with held-out values or a reason come first', () => {
  const targets = [target('a', 'fresh'), target('b', 'fresh', { reason: 'why' }), target('c', 'fresh', { heldOut: 2 })];
  expect(targetGroups(targets, false)[0]?.rows.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
});

test('of a long list all that are not well are shown, a few that are, and how many are left out', () => {
  expect(
    targetGroups(many, false).map(({ state, count, rows, hidden }) => [state, count, rows.length, hidden]),
  ).toEqual([
    ['down', 5, 5, 0],
    ['fresh', 495, 8, 487],
  ]);
  expect(targetGroups(many, true).map(({ rows }) => rows.length)).toEqual([5, 495]);
});

test('a short list is shown whole', () => {
  expect(targetGroups(many.slice(0, 24), false).every(({ hidden }) => hidden === 0)).toBe(true);
});

test('a filter finds every word anywhere: name, state, signal, reason', () => {
  const targets = [
    target('gpu-1', 'down', { reason: 'Connection refused' }),
    target('engine-1', 'fresh', { signal: 'engine' }),
  ];
  const found = (text: string) => matchingTargets(targets, text).map(({ name }) => name);
  expect(found('')).toEqual(['gpu-1', 'engine-1']);
  expect(found('REFUSED gpu')).toEqual(['gpu-1']);
  expect(found('fresh engine')).toEqual(['engine-1']);
  expect(found('nowhere')).toEqual([]);
});

test('states are counted, the worst first', () => {
  expect(stateCounts(many)).toEqual([
    { state: 'down', count: 5 },
    { state: 'fresh', count: 495 },
  ]);
});

test('sources that need a hand come first, also those with one target down', () => {
  const sources = [
    source('well', 'fresh'),
    source('paused', 'paused'),
    source('down', 'down'),
    source('partly', 'late', [target('a', 'down'), target('b', 'fresh')]),
    source('late', 'late'),
  ];
  expect(inOrderOfTrouble(sources).map(({ name }) => name)).toEqual(['down', 'partly', 'late', 'well', 'paused']);
});
