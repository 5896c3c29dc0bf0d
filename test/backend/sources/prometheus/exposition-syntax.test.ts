import {
  createExpositionReader,
  EXPOSITION_LIMITS,
  type ExpositionLimits,
} from '#backend/sources/prometheus/exposition-reader.ts';
import type { ExpositionFormat } from '#backend/sources/prometheus/series.ts';
import { describe, expect, test } from 'vitest';

type ReadLine = readonly [name: string, labels: Readonly<Record<string, string>>, value: number];

/** What a fresh reader makes of a body: its lines, or the reason why it was refused. */
function linesOf(text: string | Buffer, format: ExpositionFormat = 'prometheus-text'): readonly ReadLine[] | string {
  const answer = createExpositionReader().read(Buffer.from(text), format);
  if (!answer.ok) return answer.failure.kind;
  const { series, values } = answer.value;
  return series.map(({ name, labels }, index) => [name, Object.fromEntries(labels), values[index]!]);
}

function failureOf(text: string, format: ExpositionFormat = 'prometheus-text', limits?: Partial<ExpositionLimits>) {
  const answer = createExpositionReader({ ...EXPOSITION_LIMITS, ...limits }).read(Buffer.from(text), format);
  return answer.ok ? null : answer.failure;
}

function answerOf(text: string, format: ExpositionFormat = 'prometheus-text') {
  const answer = createExpositionReader().read(Buffer.from(text), format);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
}

describe('Prometheus text that is read', () => {
  test.each<readonly [string, string, readonly ReadLine[]]>([
    ['an empty body', '', []],
    ['blank lines', '\n \n\t\n', []],
    ['a bare metric', 'up 1\n', [['up', {}, 1]]],
    ['colons in a metric name', 'job:rate:5m 1\n', [['job:rate:5m', {}, 1]]],
    ['labels', 'a{x="1",y="two"} 3\n', [['a', { x: '1', y: 'two' }, 3]]],
    ['empty braces', 'a{} 3\n', [['a', {}, 3]]],
    ['a trailing comma', 'a{x="1",} 3\n', [['a', { x: '1' }, 3]]],
    ['blanks wherever they may stand', '  a \t { x = "1" , y="2" } \t 3  \n', [['a', { x: '1', y: '2' }, 3]]],
    ['no blank after the braces', 'a{x="1"}3\n', [['a', { x: '1' }, 3]]],
    ['braces, commas, equals signs and blanks in a value', 'a{x="} , {y=z # "} 3\n', [['a', { x: '} , {y=z # ' }, 3]]],
    ['escapes', 'a{x="\\"q\\" \\\\ \\n"} 3\n', [['a', { x: '"q" \\ \n' }, 3]]],
    ['an unknown escape as it stands', 'a{x="C:\\dir"} 3\n', [['a', { x: 'C:\\dir' }, 3]]],
    ['an empty label value', 'a{x=""} 3\n', [['a', { x: '' }, 3]]],
    ['text beyond ASCII', 'a{x="Zürich 東京 🙂"} 3\n', [['a', { x: 'Zürich 東京 🙂' }, 3]]],
    ['a NUL inside a value', 'a{x="\0"} 3\n', [['a', { x: '\0' }, 3]]],
    ['a quoted metric name', '{"my.metric", a="b"} 1\n', [['my.metric', { a: 'b' }, 1]]],
    ['a quoted metric name behind a label', '{a="b","my.metric"} 1\n', [['my.metric', { a: 'b' }, 1]]],
    ['a quoted label name', 'a{"my.label"="b"} 1\n', [['a', { 'my.label': 'b' }, 1]]],
    [
      'CRLF',
      '# TYPE a gauge\r\na 1\r\na{x="1"} 2 3\r\n',
      [
        ['a', {}, 1],
        ['a', { x: '1' }, 2],
      ],
    ],
    ['remarks of any kind', '#\n# x\n#EOF\n# HELP\n# TYPE\n# HELP a\n## TYPE\na 1\n', [['a', {}, 1]]],
    [
      'a labelled last line without a line break',
      'a 1\nb{x="1"} 2',
      [
        ['a', {}, 1],
        ['b', { x: '1' }, 2],
      ],
    ],
  ])('%s', (_, text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });

  test('labels named like parts of an object are labels and nothing else', () => {
    const { series } = answerOf('a{__proto__="x",constructor="y",toString="z"} 1\n');
    expect([...series[0]!.labels]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['toString', 'z'],
    ]);
    expect(Object.prototype).not.toHaveProperty('x');
  });

  test('each line has its own labels, however much its neighbours repeat', () => {
    const lines = linesOf(
      'a{x="1"} 1\na{x="2"} 2\nb{x="1"} 3\nb{x="3"} 4\nc{x="1"} 5\nc{x="2"} 6\n',
    ) as readonly ReadLine[];
    expect(lines.map(([name, labels]) => `${name}${labels['x']}`)).toEqual(['a1', 'a2', 'b1', 'b3', 'c1', 'c2']);
  });

  test('timestamps come as epoch ms, NaN for lines without one', () => {
    expect(answerOf('a 1\nb 2 1395066363000\nc 3 -5\n').timestamps).toEqual(
      Float64Array.of(Number.NaN, 1395066363000, -5),
    );
    expect(answerOf('a 1\n').timestamps).toBeNull();
  });

  test('a view into a larger buffer is read within its own bounds', () => {
    const whole = Buffer.from('x 9\na 1\ny 8\n');
    const answer = createExpositionReader().read(
      new Uint8Array(whole.buffer, whole.byteOffset + 4, 4),
      'prometheus-text',
    );
    expect(answer.ok && answer.value.series.map(({ name }) => name)).toEqual(['a']);
  });
});

