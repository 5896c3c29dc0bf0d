import { describe, expect, it } from 'vitest';
import { columnsOf } from '#backend/reports/focus/focus-columns.ts';
import { readCsv } from '#backend/reports/focus/focus-csv.ts';
import { instantText, plainDecimal } from '#backend/reports/focus/focus-text.ts';
import { epochMs } from '#shared/time/instant.ts';
import { createRandom } from '../../store/store-facts.ts';

describe('numbers of a FOCUS file', () => {
  it.each([
    [0, '0.0'],
    [-0, '0.0'],
    [24, '24.0'],
    [1e21, '1000000000000000000000.0'],
    [1.5e-7, '0.00000015'],
    [-2.5e22, '-25000000000000000000000.0'],
    [0.1 + 0.2, '0.30000000000000004'],
    [2 ** 53, '9007199254740992.0'],
    [5e-324, `0.${'0'.repeat(323)}5`],
  ])('%d is %s', (value, text) => {
    expect(plainDecimal(value)).toBe(text);
  });

  it('read back to the same double, with a point and no exponent', () => {
    const random = createRandom(3);
    for (let round = 0; round < 5000; round += 1) {
      const value = (random.next() - 0.5) * 10 ** (random.below(600) - 300);
      const text = plainDecimal(value);
      expect(Number(text)).toBe(value);
      expect(text).toMatch(/^-?(0|[1-9][0-9]*)\.[0-9]+$/);
    }
  });
});

it('instants are UTC to the second', () => {
  expect(instantText(epochMs(Date.UTC(2026, 5, 30, 22)))).toBe('2026-06-30T22:00:00Z');
});

describe('the columns of a version', () => {
  it.each([
    ['1.2', 57],
    ['1.4', 65],
  ] as const)('%s: %d of FOCUS by the alphabet, then ours by the alphabet', (version, count) => {
    const names = columnsOf(version).map(({ name }) => name);
    const own = names.filter((name) => name.startsWith('x_'));
    expect(names.length - own.length).toBe(count);
    expect(names).toEqual([...names.slice(0, count).toSorted(), ...own.toSorted()]);
  });

  it('change names of providers between the two', () => {
    const names = (version: '1.2' | '1.4') => columnsOf(version).map(({ name }) => name);
    expect(names('1.2').filter((name) => !names('1.4').includes(name))).toEqual(['ProviderName', 'PublisherName']);
  });
});

describe('a CSV that is read', () => {
  it('tells a bare empty field from a quoted one', () => {
    expect(readCsv('a,b\n,""\n"x,""y""\n",z\n')).toEqual([
      ['a', 'b'],
      [null, ''],
      ['x,"y"\n', 'z'],
    ]);
  });

  it.each(['a,"b', 'a"b,c\n', '"a"b\n', 'a,b'])('%j is refused', (text) => {
    expect(readCsv(text)).toBeNull();
  });
});
