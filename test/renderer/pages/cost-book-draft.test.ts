import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { describe, expect, it } from 'vitest';
import {
  OWNED_AT_FIRST,
  rateOf,
  withEnergy,
  withNewPrice,
  withNewRevision,
  withoutPrice,
  withoutRevision,
  withPrice,
} from '#renderer/pages/cost-book/cost-book-draft.ts';
import type { CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';

const assumed = { quality: 'assumed', note: 'a list of prices', asOf: null } as const;
const price: HardwarePrice = {
  ...HARDWARE_DEFAULTS,
  sku: 'B200',
  terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 2, includesEnergy: true },
  facility: null,
  networkUsdPerGpuHour: 0.1,
  operationsUsdPerGpuHour: 0.2,
  provenance: assumed,
};
const revision: CostBookRevision = {
  ...REVISION_DEFAULTS,
  from: epochMs(0),
  hardware: [price],
  energy: {
    ...ENERGY_DEFAULTS,
    usdPerKilowattHour: 0.08,
    pue: 1.25,
    nodeOverhead: 1.3,
    moduleOverhead: 1.1,
    provenance: assumed,
  },
  weights: { input: 1, cached: 0.1, output: 5 },
};

describe('a cost book being edited', () => {
  it('takes the assumed badge from a price that a hand changed, and from no other', () => {
    const changed = withPrice(revision, 0, { networkUsdPerGpuHour: 1 });
    expect(changed.hardware[0]?.provenance.quality).toBe('entered');
    expect(changed.energy.provenance.quality).toBe('assumed');
    expect(withEnergy(revision, { pue: 1.1 }).energy.provenance.quality).toBe('entered');
  });

  it('begins a new revision with the rates in force before it, in order of time', () => {
    const later = { ...revision, from: epochMs(2000), weights: { input: 1, cached: 1, output: 1 } };
    const made = withNewRevision([revision, later], epochMs(1000));
    expect(made?.index).toBe(1);
    expect(made?.draft.map((one) => [one.from, one.weights.output])).toEqual([
      [0, 5],
      [1000, 5],
      [2000, 1],
    ]);
  });

  it('refuses a second revision at one instant, and keeps the last one', () => {
    expect(withNewRevision([revision], epochMs(0))).toBeNull();
    expect(withoutRevision([revision], 0)).toEqual([revision]);
  });

  it('adds and removes prices', () => {
    const more = withNewPrice(revision, 'H100');
    expect(more.hardware.map((row) => row.sku)).toEqual(['B200', 'H100']);
    expect(withoutPrice(more, 0).hardware.map((row) => row.sku)).toEqual(['H100']);
  });

  it('works out what a row comes to per GPU and hour', () => {
    expect(rateOf(revision, price)).toBeCloseTo(2.3, 12);
    const owned: HardwarePrice = { ...price, terms: { ...OWNED_AT_FIRST, method: 'straight-line' } };
    expect(rateOf(revision, owned)).toBeCloseTo(40_000 / 48 / 730 + 0.3, 9);
    expect(rateOf(revision, { ...price, sku: '*' })).toBeCloseTo(2.3, 12);
  });
});
