import { describe, expect, it } from 'vitest';
import { historyOf, recorded, redone, undone, undoWords } from '#renderer/pages/cost-book/draft-history.ts';
import { placeOfFirst, troublesInSection, troublesOf } from '#renderer/pages/cost-book/draft-troubles.ts';
import { readNumber, writeNumber } from '#renderer/pages/cost-book/number-text.ts';
import { hoursWords, monthsWords, weekdaysWords } from '#renderer/pages/cost-book/period-words.ts';
import { serviceLevelWords, termsWords } from '#renderer/pages/cost-book/price-words.ts';
import { readNote, writeNote } from '#renderer/pages/cost-book/provenance-words.ts';
import { changesBetween, changeText } from '#renderer/pages/cost-book/revision-changes.ts';
import { sameBook } from '#renderer/pages/cost-book/same-book.ts';
import { hiddenPeriods, hoursByPeriod, priceSteps, seasonsOf } from '#renderer/pages/cost-book/tariff-week.ts';
import { between, pressed, withValues } from '#renderer/pages/cost-book/toggle-strip.ts';
import { usualIn } from '#renderer/pages/cost-book/usual-range.ts';
import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import { SERVICE_LEVEL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import type { CostBookRevision, EnergyPrice, HardwarePrice, TariffPeriod } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { ASSUMED, OWNERSHIP, RENTED, REVISION } from './cost-book-book.ts';

describe('two books', () => {
  it('are the same in whatever order their fields stand', () => {
    const turned = Object.fromEntries(Object.entries(REVISION).toReversed()) as CostBookRevision;
    expect(sameBook([REVISION], [turned])).toBe(true);
  });

  it('differ in a number, and in a field that was emptied but not filled', () => {
    const level = { ...SERVICE_LEVEL_DEFAULTS, capacityPerReplica: Number.NaN };
    const [saved, emptied] = [SERVICE_LEVEL_DEFAULTS, level].map((one) => ({ ...REVISION, serviceLevels: [one] }));
    expect(sameBook([saved!], [emptied!])).toBe(false);
    expect(sameBook([REVISION], [{ ...REVISION, from: epochMs(1) }])).toBe(false);
  });
});

describe('numbers as they are typed', () => {
  it.each([
    ['46,000', 46_000],
    ['1,234.5', 1234.5],
    [' 0.08 ', 0.08],
    ['46 000', 46_000],
    ['1e3', 1000],
    ['0,08', Number.NaN],
    ['1,23', Number.NaN],
    ['$4', Number.NaN],
    ['', Number.NaN],
    ['.', Number.NaN],
  ])('%j reads %d', (text, expected) => {
    expect(readNumber(text)).toBe(expected);
  });

  it.each([
    [46_000, '46,000'],
    [1_234_567.5, '1,234,567.5'],
    [0.157_534_246_6, '0.157534'],
    [0.1 + 0.2, '0.3'],
    [1e-9, '1e-9'],
    [Number.NaN, ''],
    [0, '0'],
  ])('%d is written %j, and read back', (value, expected) => {
    expect(writeNumber(value)).toBe(expected);
    if (expected !== '') expect(readNumber(expected)).toBeCloseTo(value, 6);
  });
});

describe('the steps of a draft', () => {
  const second = { ...REVISION, weights: { input: 1, cached: 0.1, output: 6 } };
  const third = { ...REVISION, weights: { input: 1, cached: 0.1, output: 7 } };
  const begun = historyOf([REVISION]);

  it('take typing in one field as one step, and go back and forth', () => {
    const typed = recorded(recorded(begun, [second], { key: 'w', did: 'changed w' }), [third], {
      key: 'w',
      did: 'changed w',
    });
    expect(undone(typed).present).toEqual([REVISION]);
    expect(redone(undone(typed)).present).toEqual([third]);
    expect(undoWords(typed)).toBe('changed w');
    expect(undoWords(undone(typed))).toBeNull();
  });

  it('part two fields, and removals from everything', () => {
    const removed = recorded(recorded(begun, [second], { key: null, did: 'removed a' }), [third], {
      key: null,
      did: 'removed b',
    });
    expect(undone(removed).present).toEqual([second]);
    expect(undone(undone(removed)).present).toEqual([REVISION]);
    expect(undone(begun)).toBe(begun);
    expect(redone(removed)).toBe(removed);
  });

  it('forget the way forward once something else is done', () => {
    const one = undone(recorded(begun, [second], { key: null, did: 'x' }));
    const other = recorded(one, [third], { key: null, did: 'y' });
    expect(redone(other)).toBe(other);
  });
});

function withHardware(...hardware: readonly HardwarePrice[]): CostBookRevision {
  return { ...REVISION, hardware };
}

describe('what keeps a draft from being saved', () => {
  it.each<[string, CostBookRevision, string, string]>([
    [
      'an amount that was not entered',
      withHardware({ ...RENTED, networkUsdPerGpuHour: Number.NaN }),
      '0.hardware.0.networkUsdPerGpuHour',
      'Enter a number.',
    ],
    ['a PUE below one', { ...REVISION, energy: { ...REVISION.energy, pue: 0.5 } }, '0.energy.pue', 'At least 1.'],
    [
      'a zone that is none',
      { ...REVISION, energy: { ...REVISION.energy, zone: 'Mars' } },
      '0.energy.zone',
      'Not a time zone',
    ],
    ['a nameless product', withHardware({ ...RENTED, sku: '' }), '0.hardware.0.sku', 'Write something here.'],
    [
      'a residual above the price',
      withHardware({ ...RENTED, terms: { ...OWNERSHIP, residualUsd: 50_000 } }),
      '0.hardware.0.terms.residualUsd',
      'Not above the price.',
    ],
    [
      'one product twice',
      withHardware(RENTED, { ...RENTED, sku: 'b200' }),
      '0.hardware.1.sku',
      'Another price holds for the same: keep one of them.',
    ],
    [
      'a currency without a rate',
      withHardware({ ...RENTED, currency: 'EUR' }),
      '0.hardware.0.currency',
      'EUR has no rate: add it under Currencies.',
    ],
    [
      'a day that is none',
      withHardware({ ...RENTED, provenance: { ...ASSUMED, asOf: '2026' } }),
      '0.hardware.0.provenance.asOf',
      'A day reads 2026-08-14.',
    ],
  ])('%s is said at its field', (_what, revision, path, sentence) => {
    const troubles = troublesOf([revision]);
    expect([...troubles.keys()]).toEqual([path]);
    expect(troubles.get(path)).toContain(sentence);
  });

  it('is nothing for one product at two places, and in a book that is whole', () => {
    expect(troublesOf([REVISION]).size).toBe(0);
    expect(troublesOf([withHardware(RENTED, { ...RENTED, where: { site: 'ashburn' } })]).size).toBe(0);
  });

  it('is counted by section, and the first is found', () => {
    const bad = {
      ...REVISION,
      energy: { ...REVISION.energy, pue: Number.NaN },
      weights: { input: -1, cached: 0, output: 1 },
    };
    const troubles = troublesOf([REVISION, { ...bad, from: epochMs(1) }]);
    expect(troublesInSection(troubles, 1, 'electricity')).toBe(1);
    expect(troublesInSection(troubles, 1, 'tokens')).toBe(1);
    expect(troublesInSection(troubles, 0, 'electricity')).toBe(0);
    expect(placeOfFirst(troubles)).toEqual({ index: 1, section: 'electricity' });
  });
});

const SUMMER_PEAK: TariffPeriod = {
  name: 'Summer peak',
  months: [6, 7, 8, 9],
  weekdays: [1, 2, 3, 4, 5],
  hours: [14, 15, 16, 17, 18, 19],
  usdPerKilowattHour: 0.2,
};

const NIGHT: TariffPeriod = {
  name: 'Night',
  months: [],
  weekdays: [],
  hours: [22, 23, 0, 1],
  usdPerKilowattHour: 0.05,
};

function calendar(...periods: readonly TariffPeriod[]): EnergyPrice {
  return { ...REVISION.energy, periods };
}

describe('the week of a tariff', () => {
  it('is one season where all months are alike, and has one per kind of week elsewhere', () => {
    expect(seasonsOf(calendar()).map(({ name }) => name)).toEqual(['all year']);
    expect(seasonsOf(calendar(SUMMER_PEAK, NIGHT)).map(({ name }) => name)).toEqual(['Oct to May', 'Jun to Sep']);
  });

  it('shows the first period that names an hour, and counts 168 hours', () => {
    const [, summer] = seasonsOf(calendar(SUMMER_PEAK, NIGHT));
    expect(summer?.cells[0]?.[14]).toBe(0);
    expect(summer?.cells[5]?.[14]).toBeNull();
    expect(summer?.cells[6]?.[23]).toBe(1);
    expect(hoursByPeriod(summer!, 2)).toEqual([30, 28, 110]);
  });

  it('finds a period that never holds', () => {
    expect(hiddenPeriods(calendar({ ...NIGHT, hours: [] }, SUMMER_PEAK))).toEqual([1]);
    expect(hiddenPeriods(calendar(SUMMER_PEAK, NIGHT))).toEqual([]);
  });

  it('shades by price, cheapest to dearest, and a missing price between them', () => {
    expect(priceSteps(calendar(SUMMER_PEAK, NIGHT))).toEqual([1, 0, expect.closeTo(0.2, 9)]);
    expect(priceSteps(calendar({ ...NIGHT, usdPerKilowattHour: Number.NaN }))).toEqual([0.5, 0]);
  });
});

describe('months, days and hours', () => {
  it.each([
    [monthsWords([]), 'all year'],
    [monthsWords([6, 7, 8, 9]), 'Jun to Sep'],
    [monthsWords([12, 1, 2]), 'Dec to Feb'],
    [monthsWords([1, 3]), 'Jan, Mar'],
    [weekdaysWords([1, 2, 3, 4, 5]), 'Mon to Fri'],
    [weekdaysWords([1, 7]), 'Mon, Sun'],
    [hoursWords([14, 15]), '14:00 to 16:00'],
    [hoursWords([22, 23, 0, 1]), '22:00 to 02:00'],
    [hoursWords([23]), '23:00 to 00:00'],
    [hoursWords([]), 'all hours'],
  ])('read %s', (text, expected) => {
    expect(text).toBe(expected);
  });

  const days = [1, 2, 3];

  it('turn over by a press; none chosen, and all chosen, is any', () => {
    expect(pressed([], 2, days)).toEqual([2]);
    expect(pressed([2], 2, days)).toEqual([]);
    expect(pressed([1, 2], 3, days)).toEqual([]);
    expect(pressed([3], 1, days)).toEqual([1, 3]);
  });

  it('are taken along by a drag either way', () => {
    expect(between(3, 1, days)).toEqual([1, 2, 3]);
    expect(withValues([1], { values: between(2, 3, [1, 2, 3, 4]), isOn: true }, [1, 2, 3, 4])).toEqual([1, 2, 3]);
    expect(withValues([1, 2], { values: [2], isOn: false }, days)).toEqual([1]);
  });
});

describe('what changed between two revisions', () => {
  it('says nothing of two that are alike', () => {
    expect(changesBetween(REVISION, { ...REVISION, from: epochMs(5) })).toEqual([]);
  });

  it.each<[string, CostBookRevision, string[]]>([
    [
      'a rent',
      withHardware({ ...RENTED, terms: { ...RENTED.terms, usdPerGpuHour: 2.2 } as HardwarePrice['terms'] }),
      ['B200 price: $2 per GPU-h rented → $2.20 per GPU-h rented'],
    ],
    [
      'rent to ownership',
      withHardware({ ...RENTED, terms: OWNERSHIP }),
      [
        'B200 price: $2 per GPU-h rented → $40,000 owned',
        'B200 power in the rent: yes → none',
        'B200 commitment: none → none',
        'B200 value at the end: none → $4,000',
        'B200 term: none → 48 months',
        'B200 cost of capital: none → 10 %',
        'B200 method: none → straight line',
      ].filter((line) => !line.includes('commitment')),
    ],
    ['a product gone', withHardware(), ['B200 removed']],
    [
      'a product at a place',
      withHardware(RENTED, { ...RENTED, where: { site: 'ashburn' } }),
      ['B200, site ashburn added: $2 per GPU-h rented'],
    ],
    [
      'a tariff',
      { ...REVISION, energy: { ...REVISION.energy, usdPerKilowattHour: 0.1 } },
      ['Fleet price: $0.08 per kWh → $0.10 per kWh'],
    ],
    [
      'a period',
      { ...REVISION, energy: calendar(SUMMER_PEAK) },
      ['Fleet period Summer peak: none → $0.20 per kWh, Jun to Sep, Mon to Fri, 14:00 to 20:00'],
    ],
    [
      'weights',
      { ...REVISION, weights: { input: 1, cached: 0.1, output: 6 } },
      ['Weights input : cached : output: 1 : 0.1 : 5 → 1 : 0.1 : 6'],
    ],
    [
      'a service level',
      { ...REVISION, serviceLevels: [{ ...SERVICE_LEVEL_DEFAULTS, ttftSeconds: 2 }] },
      ['Any model added: 2 s'],
    ],
    [
      'a currency',
      { ...REVISION, currencies: [{ currency: 'EUR', usdPerUnit: 1.1, provenance: ASSUMED }] },
      ['EUR added: $1.10'],
    ],
  ])('names %s', (_what, after, lines) => {
    expect(changesBetween(REVISION, after).map((change) => `${change.subject} ${changeText(change)}`)).toEqual(lines);
  });
});

describe('prices in words', () => {
  it('say how hardware is paid', () => {
    expect(termsWords(OWNERSHIP, 'USD')).toBe('Owned: $40,000 over 48 months in a straight line');
    expect(termsWords({ ...OWNERSHIP, method: 'annuity' }, 'EUR')).toBe('Owned: EUR 40,000 over 48 months at 10 %');
    const commitment = { gpus: 512, years: 3, since: epochMs(Date.UTC(2026, 0, 1)), upfrontShare: 0.25 };
    expect(termsWords({ kind: 'rented', usdPerGpuHour: 2, includesEnergy: false, commitment }, 'USD')).toBe(
      'Rented, power apart, 512 GPUs committed for 3 years from 2026-01-01, 25 % up front',
    );
  });

  it('say what is promised', () => {
    expect(serviceLevelWords({ ...SERVICE_LEVEL_DEFAULTS, ttftSeconds: 2, interTokenSeconds: 0.05 })).toBe(
      'TTFT 2 s, inter-token 50 ms, 20 % headroom, at least 2 replicas',
    );
  });

  it('keep the kind of a source in its note, whole for every reader', () => {
    expect(readNote('Contract: 4711')).toEqual({ kind: 'Contract', text: '4711' });
    expect(readNote('Invoice')).toEqual({ kind: 'Invoice', text: '' });
    expect(readNote('Contractor said so')).toEqual({ kind: null, text: 'Contractor said so' });
    expect(writeNote('Contract', '4711')).toBe('Contract: 4711');
    expect(writeNote(null, 'x')).toBe('x');
  });

  it('say what is usual in the unit and the money of the field', () => {
    const euro = { currency: 'EUR', usdPerUnit: 1.25, provenance: ASSUMED };
    const revision = { ...REVISION, currencies: [euro] };
    expect(usualIn(PLAUSIBLE.colocation, 1, { revision, currency: 'EUR' })).toEqual({ from: 40, to: 320 });
    expect(usualIn(PLAUSIBLE.annualRate, 100)).toEqual({ from: 0, to: 25 });
  });
});
