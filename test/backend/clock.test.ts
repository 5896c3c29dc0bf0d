import { expect, test } from 'vitest';

import { systemClock } from '#backend/clock.ts';

test('a sleep ends early, without an error, when its signal aborts', async () => {
  const controller = new AbortController();
  const asleep = systemClock.sleep(3_600_000, controller.signal);
  controller.abort();
  await asleep;
  await systemClock.sleep(3_600_000, controller.signal);
});

test('elapsed time never goes back', () => {
  const readings = Array.from({ length: 1000 }, () => systemClock.monotonicMs());
  expect(readings).toEqual(readings.toSorted((one, other) => one - other));
});

test('wall time is milliseconds in UTC', () => {
  expect(new Date(systemClock.now()).getUTCFullYear()).toBeGreaterThan(2024);
});
