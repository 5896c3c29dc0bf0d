import { describe, expect, it } from 'vitest';
import {
  blankPrice,
  changed,
  ENTERED,
  generalServiceLevel,
  indexInForce,
  instantOfDay,
  moved,
  rateOf,
  withBegin,
  withCopy,
  withEnergy,
  withNewPrice,
  withNewRevision,
  withNewRow,
  withoutRevision,
  withoutRow,
  withoutSite,
  withPrice,
  withRow,
  withServiceLevel,
  withSite,
} from '#renderer/pages/cost-book/cost-book-draft.ts';
import type { HardwarePrice } from '#shared/model/cost-book.ts';
import { NEWEST_TABLE, presetPrice } from '#shared/cost/presets.ts';
import { epochMs } from '#shared/time/instant.ts';
import { ASSUMED, OWNERSHIP, RENTED, REVISION } from './cost-book-book.ts';

const later = { ...REVISION, from: epochMs(2000), weights: { input: 1, cached: 1, output: 1 } };

describe('a cost book being edited', () => {
  it('takes the assumed badge from a price that a hand changed, and from no other', () => {
    const next = withPrice(REVISION, 0, { networkUsdPerGpuHour: 1 });
    expect(next.hardware[0]?.provenance).toEqual(ENTERED);
    expect(next.energy.provenance.quality).toBe('assumed');
    expect(withEnergy(REVISION, null, () => ({ pue: 1.1 })).energy.provenance).toEqual(ENTERED);
  });

  it('keeps the source of a price that was entered when its amount changes', () => {
    const provenance = { quality: 'entered', note: 'Contract: 4711', asOf: '2026-01-01' } as const;
    const entered = withPrice(REVISION, 0, { provenance });
    expect(withPrice(entered, 0, { networkUsdPerGpuHour: 1 }).hardware[0]?.provenance).toEqual(provenance);
  });

  it('works out what a row comes to per GPU and hour, and nothing where an amount is missing', () => {
    expect(rateOf(REVISION, RENTED)).toBeCloseTo(2.3, 12);
    const owned: HardwarePrice = { ...RENTED, terms: OWNERSHIP };
    expect(rateOf(REVISION, owned)).toBeCloseTo(36_000 / 48 / 730 + 0.3, 9);
    expect(rateOf(REVISION, { ...RENTED, sku: '*', where: { site: 'x' } })).toBeCloseTo(2.3, 12);
    expect(rateOf(REVISION, blankPrice('B200'))).toBeNull();
  });

  it('adds a price at the end, and puts a preset in the place of the assumed price of the same product', () => {
    const added = withNewPrice(REVISION, blankPrice('H100'));
    expect([added.index, added.revision.hardware.map((row) => row.sku)]).toEqual([1, ['B200', 'H100']]);
    const preset = presetPrice(NEWEST_TABLE, 'B200', 'rental')!;
    const replaced = withNewPrice(added.revision, preset);
    expect([replaced.index, replaced.revision.hardware.length]).toEqual([0, 2]);
    expect(replaced.revision.hardware[0]).toEqual(preset);
  });

  it('gives a site the electricity of the fleet to begin with, and leaves the fleet as it is', () => {
    const own = withEnergy(withSite(REVISION, 'ashburn'), 'ashburn', () => ({ pue: 1.1 }));
    expect(own.siteEnergy.map(({ site, energy }) => [site, energy.pue, energy.provenance.quality])).toEqual([
      ['ashburn', 1.1, 'entered'],
    ]);
    expect(own.energy).toEqual(REVISION.energy);
    expect(withSite(own, 'ashburn')).toBe(own);
    expect(withoutSite(own, 'ashburn').siteEnergy).toEqual([]);
  });

  it('makes the assumed service level the operator’s own with the first change', () => {
    expect(generalServiceLevel(REVISION)).toMatchObject({ isAssumed: true, level: { model: '*', headroom: 0.2 } });
    const said = withServiceLevel(REVISION, '*', { headroom: 0.3 });
    expect(generalServiceLevel(said)).toMatchObject({ isAssumed: false, level: { headroom: 0.3, replicasMin: 2 } });
    const model = withServiceLevel(said, 'llama', { ttftSeconds: 2 });
    expect(model.serviceLevels.map(({ model: name, headroom, ttftSeconds }) => [name, headroom, ttftSeconds])).toEqual([
      ['*', 0.3, null],
      ['llama', 0.3, 2],
    ]);
  });

  it('adds, changes and removes rows of any list', () => {
    const eur = { currency: 'EUR', usdPerUnit: 1.1, provenance: ASSUMED };
    const added = withNewRow(withNewRow(REVISION, 'currencies', eur), 'currencies', { ...eur, currency: 'GBP' });
    const next = withRow(added, 'currencies', 1, { usdPerUnit: 1.3 });
    expect(next.currencies.map(({ currency, usdPerUnit }) => [currency, usdPerUnit])).toEqual([
      ['EUR', 1.1],
      ['GBP', 1.3],
    ]);
    expect(withoutRow(next, 'currencies', 0).currencies.map(({ currency }) => currency)).toEqual(['GBP']);
  });

  it.each([
    [0, 1, ['b', 'a', 'c']],
    [2, -1, ['a', 'c', 'b']],
    [0, -1, ['a', 'b', 'c']],
    [2, 1, ['a', 'b', 'c']],
  ] as const)('moves item %i by %i, and no further than the end', (index, by, expected) => {
    expect(moved(['a', 'b', 'c'], index, by)).toEqual(expected);
  });

  it('changes one item of a list alone', () => {
    expect(changed([1, 2, 3], 1, (value) => value * 10)).toEqual([1, 20, 3]);
  });
});

describe('revisions of a draft', () => {
  it('begin with the rates in force before them, in order of time', () => {
    const made = withNewRevision([REVISION, later], epochMs(1000));
    expect(made?.index).toBe(1);
    expect(made?.draft.map((one) => [one.from, one.weights.output])).toEqual([
      [0, 5],
      [1000, 5],
      [2000, 1],
    ]);
  });

  it('are copied to another date, and moved in time, but never to one that is taken', () => {
    const copy = withCopy([REVISION, later], later, epochMs(3000));
    expect(copy?.draft.map((one) => [one.from, one.weights.output])).toEqual([
      [0, 5],
      [2000, 1],
      [3000, 1],
    ]);
    const earlier = withBegin([REVISION, { ...REVISION, from: epochMs(1000) }, later], 2, epochMs(500));
    expect([earlier?.index, earlier?.draft.map((one) => one.from)]).toEqual([1, [0, 500, 1000]]);
    expect(withNewRevision([REVISION], epochMs(0))).toBeNull();
    expect(withCopy([REVISION, later], REVISION, epochMs(2000))).toBeNull();
    expect(withBegin([REVISION, later], 1, epochMs(0))).toBeNull();
  });

  it('keep the last one', () => {
    expect(withoutRevision([REVISION], 0)).toEqual([REVISION]);
    expect(withoutRevision([REVISION, later], 0)).toEqual([later]);
  });

  it.each([
    [-5, 0],
    [1999, 0],
    [2000, 1],
    [9000, 1],
  ])('at %i ms, revision %i is in force', (at, index) => {
    expect(indexInForce([{ ...REVISION, from: epochMs(100) }, later], epochMs(at))).toBe(index);
  });

  it.each([
    ['2026-08-14', Date.UTC(2026, 7, 14)],
    ['2026-13-01', Number.NaN],
    ['14.8.2026', Number.NaN],
    ['', Number.NaN],
  ])('reads the day %j', (day, at) => {
    expect(instantOfDay(day)).toBe(at);
  });
});
