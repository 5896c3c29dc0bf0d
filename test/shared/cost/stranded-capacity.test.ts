import { expect, it } from 'vitest';
import { cappedGpus, fragmentGpus, strandedCost } from '#shared/cost/stranded-capacity.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';

it('costs the fixed rate for each GPU-hour that cannot be used, by why', () => {
  expect(strandedCost({ unhealthy: 10, capped: 2.5, fragments: 0 }, usdPerGpuHour(2))).toEqual({
    unhealthy: 20,
    capped: 5,
    fragments: 0,
  });
});

it('counts free GPUs that make no replica: of 3, 8 and 7 free and replicas of 4, 3 + 0 + 3', () => {
  expect(fragmentGpus([3, 8, 7], 4)).toBe(6);
  expect(fragmentGpus([3, 8, 7], 1)).toBe(0);
});

it('counts a tenth of eight GPUs whose clocks are a tenth down, and nothing for clocks above', () => {
  expect(cappedGpus(8, 0.9)).toBeCloseTo(0.8, 12);
  expect(cappedGpus(8, 1.1)).toBe(0);
});
