import { describe, expect, test } from 'vitest';

import { topologySchema } from '#shared/contract/topology-schema.ts';
import { isMatch, NO_TOPOLOGY } from '#shared/model/topology.ts';

describe('a pattern of the operator', () => {
  test.each([
    ['node-1', 'node-1', true],
    ['Node-1', 'NODE-1', true],
    ['node-1', 'node-10', false],
    ['node-*', 'node-10', true],
    ['*', '', true],
    ['*-b200-*', 'dal-b200-07', true],
    ['*b200', 'dal-b200-07', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['a.c', 'abc', false],
    ['', 'x', false],
  ])('%j means %j: %s', (pattern, text, isMeant) => {
    expect(isMatch(pattern, text)).toBe(isMeant);
    expect(isMatch(pattern, null)).toBe(false);
  });
});

describe('what the operator says', () => {
  test('may leave out everything', () => {
    expect(topologySchema.parse({})).toEqual(NO_TOPOLOGY);
    const rack = { node: 'n*', rack: 'r1' };
    expect(topologySchema.parse({ tree: [rack] }).tree).toEqual([{ ...rack, site: null, pool: null }]);
  });

  test.each([
    { authority: [{ model: 'q', count: 'both' }] },
    { placements: [{ engine: 'e', node: 'n', gpus: [] }] },
    { placements: [{ engine: 'e', node: 'n', gpus: 'some' }] },
    { roles: [{ engine: '  ', role: 'prefill' }] },
    { authority: [], more: 1 },
  ])('is refused where it makes no sense: %j', (said) => {
    expect(topologySchema.safeParse(said).success).toBe(false);
  });
});
