import { ENERGY_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { describe, expect, it } from 'vitest';
import { energyCostOf, facilityEnergyOf, itEnergyOf } from '#shared/cost/energy-cost.ts';
import type { EnergyPrice } from '#shared/model/cost-book.ts';
import { joules, usdPerKilowattHour } from '#shared/units/quantities.ts';

const PRICE: EnergyPrice = {
  ...ENERGY_DEFAULTS,
  usdPerKilowattHour: 0.1,
  pue: 1.25,
  nodeOverhead: 1.3,
  moduleOverhead: 1.1,
  provenance: { quality: 'entered', note: 'worked case', asOf: null },
};

const TARIFF = { price: PRICE, site: null, period: null, demand: null, usdPerKilowattHour: usdPerKilowattHour(0.1) };

describe('1 kWh measured', () => {
  // boards x 1.3; modules, and boards with CPU sockets, x 1.1; nodes and racks as they are; the wall / 1.25. Then x 1.25.
  it.each([
    ['board', 1.3, 1.625],
    ['cpu', 1.1, 1.375],
    ['module', 1.1, 1.375],
    ['node', 1, 1.25],
    ['rack', 1, 1.25],
    ['wall', 0.8, 1],
  ] as const)('on the boundary %s is %f kWh of IT and %f kWh at the facility', (boundary, it, facility) => {
    const measured = { joules: joules(3.6e6), boundary };
    expect(itEnergyOf(measured, PRICE) / 3.6e6).toBeCloseTo(it, 12);
    expect(facilityEnergyOf(measured, PRICE) / 3.6e6).toBeCloseTo(facility, 12);
    expect(energyCostOf(measured, TARIFF)).toBeCloseTo(facility * 0.1, 12);
  });
});