describe('Prometheus text that is refused', () => {
  test.each([
    ['no value', 'a\n'],
    ['no value behind labels', 'a{x="1"}\n'],
    ['no metric name', '{x="1"} 1\n'],
    ['a digit first', '9a 1\n'],
    ['a line that is no metric', '...\n'],
    ['two metric names', 'a{"b"} 1\n'],
    ['two quoted metric names', '{"a","b"} 1\n'],
    ['a label twice', 'a{x="1",x="2"} 1\n'],
    ['the metric name as a label', 'a{__name__="b"} 1\n'],
    ['a colon in a label name', 'a{x:y="1"} 1\n'],
    ['single quotes', "a{x='1'} 1\n"],
    ['no equals sign', 'a{x"1"} 1\n'],
    ['no label value', 'a{x=} 1\n'],
    ['a lone comma', 'a{,} 1\n'],
    ['two commas', 'a{x="1",,y="2"} 1\n'],
    ['no comma and no blank between labels', 'a{x="1"y="2"} 1\n'],
    ['a line break inside a value', 'a{x="1\n2"} 1\n'],
    ['an escaped line break', 'a{x="1\\\n"} 1\n'],
    ['NUL outside quotes', 'a\0 1\n'],
    ['hex', 'a 0x10\n'],
    ['underscores in a number', 'a 1_000\n'],
    ['a bare exponent', 'a 1e\n'],
    ['a word', 'a true\n'],
    ['NaN with a sign', 'a -NaN\n'],
    ['a point alone', 'a .\n'],
    ['a timestamp with decimals', 'a 1 2.5\n'],
    ['something behind the timestamp', 'a 1 2 3\n'],
    ['an exemplar', 'a 1 # {x="1"} 1\n'],
    ['a lone carriage return', 'a 1\rb 2\n'],
    ['a misspelt name in a TYPE line', '# TYPE a-b gauge\n'],
    ['a TYPE line without a type', '# TYPE a\n'],
  ])('%s', (_, text) => {
    expect(linesOf(text)).toBe('syntax');
  });

  test('a body cut inside its last line is called truncated', () => {
    for (const cut of ['a{x="1', 'a{x="1"', 'a{x="1"}', 'a', 'a ', 'a 1\nb{'])
      expect(failureOf(cut)?.kind).toBe('truncated');
  });

  test('a bare value at the very end could be a cut number', () => {
    expect(failureOf('b 1\na 12')).toMatchObject({ kind: 'truncated', line: 2 });
  });

  test('bytes that are not UTF-8 are refused with their line', () => {
    const body = Buffer.concat([Buffer.from('a 1\nb{x="'), Buffer.of(0xff), Buffer.from('"} 2\n')]);
    const answer = createExpositionReader().read(body, 'prometheus-text');
    expect(!answer.ok && answer.failure).toMatchObject({ kind: 'invalid-utf8', line: 2 });
  });

  test('the failure names line and place, with control characters made harmless', () => {
    const failure = failureOf('a 1\nb \u001b[31m\u0007!\nc 1\n')!;
    expect(failure).toMatchObject({ kind: 'syntax', line: 2, message: 'a number must stand here' });
    expect(failure.excerpt).toBe('b \\u001b[31m\\u0007!');
  });

  test('a very long line gives a short excerpt', () => {
    expect(failureOf(`${'a'.repeat(1000)}!${'b'.repeat(1000)} 1\n`)!.excerpt.length).toBeLessThan(130);
  });
});

