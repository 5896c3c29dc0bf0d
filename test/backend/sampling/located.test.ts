import { expect, test } from 'vitest';

import { located } from '#backend/sampling/located.ts';
import { engine, gpu, meter, scrape } from './readings.ts';

const tree = [
  { node: 'node-1', site: null, rack: 'r7', pool: null },
  { node: 'node-*', site: 'dallas', rack: 'r1', pool: 'prod' },
];

test("the operator's word wins over labels, entry by entry, and says nothing of other nodes", () => {
  const labelled = { site: 'austin', rack: 'r0', pool: null };
  const moved = located(
    scrape(0, {
      gpus: [gpu({ ...labelled }), gpu({ node: 'node-2', ...labelled }), gpu({ node: 'other', ...labelled })],
      engines: [engine({ ...labelled }), engine({ node: null, ...labelled })],
      meters: [meter({ node: 'node-1', ...labelled })],
    }),
    tree,
  );
  const places = [...moved.gpus, ...moved.engines, ...moved.meters].map(({ site, rack, pool }) => [site, rack, pool]);
  const here = ['dallas', 'r7', 'prod'];
  const untouched = ['austin', 'r0', null];
  expect(places).toEqual([here, ['dallas', 'r1', 'prod'], untouched, here, untouched, here]);
});

test('without a mapping a scrape is what it was', () => {
  const told = scrape(0, { gpus: [gpu()] });
  expect(located(told, [])).toBe(told);
});
