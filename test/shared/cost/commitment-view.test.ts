import { describe, expect, it } from 'vitest';
import { commitmentView } from '#shared/cost/commitment-view.ts';
import { epochMs } from '#shared/time/instant.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';

const HOUR = 3_600_000;
const SINCE = Date.UTC(2026, 0, 1);
const COMMITMENT = { rate: usdPerGpuHour(2.6), gpus: 72, years: 3, upfrontShare: 0.25, since: SINCE };
const window = (fromHour: number, toHour: number) => ({
  from: epochMs(SINCE + fromHour * HOUR),
  to: epochMs(SINCE + toHour * HOUR),
});

describe('a commitment in a window', () => {
  it('pays the prepayment and a month when it begins, and is used up by the hour', () => {
    const contract = 2.6 * 72 * 3 * 8760;
    const first = commitmentView(COMMITMENT, window(0, 720));
    expect(first.cash).toBeCloseTo(contract * 0.25 + (contract * 0.75) / 36, 6);
    expect(first.amortised).toBeCloseTo(2.6 * 72 * 720, 6);
    expect(first.committedGpuHours).toBe(72 * 720);
  });

  it('pays nothing between two payments, and nothing outside of its term', () => {
    expect(commitmentView(COMMITMENT, window(24, 48))).toMatchObject({ cash: 0, committedGpuHours: 72 * 24 });
    expect(commitmentView(COMMITMENT, window(-48, -24))).toEqual({ cash: 0, amortised: 0, committedGpuHours: 0 });
  });

  it('cash and amortised cost are one contract over its term', () => {
    const whole = commitmentView(COMMITMENT, window(-100, 3 * 8760 + 100));
    expect(whole.cash).toBeCloseTo(whole.amortised, 4);
  });

  it('windows that adjoin add', () => {
    const [one, other, all] = [window(0, 800), window(800, 5000), window(0, 5000)].map((each) =>
      commitmentView(COMMITMENT, each),
    );
    expect(one!.cash + other!.cash).toBeCloseTo(all!.cash, 6);
    expect(one!.amortised + other!.amortised).toBeCloseTo(all!.amortised, 6);
  });
});
