import { expect, test } from 'vitest';

import { modulePowersOf } from '#shared/model/module-power.ts';

const reading = (gpu: string, boardSerial: string | null, moduleWatts: number | null) => ({
  gpu,
  boardSerial,
  moduleWatts,
});

test('G08 the GPUs of a superchip tell its power once, as the mean of what they read', () => {
  const tray = [reading('a', '1', 467), reading('b', '1', 460), reading('c', '2', 460), reading('d', '2', 452)];
  expect(modulePowersOf(tray)).toEqual([
    { board: '1', watts: 463.5, gpus: ['a', 'b'] },
    { board: '2', watts: 456, gpus: ['c', 'd'] },
  ]);
});

test('a GPU without reading adds none, and one without serial is a module of its own', () => {
  const gpus = [reading('a', '1', null), reading('b', null, 450), reading('c', null, 440)];
  expect(modulePowersOf(gpus).map(({ board, watts }) => [board, watts])).toEqual([
    ['b', 450],
    ['c', 440],
  ]);
  expect(modulePowersOf([])).toEqual([]);
});
