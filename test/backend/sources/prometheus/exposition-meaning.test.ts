import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import type { ExpositionFormat } from '#backend/sources/prometheus/series.ts';
import { describe, expect, test } from 'vitest';

function answerOf(text: string, format: ExpositionFormat = 'prometheus-text') {
  const answer = createExpositionReader().read(Buffer.from(text), format);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

function warningsOf(text: string, format: ExpositionFormat = 'prometheus-text'): readonly string[] {
  return answerOf(text, format).warnings.map(({ kind, line }) => `${line} ${kind}`);
}

const HISTOGRAM = '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_count 2\nh_sum 3\n';

describe('bodies that read well but contradict themselves', () => {
  test.each([
    ['a negative counter', '# TYPE a counter\na -1\n', ['2 impossible-value']],
    ['a counter without a number', '# TYPE a counter\na NaN\n', ['2 impossible-value']],
    ['a bucket below the one before it', HISTOGRAM.replace('"} 1', '"} 3'), ['3 impossible-value']],
    ['a count beside its +Inf bucket', HISTOGRAM.replace('h_count 2', 'h_count 5'), ['4 impossible-value']],
    ['a histogram without +Inf', HISTOGRAM.replace('+Inf', '2'), ['2 broken-histogram']],
    ['a histogram without a count', HISTOGRAM.replace('h_count 2\n', ''), ['2 broken-histogram']],
    ['a histogram without a sum', HISTOGRAM.replace('h_sum 3\n', ''), ['2 broken-histogram']],
    ['a bucket without a bound', `${HISTOGRAM}h_bucket 1\n`, ['6 broken-histogram']],
    ['a bucket with a bound that is no number', `${HISTOGRAM}h_bucket{le="x"} 1\n`, ['6 broken-histogram']],
    ['buckets out of order', '# TYPE h histogram\nh_bucket{le="+Inf"} 2\nh_bucket{le="1"} 1\n', ['3 broken-histogram']],
    ['a sample that a histogram has not', `${HISTOGRAM}h 1\n`, ['6 misnamed-sample']],
    ['a quantile beyond 1', '# TYPE s summary\ns{quantile="2"} 1\n', ['2 broken-summary']],
    ['a negative quantile value', '# TYPE s summary\ns{quantile="0.5"} -1\n', ['2 impossible-value']],
    ['TYPE twice', '# TYPE a gauge\n# TYPE a gauge\na 1\n', ['2 repeated-metadata']],
    ['HELP twice', '# HELP a x\n# HELP a x\na 1\n', ['2 repeated-metadata']],
    ['TYPE below its sample', 'a 1\n# TYPE a gauge\n', ['2 late-metadata']],
    ['a type nobody knows', '# TYPE a meh\na 1\n', ['1 unknown-type']],
    ['a family in two places', '# TYPE a gauge\na{x="1"} 1\nb 1\na{x="2"} 1\n', ['4 split-family']],
    ['a blank in place of a comma', 'a{x="1" y="2"} 1\n', ['1 missing-comma']],
    ['a backslash that escapes nothing', 'a{x="\\d"} 1\na{x="\\d",y="1"} 1\n', ['1 odd-escape', '2 odd-escape']],
    ['no line break at the end', 'a{x="1"} 1', ['1 no-final-newline']],
  ])('%s', (_, text, warnings) => {
    expect(warningsOf(text)).toEqual(warnings);
  });

  test.each([
    ['an info other than 1', '# TYPE a info\na_info 2\n# EOF\n', ['2 impossible-value']],
    ['a state other than 0 and 1', '# TYPE a stateset\na{a="x"} 2\n# EOF\n', ['2 impossible-value']],
    ['a state without its label', '# TYPE a stateset\na 1\n# EOF\n', ['2 broken-stateset']],
    ['a counter without _total', '# TYPE a counter\na 1\n# EOF\n', ['2 misnamed-sample']],
    ['an exemplar on a gauge', '# TYPE a gauge\na 1 # {} 1\n# EOF\n', ['2 misplaced-exemplar']],
    ['a stateset with a unit', '# TYPE a_s stateset\n# UNIT a_s s\n# EOF\n', ['2 misplaced-unit']],
  ])('OpenMetrics: %s', (_, text, warnings) => {
    expect(warningsOf(text, 'openmetrics')).toEqual(warnings);
  });

  test('a sound histogram, an idle summary and a split family without TYPE raise nothing', () => {
    expect(warningsOf(HISTOGRAM)).toEqual([]);
    expect(warningsOf('# TYPE s summary\ns{quantile="0.5"} NaN\ns_sum 0\ns_count 0\n')).toEqual([]);
    expect(warningsOf('a{x="1"} 1\nb 1\na{x="2"} 1\n')).toEqual([]);
  });

  test('warnings are bounded in number and fit to be shown', () => {
    const { warnings } = answerOf(
      `# TYPE "a\u001b" counter\n${Array.from({ length: 500 }, (_, index) => `{"a\u001b",i="${index}"} -1\n`).join('')}`,
    );
    expect(warnings).toHaveLength(101);
    expect(warnings.at(-1)).toEqual({ kind: 'more', line: 0, message: '400 more warnings' });
    expect(warnings[0]!.message).toContain('a\\u001b is -1');
  });
});

describe('a family that stands twice, as dcgm-exporter writes it', () => {
  test('keeps all its samples and the first of two types', () => {
    const { series, values, warnings } = answerOf(
      '# HELP a x\n# TYPE a counter\na{gpu="0"} 1\n# HELP b y\n# TYPE b gauge\nb 5\n# HELP a x\n# TYPE a gauge\na{link="0"} 2\n',
    );
    expect(series.map(({ kind }) => kind)).toEqual(['counter', 'gauge', 'counter']);
    expect([...values]).toEqual([1, 5, 2]);
    expect(warnings.map(({ kind }) => kind)).toEqual(['repeated-metadata', 'repeated-metadata', 'split-family']);
  });
});

describe('a series that stands twice', () => {
  const valuesOf = (text: string, format?: ExpositionFormat) => {
    const { series, values, warnings } = answerOf(text, format);
    return {
      read: series.map(({ name }, index) => `${name} ${values[index]}`),
      warnings: warnings.map(({ kind, line }) => `${line} ${kind}`),
    };
  };

  test('with one value counts once', () => {
    expect(valuesOf('a{x="1"} 5\nb 1\na{x="1"} 5.0\n')).toEqual({ read: ['a 5', 'b 1'], warnings: ['3 duplicate'] });
    expect(valuesOf('a NaN\na NaN\n')).toEqual({ read: ['a NaN'], warnings: ['2 duplicate'] });
  });

  test('with different values does not count at all', () => {
    expect(valuesOf('a{x="1"} 5\nb 1\na{x="1"} 6\n')).toEqual({ read: ['b 1'], warnings: ['3 conflict'] });
    expect(valuesOf('a 5\na 5\na 6\na 5\n').read).toEqual([]);
  });

  test('is the same series with its labels in another order, spelling or with an empty label', () => {
    expect(valuesOf('a{x="1",y="2"} 5\na{y="2",x="1"} 5\n').read).toEqual(['a 5']);
    expect(valuesOf('a{x="1"} 5\n{"a","x"="1"} 5\n').read).toEqual(['a 5']);
    expect(valuesOf('a{x="1",y=""} 5\na{x="1"} 5\n').read).toEqual(['a 5']);
  });

  test('is another series when text moves between a label and the next', () => {
    expect(valuesOf('a{x="1,y=2"} 5\na{x="1",y="2"} 5\na{xy="1"} 5\na{x="y1"} 5\n').warnings).toEqual([]);
  });

  test('at different instants is kept with a warning', () => {
    expect(valuesOf('a 5 1\na 6 2\n')).toEqual({ read: ['a 5', 'a 6'], warnings: ['1 several-timestamps'] });
    expect(valuesOf('a 5 1\na 6 1\na 7 2\n').read).toEqual(['a 7']);
  });

  test('leaves timestamps beside their own values', () => {
    const { timestamps, series } = answerOf('a 5 1\na 6 1\nb 7 2\n');
    expect(series.map(({ name }, index) => [name, timestamps![index]])).toEqual([['b', 2]]);
  });
});
