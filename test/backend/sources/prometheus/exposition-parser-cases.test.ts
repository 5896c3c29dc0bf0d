import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import type { ExpositionFormat } from '#backend/sources/prometheus/series.ts';
import { describe, expect, test } from 'vitest';

const DATA = new URL('../../../../../shared/data/', import.meta.url);
const CASES = new URL('parser-cases/', DATA);

type ParserCase = {
  readonly file: string;
  readonly format: ExpositionFormat;
  readonly expected: 'valid' | 'invalid';
  readonly class?: 'syntax' | 'strict' | 'semantic';
  readonly sampleLines?: number;
};

function casesIn(folder: URL): readonly ParserCase[] {
  const table = new URL('cases.json', folder);
  if (!existsSync(table)) return [];
  const listed: unknown = JSON.parse(readFileSync(table, 'utf8'));
  return (Array.isArray(listed) ? listed : (listed as { cases: unknown }).cases) as ParserCase[];
}

const cases = casesIn(CASES);

function read({ file, format }: ParserCase, length?: number) {
  return createExpositionReader().read(readFileSync(new URL(file, CASES)).subarray(0, length), format);
}

describe.skipIf(cases.length === 0)('the published parser cases', () => {
  test('are all there', () => {
    expect(cases).toHaveLength(206);
  });

  test.each(cases.filter(({ expected }) => expected === 'valid'))(
    '$file is read, no sample lost or doubled',
    (parserCase) => {
      const answer = read(parserCase);
      expect(answer.ok ? null : answer.failure).toBeNull();
      if (!answer.ok) return;
      const { series, warnings } = answer.value;
      const duplicates = warnings.filter(({ kind }) => kind === 'duplicate').length;
      expect(series.length + duplicates).toBe(parserCase.sampleLines);
      expect(warnings.some(({ kind }) => kind === 'conflict')).toBe(false);
    },
  );

  test.each(cases.filter((parserCase) => parserCase.class === 'syntax'))('$file is refused', (parserCase) => {
    expect(read(parserCase).ok).toBe(false);
  });

  // Three letters of the specification that production parsers let pass: each is seen and warned of.
  test.each(cases.filter((parserCase) => parserCase.class === 'strict'))(
    '$file is refused or warned of',
    (parserCase) => {
      const answer = read(parserCase);
      expect(!answer.ok || answer.value.warnings.length > 0).toBe(true);
    },
  );

  test.each(cases.filter((parserCase) => parserCase.class === 'semantic'))('$file raises a warning', (parserCase) => {
    const answer = read(parserCase);
    expect(!answer.ok || answer.value.warnings.length > 0).toBe(true);
  });

  test.each(cases.filter(({ expected, format }) => expected === 'valid' && format === 'openmetrics'))(
    '$file cut at any byte before its end is refused',
    (parserCase) => {
      const body = readFileSync(new URL(parserCase.file, CASES));
      const lastByte = body.lastIndexOf('# EOF') + '# EOF'.length - 1;
      const accepted: number[] = [];
      for (let length = 0; length <= lastByte; length++) if (read(parserCase, length).ok) accepted.push(length);
      expect(accepted).toEqual([]);
    },
  );

  test.each(cases.filter(({ expected }) => expected === 'valid'))(
    '$file has the values that Number() reads',
    (parserCase) => {
      const answer = read(parserCase);
      if (!answer.ok) return;
      const tokens = readFileSync(new URL(parserCase.file, CASES), 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('#'))
        .map((line) => /(?:\}|^[^{"]*?)\s+(\S+)(?:\s+-?[\d.]+)?\s*(?: # \{.*)?$/.exec(line)?.[1] ?? line);
      const isWhole = answer.value.series.length === tokens.length;
      const expected = tokens.map((token) => Number(token.replace(/^([+-]?)Inf$/, '$1Infinity')));
      if (isWhole) expect([...answer.value.values.subarray(0, tokens.length)]).toEqual(expected);
    },
  );
});

const captures = ['exposition/', 'gpu/'].flatMap((folder) => {
  const place = new URL(folder, DATA);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((file) => file.endsWith('.prom') || (folder === 'exposition/' && file.endsWith('.txt')))
    .map((file) => ({ file, url: new URL(file, place) }));
});

describe.skipIf(captures.length === 0)('captures of real endpoints', () => {
  test.each(captures)('$file is read in full', ({ file, url }) => {
    const body = readFileSync(url);
    const answer = createExpositionReader().read(body, 'prometheus-text');
    if (file === 'vllm-v1-design-doc-llama31-8b-fragment.txt') {
      // The document that it comes from leaves lines out, and says so by a line of dots.
      expect(!answer.ok && answer.failure).toMatchObject({ kind: 'syntax', line: 4, excerpt: '...' });
      return;
    }
    const sampleLines = body
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(answer.ok && answer.value.series.length).toBe(sampleLines.length);
  });
});
