import { describe, expect, it } from 'vitest';
import { grossMargin, returnOnInvestment, revenueMultiple, revenueOf } from '#shared/cost/month/earnings.ts';
import { electricityBill } from '#shared/cost/month/electricity-bill.ts';
import { monthLedger } from '#shared/cost/month/month-ledger.ts';
import { rentalAmortised, rentalCash } from '#shared/cost/month/rental-commitment.ts';
import { ENERGY_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { kilowattHours, usdPerGpuHour, watts } from '#shared/units/quantities.ts';

/** Source of inputs and results: economics reference, section 4.4, the 30-day month; arithmetic beside each figure. */

const DAYS = 30;
const PUE = 1.25;
/** IT power by hour of day, kW: 1,953 in all, 638 from 14 to 21 h, 96 at most. */
const IT_KILOWATTS = [70, 66, 63, 61, 60, 62, 68, 78, 86, 91, 94, 95, 94, 95, 96, 96, 95, 92, 88, 84, 87, 82, 77, 73];

const BILL = electricityBill(
  IT_KILOWATTS.map((kilowatts, hourOfDay) => ({
    at: { month: 4, weekday: 1, hour: hourOfDay },
    energy: kilowattHours(kilowatts * PUE * DAYS),
  })),
  {
    ...ENERGY_DEFAULTS,
    usdPerKilowattHour: 0.07,
    periods: [
      { name: 'on-peak', months: [], weekdays: [], hours: [14, 15, 16, 17, 18, 19, 20], usdPerKilowattHour: 0.14 },
    ],
    pue: PUE,
    nodeOverhead: 1,
    provenance: { quality: 'entered', note: 'worked case', asOf: null },
  },
  { peakKilowatts: 96 * PUE, usdPerKilowattMonth: 12, shareOfMonth: 1 },
);

describe('the electricity of a 30-day month', () => {
  it('is 73,237.5 kWh, a third of it on-peak', () => {
    // 1,953 x 30 x 1.25; 638 x 30 x 1.25
    expect(BILL.energy).toBeCloseTo(73_237.5, 8);
    expect(BILL.periods.find(({ period }) => period?.name === 'on-peak')!.energy).toBeCloseTo(23_925, 8);
  });

  it('costs 6,801.375 USD of energy and 1,440 of demand: 0.1125 USD/kWh together', () => {
    // 23,925 x 0.14 + 49,312.5 x 0.07 = 3,349.5 + 3,451.875
    expect(BILL.energyCost).toBeCloseTo(6801.375, 8);
    // 96 x 1.25 x 12
    expect(BILL.demandCost).toBe(1440);
    // 8,241.375 / 73,237.5
    expect(BILL.blended).toBeCloseTo(0.11252944188428059, 12);
  });
});

describe('72 GPUs in that month at 2.10 USD/GPU-h', () => {
  const ledger = monthLedger(
    { serving: 36_000, 'loaded-idle': 9000, unallocated: 4320, loading: 480, throttled: 600, unhealthy: 1440 },
    usdPerGpuHour(2.1),
    { bill: BILL, pue: PUE, power: { 'loaded-idle': watts(550), unallocated: watts(300) } },
  );

  it('cost 117,105.375 USD over 51,840 GPU-hours', () => {
    // 36,000 + 9,000 + 4,320 + 480 + 600 + 1,440 = 72 x 720
    expect(ledger.gpuHours).toBe(51_840);
    // 51,840 x 2.10 = 108,864; + 6,801.375 + 1,440
    expect(ledger.fixed).toBeCloseTo(108_864, 8);
    expect(ledger.total).toBeCloseTo(117_105.375, 8);
    // 1,440 x 2.10
    expect(ledger.fixedByState.unhealthy).toBeCloseTo(3024, 9);
  });

  it('idle a quarter of the time, for 28,850.57 USD', () => {
    // 13,320 / 51,840; 13,320 x 2.10
    expect(ledger.idleShare).toBeCloseTo(0.2569444444444444, 12);
    expect(ledger.idleFixed).toBeCloseTo(27_972, 8);
    // (9,000 x 0.55 + 4,320 x 0.3) = 6,246 kWh x 1.25 x 0.11252944 = 878.57
    expect(ledger.idleEnergy).toBeCloseTo(878.5736175115206, 8);
    expect(ledger.idleCost).toBeCloseTo(28_850.57361751152, 7);
  });

  it('earn 255,000 USD: a margin of 54 %, 2.18 times the cost, ROI 1.18', () => {
    // 900,000 Mtok x 0.10 + 1,500,000 x 0.01 + 300,000 x 0.50 = 90,000 + 15,000 + 150,000
    const sold = { uncachedInput: 900e9, cachedInput: 1500e9, output: 300e9 };
    const revenue = revenueOf(sold, { uncachedInput: 0.1, cachedInput: 0.01, output: 0.5 });
    expect(revenue).toBeCloseTo(255_000, 8);
    // 1 - 117,105.375 / 255,000; 255,000 / 117,105.375; (255,000 - 117,105.375) / 117,105.375
    expect(grossMargin(revenue, ledger.total)).toBeCloseTo(0.5407632352941176, 12);
    expect(revenueMultiple(revenue, ledger.total)).toBeCloseTo(2.1775260102279677, 12);
    expect(returnOnInvestment(revenue, ledger.total, ledger.total)).toBeCloseTo(1.1775260102279677, 12);
  });
});

describe('72 GPUs rented for three years at 2.60 USD/GPU-h, a quarter up front', () => {
  const commitment = { rate: usdPerGpuHour(2.6), gpus: 72, years: 3, upfrontShare: 0.25 };

  it('are 4,919,616 USD: 1,332,396 in the first month and 102,492 in each later one', () => {
    const cash = rentalCash(commitment);
    // 2.60 x 72 x 3 x 8,760
    expect(cash.contract).toBeCloseTo(4_919_616, 6);
    // 0.75 x 4,919,616 / 36; 0.25 x 4,919,616 = 1,229,904, + 102,492
    expect(cash.laterMonth).toBeCloseTo(102_492, 8);
    expect(cash.firstMonth).toBeCloseTo(1_332_396, 7);
    expect(cash.firstMonth + 35 * cash.laterMonth).toBeCloseTo(cash.contract, 6);
  });

  it('use up 134,784 USD in 30 days, and the contract in three years', () => {
    // 2.60 x 72 x 720
    expect(rentalAmortised(commitment, 720)).toBeCloseTo(134_784, 8);
    expect(rentalAmortised(commitment, 3 * 8760)).toBeCloseTo(4_919_616, 6);
  });
});
