import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { checkFile } from './check-file.ts';
import { compareFigures } from './compare-figures.ts';
import { computeCase } from './kinds.ts';
import { readCases } from './read-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-golden-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A pool of 10 GPUs for 10 h at 2 USD: 200 USD for 10 M uncached and 2 M output tokens, weighted 10 + 10 = 20 M. */
const INPUT = {
  disaggregated: false,
  prefill_gpus: 4,
  decode_gpus: 6,
  window_hours: 10,
  rate_usd_per_gpu_h: 2,
  tokens_input_uncached: 10e6,
  tokens_input_cached: 0,
  tokens_output: 2e6,
  weights: { input: 1, cached: 0.1, output: 5 },
  it_energy_kwh: 100,
  pue: 1.5,
  provisioned_kw_per_gpu: 2,
  loaded_idle_kw_per_gpu: 0.5,
  tariff_usd_per_kwh: 0.2,
};
/** 200 USD / 12 Mtok; 200 / 2; half and half; the whole bill counted for input and again for output. */
const EXPECTED = {
  ix_cpm_total: 200 / 12,
  ix_cpm_output: 100,
  cost_split_input: 100,
  cost_split_output: 100,
  cost_split_cached: 0,
  ix_recombined_over_cost: 2,
};
const GOOD = { id: 'token_split', input: INPUT, expected: EXPECTED };

function fileOf(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('the golden runner as a program', () => {
  const run = (...paths: readonly string[]) => {
    const program = fileURLToPath(new URL('../run.ts', import.meta.url));
    const env = { ...process.env, INIT_CWD: folder };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...paths], { encoding: 'utf8', env });
    return { status, text: stdout + stderr };
  };
  const good = fileOf('good.json', { cases: [GOOD] });
  const wrong = fileOf('wrong.json', { cases: [{ ...GOOD, expected: { ...EXPECTED, ix_cpm_output: 100.001 } }] });

  it('ends with 0 when every figure of a file, named from where npm was called, is as expected', () => {
    const { status, text } = run('good.json');
    expect(text).toMatch(/ix_cpm_output +100 +100 /);
    expect(text).toContain('1 case, all as expected');
    expect(status).toBe(0);
  });

  it('ends with 1 when one figure of one file differs, and names it', () => {
    const { status, text } = run(good, wrong);
    expect(text).toMatch(/ix_cpm_output +100 +100.001 +1.0e-5 +DIFFERS/);
    expect(status).toBe(1);
  });

  it('ends with 1 when it is given no file, and says how', () => {
    const { status, text } = run();
    expect(text).toContain('npm run -s golden -- FILE');
    expect(status).toBe(1);
  });
});

describe('a file is not good', () => {
  it.each([
    ['that is not there', join(folder, 'missing.json')],
    ['that is no JSON', fileOf('broken.json', '{')],
    ['that holds no cases', fileOf('empty.json', { cases: [] })],
    ['with a case of an unknown kind', fileOf('unknown.json', { id: 'weather', input: { a: 1 }, expected: { b: 2 } })],
    ['with a case that expects nothing', fileOf('nothing.json', { ...GOOD, expected: {} })],
  ])('%s', (_, path) => {
    expect(checkFile(path).isGood).toBe(false);
  });
});

describe('cases', () => {
  it('are read from an object, a list, or one by itself', () => {
    for (const content of [{ cases: [GOOD], note: 'and more' }, [GOOD], GOOD]) {
      const read = readCases(JSON.stringify(content));
      expect(read.ok && read.value.map((one) => one.id)).toEqual(['token_split']);
    }
  });

  it.each([
    ['its id', { id: 'token_split' }],
    ['an id with more around it', { id: 'night: token-split 2' }],
    ['a kind beside any id', { id: 'night', kind: 'TokenSplit' }],
    ['nothing but its inputs', { id: 'night' }],
  ])('are known by %s', (_, name) => {
    const computed = computeCase({ ...GOOD, ...name });
    expect(computed.ok && computed.value.kind).toBe('token_split');
  });

  it('fail when they name a kind that is none, or lack an input', () => {
    expect(computeCase({ ...GOOD, kind: 'weather' })).toMatchObject({ ok: false });
    const { pue: _, ...lacking } = INPUT;
    const failed = computeCase({ ...GOOD, input: lacking });
    expect(failed.ok ? '' : failed.failure).toContain('pue');
  });
});

describe('a figure is as expected', () => {
  const outcomeOf = (computed: unknown, expected: unknown, name = 'x') =>
    compareFigures({ [name]: computed }, { [name]: expected })[0]!.outcome;

  it.each([
    ['within a millionth', 1.0000009, 1, 'same'],
    ['not beyond', 1.0000011, 1, 'DIFFERS'],
    ['where zero is what rounding left', 1e-15, 0, 'same'],
    ['not where zero is not zero', 1e-9, 0, 'DIFFERS'],
    ['when both are absent', null, null, 'same'],
    ['not when absent beside zero', null, 0, 'DIFFERS'],
    ['not when it is not worked out at all', undefined, 1, 'DIFFERS'],
    ['when lists hold the same', [3, 2], [3, 2], 'same'],
    ['not in another order', [3, 2], [2, 3], 'DIFFERS'],
    ['not with more at the end', [3, 2, 1], [3, 2], 'DIFFERS'],
    ['not when a whole number in a list is nearly so', [3.0000001], [3], 'DIFFERS'],
  ])('%s', (_, computed, expected, outcome) => {
    expect(outcomeOf(computed, expected)).toBe(outcome);
  });

  it('when a verdict is spelled another way, and no other word is', () => {
    expect(outcomeOf('no material change', 'no_material_change', 'verdict')).toBe('same');
    expect(outcomeOf('saving', 'regression', 'verdict')).toBe('DIFFERS');
    expect(outcomeOf('a b', 'a_b', 'name')).toBe('DIFFERS');
  });

  it('and shown, not judged, where the case does not ask for it', () => {
    expect(compareFigures({ a: 1, b: 2 }, { a: 1 }).map(({ outcome }) => outcome)).toEqual(['same', 'not asked']);
  });
});

const SHARED = fileURLToPath(new URL('../../../../shared/data/benchmarks/worked_oracles.json', import.meta.url));

describe.skipIf(!existsSync(SHARED))('the shared file of worked cases', () => {
  it('is worked out as it expects, every figure of every kind', () => {
    const { lines, isGood } = checkFile(SHARED);
    expect(lines.filter((line) => line.includes('DIFFERS'))).toEqual([]);
    expect(lines.at(-1)).toContain('5 cases, all as expected');
    expect(isGood).toBe(true);
  });
});
