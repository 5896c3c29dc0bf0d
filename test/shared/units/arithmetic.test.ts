import { describe, expect, it } from 'vitest';
import {
  energyOf,
  HOURS_PER_AVERAGE_MONTH,
  perMillionTokens,
  priceOfEnergy,
  priceOfGpuTime,
  toKilowattHours,
} from '#shared/units/arithmetic.ts';
import {
  joules,
  kilowattHours,
  seconds,
  tokens,
  usd,
  usdPerGpuHour,
  usdPerKilowattHour,
  watts,
} from '#shared/units/quantities.ts';

/** Figures: economics reference, section 8. */
describe('crossing units', () => {
  it('makes a kilowatt-hour of 3.6 million joules', () => {
    expect(energyOf(watts(1000), seconds(3600))).toBe(3.6e6);
    expect(toKilowattHours(joules(3.6e6))).toBe(1);
  });

  it('prices energy and GPU time', () => {
    expect(priceOfEnergy(kilowattHours(2), usdPerKilowattHour(0.08))).toBe(0.16);
    expect(priceOfGpuTime(seconds(1800), usdPerGpuHour(3))).toBe(1.5);
  });

  it('has an average month of a twelfth of 8,760 hours', () => {
    expect(HOURS_PER_AVERAGE_MONTH * 12).toBe(8760);
  });

  it('divides cost by tokens only where there are tokens (fault R03)', () => {
    expect(perMillionTokens(usd(2), tokens(4e6))).toBe(0.5);
    expect(perMillionTokens(usd(2), tokens(0))).toBeNull();
    // Prices of 1e-9 over 2^53 tokens stay finite and above zero (fault R04).
    expect(perMillionTokens(usd(1e-9), tokens(2 ** 53))).toBeGreaterThan(0);
  });
});
