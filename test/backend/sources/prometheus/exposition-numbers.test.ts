import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import { seededRandom } from '#shared/lib/seeded-random.ts';
import { expect, test } from 'vitest';

function valuesOf(tokens: readonly string[]): readonly number[] {
  const body = Buffer.from(tokens.map((token, index) => `a{i="${index}"} ${token}\n`).join(''));
  const answer = createExpositionReader().read(body, 'prometheus-text');
  if (!answer.ok) throw new Error(`${answer.failure.message}: ${answer.failure.excerpt}`);
  return [...answer.value.values.subarray(0, tokens.length)];
}

/** Bit for bit: Object.is also tells 0 from -0 and takes NaN for NaN. */
function expectSame(tokens: readonly string[], expected: readonly number[]): void {
  const values = valuesOf(tokens);
  const wrong = tokens.filter((_, index) => !Object.is(values[index], expected[index]));
  expect(wrong).toEqual([]);
}

test('numbers are what Number() makes of them, at the edges of what is exact', () => {
  const tokens = [
    '0 -0 +0 1 -1 +1 1. .5 -.5 00012 0.1 0.3 1e5 1E+5 1e-5 1e0 1.5e3 9007199254740991 9007199254740992',
    '9007199254740993 -9007199254740993 9223372036854775808 900719925474099.3 0.30000000000000004 1e22 1e23 123456789e22',
    '1e-22 1e-23 1.7976931348623157e308 1.7976931348623159e308 1e309 -1e309 5e-324 2e-324 2.2250738585072014e-308 1e99999',
    '1e-99999 0e99999 1e00000000000000000000001 0000000000000000000000000000000000000000001.2e-1 4.35 8.3835e-05',
    '7.424100000000001e-05 179.999999999999999999999999999999 0.000001 123456.789000',
  ].flatMap((line) => line.split(' '));
  expectSame(tokens, tokens.map(Number));
});

test('NaN and the infinities are read in any case', () => {
  const tokens = ['NaN', 'nan', 'NAN', 'Inf', 'inf', '+Inf', '-Inf', '+INF', 'Infinity', '-infinity'];
  const { NaN: none } = Number;
  expectSame(tokens, [none, none, none, Infinity, Infinity, Infinity, -Infinity, Infinity, Infinity, -Infinity]);
});

test('random decimals are exact to the last bit', () => {
  const chance = seededRandom(7);
  const digits = (most: number) =>
    Array.from({ length: Math.floor(chance() * (most + 1)) }, () => Math.floor(chance() * 10)).join('');
  const tokens = Array.from({ length: 40_000 }, () => {
    const exponent = chance() < 0.3 ? `e${Math.floor(chance() * 60) - 30}` : '';
    return `${chance() < 0.3 ? '-' : ''}${Math.floor(chance() * 10)}${digits(18)}.${digits(18)}${exponent}`;
  });
  expectSame(tokens, tokens.map(Number));
});
