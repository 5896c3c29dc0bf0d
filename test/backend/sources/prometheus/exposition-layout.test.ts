import { createExpositionReader, type ExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import type { ExpositionFormat } from '#backend/sources/prometheus/series.ts';
import { seededRandom } from '#shared/lib/seeded-random.ts';
import { describe, expect, test } from 'vitest';
import { dcgmBody } from '../../../bench/dcgm-body.ts';
import { mutateBody } from './mutate-body.ts';

const BODY = [
  '# HELP power Watts.',
  '# TYPE power gauge',
  'power{gpu="0",pod="a"} 101.5',
  'power{gpu="1",pod="b"} 99',
  '# TYPE energy counter',
  'energy{gpu="0"} 5e3',
  'energy{gpu="1"} 7',
  '',
].join('\n');

function read(reader: ExpositionReader, text: string | Buffer, format: ExpositionFormat = 'prometheus-text') {
  const answer = reader.read(Buffer.from(text), format);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

/** All that an answer says, as plain data: equal answers have equal data. */
function dataOf(answer: ReturnType<ExpositionReader['read']>) {
  if (!answer.ok) return answer.failure;
  const { series, values, timestamps, warnings } = answer.value;
  return {
    // The order of labels within a series means nothing.
    series: series.map(({ name, labels, kind }) => [name, [...labels].map(String).toSorted(byText), kind]),
    values: Array.from(values.subarray(0, series.length), exactText),
    timestamps: timestamps && Array.from(timestamps.subarray(0, series.length), exactText),
    warnings,
  };
}

const byText = (one: string, other: string) => (one < other ? -1 : 1);

/** Tells 0 from -0 and NaN from infinity, where JSON would not. */
const exactText = (value: number) => (Object.is(value, -0) ? '-0' : String(value));

describe('the series array', () => {
  test('is the same object while only numbers change', () => {
    const reader = createExpositionReader();
    const { series } = read(reader, BODY);
    for (const number of ['1', '250.75', '1e9', 'NaN', '-0.5', '123456789012345678901234567890']) {
      const next = read(reader, BODY.replace('101.5', number));
      expect(next.series).toBe(series);
      expect(next.values[0]).toBe(Number(number));
    }
  });

  test('is the same object when remarks, blanks or number formats change around the same series', () => {
    const reader = createExpositionReader();
    const { series } = read(reader, BODY);
    expect(read(reader, `# a remark\n${BODY}`).series).toBe(series);
    expect(read(reader, BODY.replaceAll('} ', '}  ')).series).toBe(series);
    expect(read(reader, BODY.replaceAll('\n', '\r\n')).series).toBe(series);
    expect(read(reader, BODY.replace('99', '99 1234')).series).toBe(series);
    expect(read(reader, BODY).series).toBe(series);
  });

  test('is the same object after a body that was refused', () => {
    const reader = createExpositionReader();
    const { series } = read(reader, BODY);
    expect(reader.read(Buffer.from(`${BODY}!\n`), 'prometheus-text').ok).toBe(false);
    expect(read(reader, BODY).series).toBe(series);
  });

  test.each<readonly [string, (body: string) => string, readonly string[]]>([
    ['a changed label', (body) => body.replace('pod="b"', 'pod="c"'), ['0a', '1c', '0', '1']],
    ['a label made longer', (body) => body.replace('pod="b"', 'pod="bb"'), ['0a', '1bb', '0', '1']],
    ['an added line', (body) => `${body}energy{gpu="2"} 1\n`, ['0a', '1b', '0', '1', '2']],
    ['a removed line', (body) => body.replace('power{gpu="0",pod="a"} 101.5\n', ''), ['1b', '0', '1']],
    ['a removed last line', (body) => body.replace('energy{gpu="1"} 7\n', ''), ['0a', '1b', '0']],
    [
      'swapped lines',
      (body) => body.replace('energy{gpu="0"} 5e3\nenergy{gpu="1"} 7', 'energy{gpu="1"} 7\nenergy{gpu="0"} 5e3'),
      ['0a', '1b', '1', '0'],
    ],
  ])('is a new one after %s, and right', (_, change, keys) => {
    const reader = createExpositionReader();
    const { series } = read(reader, BODY);
    const changed = reader.read(Buffer.from(change(BODY)), 'prometheus-text');
    expect(changed.ok && changed.value.series).not.toBe(series);
    expect(changed.ok && changed.value.series.map(({ labels }) => [...labels.values()].join(''))).toEqual(keys);
    expect(dataOf(changed)).toEqual(
      dataOf(createExpositionReader().read(Buffer.from(change(BODY)), 'prometheus-text')),
    );
  });

  test('is a new one when a type changes', () => {
    const reader = createExpositionReader();
    const { series } = read(reader, BODY);
    const changed = read(reader, BODY.replace('energy counter', 'energy gauge'));
    expect(changed.series).not.toBe(series);
    expect(changed.series.map(({ kind }) => kind)).toEqual(['gauge', 'gauge', 'gauge', 'gauge']);
  });

  test('follows whether a series that stands twice counts, and stays while it does', () => {
    const reader = createExpositionReader();
    const twice = (first: number, second: number) => read(reader, `a ${first}\nb 1\na ${second}\n`);
    const once = twice(5, 5).series;
    expect(twice(6, 6).series).toBe(once);
    const dropped = twice(5, 6).series;
    expect(dropped.map(({ name }) => name)).toEqual(['b']);
    expect(twice(7, 8).series).toBe(dropped);
    expect(twice(9, 9).series.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('does not outlive a change of format', () => {
    const reader = createExpositionReader();
    read(reader, 'a 1 5\n# EOF\n', 'openmetrics');
    expect([...read(reader, 'a 1 5\n# EOF\n', 'prometheus-text').timestamps!]).toEqual([5]);
    expect([...read(reader, 'a 1 5\n# EOF\n', 'openmetrics').timestamps!]).toEqual([5000]);
  });
});

test('an empty body is read again and again', () => {
  const reader = createExpositionReader();
  const { series } = read(reader, '');
  expect(read(reader, '').series).toBe(series);
  expect(read(reader, 'a 1\n').series).toHaveLength(1);
});

test('the next body may come in the buffer of the last one', () => {
  const reader = createExpositionReader();
  const buffer = Buffer.from(BODY);
  reader.read(buffer, 'prometheus-text');
  buffer.write(BODY.replace('pod="a"', 'pod="z"'));
  const answer = reader.read(buffer, 'prometheus-text');
  expect(answer.ok && answer.value.series[0]!.labels.get('pod')).toBe('z');
});

test('value warnings follow the values from body to body', () => {
  const reader = createExpositionReader();
  const kinds = (text: string) => read(reader, text).warnings.map(({ kind, line }) => `${line} ${kind}`);
  expect(kinds(BODY)).toEqual([]);
  expect(kinds(BODY.replace('5e3', '-5e3'))).toEqual(['6 impossible-value']);
  expect(kinds(BODY)).toEqual([]);
});

const OPEN_METRICS = [
  '# TYPE h histogram',
  '# UNIT h ',
  'h_bucket{le="1.0"} 2 1520879607.789 # {id="é"} 0.5',
  'h_bucket{le="+Inf"} 3',
  'h_count 3',
  'h_sum 2.5',
  '# TYPE "c.d" counter',
  '{"c.d_total",x="\\"\\n"} 17 # {} 1 2',
  '# EOF',
  '',
].join('\n');
const REPEATED =
  'a{x="1"} 5 1\nb{y="2",z="3"} 1\na{x="1"} 5 1\nb{z="3",y="2"} 1 \n# TYPE b counter\r\n{"a",x="1"} 7 2\nc{x="1"} 2';

describe('a reader that has read other bodies before', () => {
  test.each<readonly [string, string, ExpositionFormat, number]>([
    ['Prometheus text', BODY, 'prometheus-text', 8000],
    ['OpenMetrics', OPEN_METRICS, 'openmetrics', 8000],
    ['two GPUs of dcgm-exporter', dcgmBody(36_000, 0).toString(), 'prometheus-text', 2000],
    ['repeated series and timestamps', REPEATED, 'prometheus-text', 8000],
  ])('says exactly what a fresh one says: %s', (_, text, format, bodies) => {
    const chance = seededRandom(bodies + text.length);
    const reader = createExpositionReader();
    const body = Buffer.from(text);
    let read = 0;
    for (let count = 0; count < bodies; count++) {
      const mutated = mutateBody(body, chance);
      const known = dataOf(reader.read(mutated, format));
      const fresh = dataOf(createExpositionReader().read(mutated, format));
      if ('series' in fresh) read++;
      // A plain comparison first: expect() on every body would take most of the time.
      if (JSON.stringify(known) !== JSON.stringify(fresh))
        expect({ text: mutated.toString(), known }).toEqual({ text: mutated.toString(), known: fresh });
    }
    // The law says nothing if every mutated body is refused.
    expect(read).toBeGreaterThan(bodies / 20);
  });
});