describe('limits', () => {
  const limits = { samplesMax: 2, labelsPerSampleMax: 2, labelNameBytesMax: 3, labelValueBytesMax: 4 };
  test.each([
    ['samples', 'a 1\nb 1\nc 1\n', 'too-many-samples'],
    ['labels', 'a{x="1",y="1",z="1"} 1\n', 'too-many-labels'],
    ['a label name', 'a{long="1"} 1\n', 'name-too-long'],
    ['a quoted label name', 'a{"long"="1"} 1\n', 'name-too-long'],
    ['a label value', 'a{x="12345"} 1\n', 'value-too-long'],
    ['a metric name', 'abcde 1\n', 'name-too-long'],
    ['a quoted metric name', '{"abcde"} 1\n', 'value-too-long'],
  ])('too much of %s is refused', (_, text, kind) => {
    expect(failureOf(text, 'prometheus-text', limits)?.kind).toBe(kind);
  });

  test('what just fits is read', () => {
    expect(failureOf('abcd{x="1234","yzz"="1"} 1\nb 1\n', 'prometheus-text', limits)).toBeNull();
  });

  test('no setting goes beyond 500,000 samples', () => {
    const body = Buffer.from('a 1\n'.repeat(500_001));
    const answer = createExpositionReader({ ...EXPOSITION_LIMITS, samplesMax: 1e9 }).read(body, 'prometheus-text');
    expect(!answer.ok && answer.failure.kind).toBe('too-many-samples');
  });
});

describe('OpenMetrics', () => {
  test.each<readonly [string, string, readonly ReadLine[]]>([
    ['an empty body', '# EOF\n', []],
    ['no line break behind # EOF', 'a 1\n# EOF', [['a', {}, 1]]],
    ['a unit', '# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n# EOF\n', [['a_seconds', {}, 1]]],
    ['an exemplar', '# TYPE a counter\na_total 1 # {id="x # y"} 0.5 12.5\n# EOF\n', [['a_total', {}, 1]]],
    ['timestamp and exemplar', '# TYPE a counter\na_total 1 12.5 # {} 0.5\n# EOF\n', [['a_total', {}, 1]]],
    ['CRLF', 'a 1\r\n# EOF\r\n', [['a', {}, 1]]],
  ])('reads %s', (_, text, lines) => {
    expect(linesOf(text, 'openmetrics')).toEqual(lines);
  });

  test.each([
    ['a blank line', 'a 1\n\n# EOF\n'],
    ['a remark', '# hello\n# EOF\n'],
    ['two blanks', 'a  1\n# EOF\n'],
    ['a leading blank', ' a 1\n# EOF\n'],
    ['a trailing comma', 'a{x="1",} 1\n# EOF\n'],
    ['blanks inside braces', 'a{ x="1"} 1\n# EOF\n'],
    ['no blank before the value', 'a{x="1"}1\n# EOF\n'],
    ['a line behind # EOF', '# EOF\na 1\n'],
    ['a type it does not know', '# TYPE a meh\n# EOF\n'],
    ['a unit that the name does not end with', '# UNIT a seconds\n# EOF\n'],
    ['a timestamp that is no instant', 'a 1 NaN\n# EOF\n'],
    ['an exemplar of nothing', 'a_total 1 #\n# EOF\n'],
    ['an exemplar that is too long', `a_total 1 # {x="${'y'.repeat(128)}"} 1\n# EOF\n`],
  ])('refuses %s', (_, text) => {
    expect(linesOf(text, 'openmetrics')).toBe('syntax');
  });

  test('timestamps are seconds on the wire and epoch ms here', () => {
    expect(answerOf('a 1 1520879607.789\n# EOF\n', 'openmetrics').timestamps).toEqual(
      Float64Array.of(1520879607.789 * 1000),
    );
  });

  test('a body cut at any byte is refused', () => {
    const whole = '# TYPE a counter\na_total{x="1"} 12 3.5 # {y="2"} 1\n# EOF';
    for (let length = 0; length < whole.length; length++) {
      expect(failureOf(whole.slice(0, length), 'openmetrics')).toMatchObject({ kind: 'truncated' });
    }
    expect(failureOf(whole, 'openmetrics')).toBeNull();
  });
});

describe('kinds', () => {
  test('a line has the kind of the family it belongs to', () => {
    const { series } = answerOf(
      [
        '# TYPE c_total counter\nc_total 1',
        '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1',
        '# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 1\ns_count 1',
        '# TYPE u untyped\nu 1',
        'h_extra 1\nnone 1',
        '# TYPE g_count gauge\n# TYPE g summary\ng_count 1',
        '',
      ].join('\n'),
    );
    expect(series.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'c_total counter',
      'h_bucket histogram',
      'h_sum histogram',
      'h_count histogram',
      's summary',
      's_sum summary',
      's_count summary',
      'u unknown',
      'h_extra unknown',
      'none unknown',
      'g_count gauge',
    ]);
  });

  test('OpenMetrics names a counter without _total and an info without _info', () => {
    const { series, warnings } = answerOf(
      '# TYPE c counter\nc_total 1\nc_created 5\n# TYPE i info\ni_info{v="1"} 1\n# TYPE s stateset\ns{s="on"} 1\n# EOF\n',
      'openmetrics',
    );
    expect(series.map(({ kind }) => kind)).toEqual(['counter', 'counter', 'info', 'stateset']);
    expect(warnings).toEqual([]);
  });
});
