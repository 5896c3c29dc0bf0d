import { describe, expect, it } from 'vitest';
import { grossMargin, returnOnInvestment, revenueMultiple } from '#shared/cost/month/earnings.ts';
import { electricityBill, type HourOfUse } from '#shared/cost/month/electricity-bill.ts';
import { monthLedger } from '#shared/cost/month/month-ledger.ts';
import { rentalAmortised, rentalCash } from '#shared/cost/month/rental-commitment.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import type { EnergyPrice } from '#shared/model/cost-book.ts';
import { ENERGY_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { kilowattHours, usd, usdPerGpuHour, watts } from '#shared/units/quantities.ts';
import { createRandom } from '../../../backend/store/store-facts.ts';

const SEEDS = Array.from({ length: 50 }, (_, seed) => seed + 1);
const NO_DEMAND = { peakKilowatts: 0, usdPerKilowattMonth: 0, shareOfMonth: 1 };

function randomMonth(seed: number) {
  const random = createRandom(seed);
  const hours: HourOfUse[] = Array.from({ length: 743 }, (_, hour) => ({
    at: { month: 5, weekday: 1 + (Math.floor(hour / 24) % 7), hour: hour % 24 },
    energy: kilowattHours(random.next() * 200),
  }));
  const onPeakHours = [8, 9, 10, 17, 18, 19, 20].filter(() => random.below(2) === 0);
  const onPeak = { name: 'on-peak', months: [], weekdays: [1, 2, 3, 4, 5], hours: onPeakHours };
  const tariffAt = (times: number): EnergyPrice => ({
    ...ENERGY_DEFAULTS,
    usdPerKilowattHour: times * 0.07,
    periods: onPeakHours.length === 0 ? [] : [{ ...onPeak, usdPerKilowattHour: times * 0.14 }],
    pue: 1,
    nodeOverhead: 1,
    provenance: { quality: 'entered', note: 'seeded', asOf: null },
  });
  const demand = { peakKilowatts: 200 * random.next(), usdPerKilowattMonth: 12, shareOfMonth: 1 };
  const gpuHours = Object.fromEntries(GPU_STATES.map((state) => [state, random.below(5000)]));
  return { hours, tariffAt, demand, gpuHours };
}

describe('electricity', () => {
  it('costs twice as much energy at twice the tariff, and the same demand', () => {
    for (const { hours, tariffAt, demand } of SEEDS.map(randomMonth)) {
      const [once, twice] = [1, 2].map((times) => electricityBill(hours, tariffAt(times), demand));
      expect(twice!.energyCost / once!.energyCost).toBeCloseTo(2, 12);
      expect(twice!.demandCost).toBe(once!.demandCost);
      expect(once!.total).toBe(once!.energyCost + once!.demandCost);
    }
  });

  it('does not depend on the order of hours, nor on how a month is cut in two', () => {
    for (const { hours, tariffAt } of SEEDS.map(randomMonth)) {
      const billOf = (some: readonly HourOfUse[]) => electricityBill(some, tariffAt(1), NO_DEMAND);
      const whole = billOf(hours);
      expect(billOf(hours.toReversed()).energyCost).toBeCloseTo(whole.energyCost, 9);
      const halves = billOf(hours.slice(0, 300)).energyCost + billOf(hours.slice(300)).energyCost;
      expect(halves).toBeCloseTo(whole.energyCost, 9);
    }
  });

  it('has no blended price where none was drawn', () => {
    expect(
      electricityBill([], randomMonth(1).tariffAt(1), { peakKilowatts: 5, usdPerKilowattMonth: 2, shareOfMonth: 1 }),
    ).toMatchObject({
      total: 10,
      blended: null,
    });
  });
});

describe('a ledger', () => {
  const power = { 'loaded-idle': watts(500), unallocated: watts(300) };

  it('has each GPU-hour in one state, whose costs add up to the total', () => {
    for (const { hours, tariffAt, demand, gpuHours } of SEEDS.map(randomMonth)) {
      const bill = electricityBill(hours, tariffAt(1), demand);
      const ledger = monthLedger(gpuHours, usdPerGpuHour(2.1), { bill, pue: 1.25, power });
      const byState = Object.values(ledger.fixedByState).reduce((total, cost) => total + cost, 0);
      expect(byState / ledger.fixed).toBeCloseTo(1, 12);
      expect(ledger.total).toBe(ledger.fixed + bill.energyCost + bill.demandCost);
      expect(ledger.idleCost).toBe(ledger.idleFixed + ledger.idleEnergy!);
    }
  });

  it('does not know idle energy without the power of an idle state that occurs, or without a price', () => {
    const bill = electricityBill(
      [{ at: { month: 1, weekday: 6, hour: 3 }, energy: kilowattHours(10) }],
      randomMonth(1).tariffAt(1),
      NO_DEMAND,
    );
    const ledgerOf = (hours: object, of = bill) =>
      monthLedger(hours, usdPerGpuHour(1), { bill: of, pue: 1, power: { 'loaded-idle': watts(1000) } });
    expect(ledgerOf({ unallocated: 5 })).toMatchObject({ idleFixed: 5, idleEnergy: null, idleCost: null });
    // 5 h x 1 kW x 0.07 USD/kWh
    expect(ledgerOf({ 'loaded-idle': 5 }).idleEnergy).toBeCloseTo(0.35, 12);
    expect(ledgerOf({ serving: 5 })).toMatchObject({ idleEnergy: 0, idleCost: 0, idleShare: 0 });
    expect(ledgerOf({}).idleShare).toBeNull();
    const none = electricityBill([], randomMonth(1).tariffAt(1), NO_DEMAND);
    expect(ledgerOf({ 'loaded-idle': 5 }, none).idleCost).toBeNull();
  });
});

it('pays a commitment off: all months of cash are the contract, and so is its time used up', () => {
  for (const seed of SEEDS) {
    const random = createRandom(seed);
    const years = 1 + random.below(5);
    const commitment = {
      rate: usdPerGpuHour(random.next() * 5),
      gpus: 1 + random.below(500),
      years,
      upfrontShare: random.next(),
    };
    const { contract, firstMonth, laterMonth } = rentalCash(commitment);
    expect((firstMonth + (12 * years - 1) * laterMonth) / contract).toBeCloseTo(1, 12);
    expect(rentalAmortised(commitment, years * 8760) / contract).toBeCloseTo(1, 12);
  }
});

describe('earnings', () => {
  it('have no margin without revenue, and no multiple or ROI without cost', () => {
    expect(grossMargin(usd(0), usd(10))).toBeNull();
    expect(revenueMultiple(usd(10), usd(0))).toBeNull();
    expect(returnOnInvestment(usd(10), usd(0), usd(0))).toBeNull();
  });

  it('are a loss where the cost is higher', () => {
    expect(grossMargin(usd(50), usd(100))).toBe(-1);
    expect(returnOnInvestment(usd(0), usd(100), usd(100))).toBe(-1);
  });
});
