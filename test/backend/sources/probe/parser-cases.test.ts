import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { probe } from '#backend/sources/probe/probe.ts';

const FOLDER = join(import.meta.dirname, '../../../../../shared/data/parser-cases');

type ParserCase = {
  readonly file: string;
  readonly format: 'prometheus-text' | 'openmetrics';
  readonly expected: 'valid' | 'invalid';
  readonly class?: 'syntax' | 'strict' | 'semantic';
  readonly sampleLines?: number;
};

const cases = existsSync(FOLDER)
  ? (JSON.parse(readFileSync(join(FOLDER, 'cases.json'), 'utf8')) as readonly ParserCase[])
  : [];
const valid = cases.filter(({ expected }) => expected === 'valid');
const refused = cases.filter((parserCase) => parserCase.class === 'syntax');
const odd = cases.filter((parserCase) => parserCase.class === 'strict' || parserCase.class === 'semantic');

/** Lines that are neither blank nor comment, whatever they hold. */
function sampleLinesIn(path: string): number {
  const lines = readFileSync(path, 'latin1').split('\n');
  return lines.filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#')).length;
}

const read = async (file: string) => (await probe(join(FOLDER, file), { clock: systemClock, format: null })).answer;

describe.skipIf(cases.length === 0)('a probe of the published parser cases (data: ../shared/data)', () => {
  it.each(valid)('$file is read by the grammar of its ending, every sample of it', async ({ file, ...parserCase }) => {
    expect(await read(file)).toMatchObject({ valid: true, format: parserCase.format, samples: parserCase.sampleLines });
  });

  it.each(refused)('$file is not valid, and the line is named', async ({ file, format }) => {
    const found = await read(file);
    expect(found).toMatchObject({ valid: false, format });
    expect(found.problems[0]?.line).toEqual(expect.any(Number));
    expect(found.samples).toBeLessThanOrEqual(sampleLinesIn(join(FOLDER, file)));
  });

  it.each(odd)('$file is not valid, or valid with a problem', async ({ file, format }) => {
    const found = await read(file);
    expect(found.format).toBe(format);
    expect(found.valid && found.problems.length === 0).toBe(false);
  });

  // None of these is an engine's: whatever is wrong in them moves no total.
  it.each(cases.filter(({ file }) => !file.startsWith('gpu-exporter-outputs/')))(
    '$file holds no tokens',
    async ({ file }) => {
      expect(await read(file)).toMatchObject({ tokens: null, requests: null, gpus: [], engine: null });
    },
  );
});
