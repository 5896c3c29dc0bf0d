import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baseNameOf } from '#backend/reports/report-name.ts';
import { writeReport, type WriteAsk, type WriteProgress } from '#backend/reports/write-report.ts';
import { madeUpReport } from './made-up-report.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwatt-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(change: Partial<WriteAsk> = {}, models = 5) {
  const focus = () => Promise.reject(new Error('no test here asks for FOCUS'));
  const ask = { formats: ['xlsx', 'csv', 'json'] as const, focus, folder, overwrites: false, onProgress: () => {} };
  return writeReport(madeUpReport(models), { ...ask, signal: new AbortController().signal, ...change });
}

describe('writing a report', () => {
  it('gives every format its files, whole, readable by their owner, with their hashes', async () => {
    const steps: WriteProgress[] = [];
    const written = await write({ onProgress: (progress) => steps.push(progress) });
    const files = written.ok ? written.value : [];
    expect(files.map(({ name }) => name)).toEqual([
      'my-fleet-2026-10-provisional.xlsx',
      'my-fleet-2026-10-provisional-csv/01-models.csv',
      'my-fleet-2026-10-provisional.json',
    ]);
    for (const { name, bytes, sha256 } of files) {
      const text = readFileSync(join(folder, name));
      expect(text.length).toBe(bytes);
      expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
    }
    expect(readdirSync(folder).toSorted()).toEqual([
      'my-fleet-2026-10-provisional-csv',
      'my-fleet-2026-10-provisional.json',
      'my-fleet-2026-10-provisional.xlsx',
    ]);
    expect(steps.at(0)).toEqual({ step: 'writing xlsx', share: 0 });
    expect(steps.at(-1)).toEqual({ step: 'done', share: 1 });
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const stop = new AbortController();
    const written = await write(
      { signal: stop.signal, onProgress: ({ step }) => (step === 'writing csv' ? stop.abort() : undefined) },
      5000,
    );
    expect(written).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not touch what is there unless it may, and then replaces it whole', async () => {
    const path = join(folder, 'my-fleet-2026-10-provisional.json');
    writeFileSync(path, 'mine');
    expect(await write()).toMatchObject({ ok: false, failure: { kind: 'exists' } });
    expect(readdirSync(folder)).toEqual(['my-fleet-2026-10-provisional.json']);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect((await write({ overwrites: true })).ok).toBe(true);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ format: 'tokenwatt-report-1' });
  });

  it('replaces a link instead of following it, and refuses a folder that is one', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'target'), 'theirs');
    symlinkSync(join(other, 'target'), join(folder, 'my-fleet-2026-10-provisional.xlsx'));
    expect((await write({ overwrites: true, formats: ['xlsx'] })).ok).toBe(true);
    expect(readFileSync(join(other, 'target'), 'utf8')).toBe('theirs');
    symlinkSync(other, join(folder, 'my-fleet-2026-10-provisional-csv'));
    expect(await write({ overwrites: true, formats: ['csv'] })).toMatchObject({ failure: { kind: 'exists' } });
    expect(existsSync(join(other, '01-models.csv'))).toBe(false);
  });

  it('says why a folder cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await write({ folder: join(file, 'inside') })).toMatchObject({ ok: false, failure: { kind: 'failed' } });
    chmodSync(file, 0o400);
  });

  it('lets two exports into one folder, one after the other, both whole', async () => {
    const [one, other] = await Promise.all([write({ overwrites: true }), write({ overwrites: true })]);
    expect([one.ok, other.ok]).toEqual([true, true]);
    expect(readdirSync(folder)).toHaveLength(3);
  });
});

describe('the name of a report', () => {
  it('says whose it is, which month, and whether it is final', () => {
    const nameOf = (change: object) => baseNameOf(madeUpReport(1, change));
    expect(nameOf({ state: 'closed' })).toBe('my-fleet-2026-10');
    expect(nameOf({ state: 'open', scope: 'model llama/70B' })).toBe('my-fleet-model-llama-70b-2026-10-open');
    expect(nameOf({ month: null, state: 'closed' })).toBe('my-fleet-2026-10-01-to-2026-10-31');
  });

  it.each([
    ['../../etc/passwd', 'etc-passwd-2026-10'],
    ['CON', 'fleet-con-2026-10'],
    ['עברית', 'fleet-2026-10'],
    ['Zürich =1+1 | rm -rf', 'zurich-1-1-rm-rf-2026-10'],
    ['x'.repeat(300), `${'x'.repeat(40)}-2026-10`],
  ])('of a fleet called %s is safe', (fleet, name) => {
    expect(baseNameOf(madeUpReport(1, { fleet, state: 'closed' }))).toBe(name);
  });
});
