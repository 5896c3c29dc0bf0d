import { describe, expect, it } from 'vitest';
import { besideShown, firstShown, ledgerExport, strataExport, widened } from '#renderer/pages/updates/update-rows.ts';
import { changePercent, changeWords, gradeWords, isOfKind } from '#renderer/pages/updates/update-words.ts';
import type { LedgerRow, UpdateAnswer, UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import { epochMs } from '#shared/time/instant.ts';

const AT = epochMs(Date.UTC(2026, 10, 9, 10, 5));

function summary(id: string, more: Partial<UpdateSummary> = {}): UpdateSummary {
  return {
    change: {
      id,
      deployment: { model: 'gpt-oss-120b', pool: 'chat' },
      fields: [{ field: 'version', from: '0.11.2', to: '0.12.0' }],
      firstAt: AT,
      lastAt: AT,
      source: 'detected',
      note: null,
      isBundle: false,
      replicasChanged: 2,
      replicasKept: 0,
    },
    verdict: 'saving',
    grade: 'C',
    design: 'before-after',
    effect: { change: -0.096, low: -0.102, high: -0.09, figure: figure(-0.096) },
    rawChange: -0.269,
    daysBefore: 14,
    daysAfter: 14,
    daysNeeded: 7,
    coverage: 0.94,
    coverageNeeded: 0.6,
    readyAt: null,
    notes: [],
    ...more,
  };
}

function figure(value: number): Figure {
  return {
    value,
    unit: 'GPU-h',
    absence: null,
    formula: '',
    working: '',
    parts: [],
    inputs: [],
    coverage: { observedSeconds: 0, expectedSeconds: 0 },
    powerBoundary: null,
    notes: [],
  };
}

const WEAK = { verdict: 'insufficient days', grade: 'D', effect: null } as const;

describe('the change that is shown first', () => {
  it('is the newest saving, else the newest with a number, else the newest', () => {
    const worse = summary('worse', { verdict: 'regression' });
    expect(firstShown([summary('weak', WEAK), worse, summary('good')])?.change.id).toBe('good');
    expect(firstShown([summary('weak', WEAK), worse])?.change.id).toBe('worse');
    expect(firstShown([summary('weak', WEAK)])?.change.id).toBe('weak');
    expect(firstShown([])).toBeNull();
  });

  it('stands beside what is not sure yet and what got worse', () => {
    const shown = summary('shown');
    const changes = [summary('other'), summary('worse', { verdict: 'regression' }), shown, summary('weak', WEAK)];
    expect(besideShown(changes, shown).map(({ change }) => change.id)).toEqual(['weak', 'worse']);
    expect(besideShown([shown, summary('other')], shown).map(({ change }) => change.id)).toEqual(['other']);
  });
});

describe('words of a change', () => {
  it.each([
    [-0.096, '−9.6 %'],
    [0.044, '+4.4 %'],
    [0.0001, '0.0 %'],
    [null, '–'],
  ])('%s reads %s', (change, text) => {
    expect(changePercent(change)).toBe(text);
  });

  it('name what differs, or what a person wrote', () => {
    const { change } = summary('a');
    expect(changeWords(change)).toBe('0.11.2 → 0.12.0');
    const driver = { field: 'driver', from: '575.57', to: null };
    expect(changeWords({ ...change, fields: [...change.fields, driver] })).toBe('0.11.2 → 0.12.0, driver 575.57 → ?');
    expect(changeWords({ ...change, source: 'mark', note: 'new weights' })).toBe('new weights');
  });

  it('sort it by kind', () => {
    const { change } = summary('a');
    expect(['all', 'engine', 'driver', 'settings', 'marked'].map((kind) => isOfKind(change, kind as 'all'))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('say what a grade rests on', () => {
    expect(gradeWords({ grade: 'B', design: 'control-pool' })).toBe('control pool');
    expect(gradeWords({ grade: 'D', design: 'before-after' })).toBe('evidence weak');
  });
});

describe('exports', () => {
  it('of the ledger have no amount where there is none', () => {
    const row: LedgerRow = {
      id: 'a',
      tag: 'released',
      tagNote: 'two nodes',
      freed: figure(10),
      value: figure(20),
      released: 20,
      absorbed: 0,
      stillIdle: 0,
      lost: 0,
    };
    const lines = [
      { row, summary: summary('a') },
      { row: { ...row, tag: null, tagNote: null, freed: null, value: null, released: 0 }, summary: summary('b', WEAK) },
    ];
    const { columns, rows } = ledgerExport(lines, 'UTC');
    expect(rows.every((cells) => cells.length === columns.length)).toBe(true);
    expect(rows[0]!.slice(9)).toEqual([10, 20, 0, 0, 0, 20, 'released', 'two nodes']);
    expect(rows[1]!.slice(9)).toEqual([null, null, null, null, null, null, '', '']);
  });

  it('of the strata have a cell for every column', () => {
    const side = { gpuSeconds: 1, weightedTokens: 2, windows: 3, days: 4, concurrencyPerGpu: null };
    const stratum = {
      sku: 'B200',
      loadFrom: 8,
      loadTo: 9.5,
      inputTokensFrom: 1024,
      outputTokensFrom: 256,
      cacheHitsFrom: null,
      powerClass: null,
      isSupported: true,
      before: side,
      after: side,
      counterfactual: 1,
    };
    const { columns, rows } = strataExport({ strata: [stratum] } as unknown as UpdateAnswer);
    expect(rows[0]).toHaveLength(columns.length);
    expect(rows[0]!.at(-1)).toBe(1);
  });
});

it('a short range is widened to sixty days that end where it ends', () => {
  const day = 86_400_000;
  expect(widened({ from: epochMs(AT - day), to: AT })).toEqual({ from: AT - 60 * day, to: AT });
  expect(widened({ from: epochMs(AT - 90 * day), to: AT })).toEqual({ from: AT - 90 * day, to: AT });
});
