import type { ExportTable } from '#renderer/components/csv-text.ts';
import type { WhatIf } from '#shared/contract/what-if-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';

export type BarPart = { readonly key: string; readonly width: number };

/** Parts of both sides as widths of one scale, 0 to 1: the wider side fills it. */
export function barsOf({ parts }: WhatIf): { readonly was: readonly BarPart[]; readonly would: readonly BarPart[] } {
  const sumOf = (side: 'was' | 'would'): number => parts.reduce((sum, part) => sum + Math.max(0, part[side] ?? 0), 0);
  const scale = Math.max(sumOf('was'), sumOf('would'));
  const bar = (side: 'was' | 'would'): readonly BarPart[] =>
    parts
      .map((part) => ({ key: part.key, width: scale > 0 ? Math.max(0, part[side] ?? 0) / scale : 0 }))
      .filter((part) => part.width > 0);
  return { was: bar('was'), would: bar('would') };
}

/** A lever's bar on a scale with zero inside: where it begins and how wide it is, 0 to 1. */
export type StepBar = {
  readonly label: string;
  readonly change: number | null;
  readonly figure: Figure;
  readonly left: number;
  readonly width: number;
};

export type StepBars = { readonly zero: number; readonly bars: readonly StepBar[] };

/** Levers as bars to the left and right of one zero. */
export function stepBarsOf({ steps }: WhatIf): StepBars {
  const changes = steps.map((step) => step.change.value ?? 0);
  const least = Math.min(0, ...changes);
  const most = Math.max(0, ...changes);
  const scale = most - least;
  const zero = scale > 0 ? -least / scale : 0;
  const bars = steps.map(({ label, change: figure }) => {
    const change = figure.value;
    const size = scale > 0 ? Math.abs(change ?? 0) / scale : 0;
    return { label, change, figure, left: (change ?? 0) < 0 ? zero - size : zero, width: size };
  });
  return { zero, bars };
}

/** Less where something costs less: null where one of the two is not known. */
export function differenceOf({
  was,
  would,
}: {
  readonly was: number | null;
  readonly would: number | null;
}): number | null {
  return was === null || would === null ? null : would - was;
}

const DOLLARS = { unit: 'USD' } as const;

/** The parts as they are shown, with their total. */
export function partsExport({ parts, was, would }: WhatIf): ExportTable {
  const total = { label: 'Total', was: was.spend.value, would: would.spend.value };
  return {
    columns: [
      { head: 'Part' },
      { head: 'As it was', ...DOLLARS },
      { head: 'What if', ...DOLLARS },
      { head: 'Difference', ...DOLLARS },
    ],
    rows: [...parts, total].map((line) => [line.label, line.was, line.would, differenceOf(line)]),
  };
}

/** The models as they are shown, with their total. */
export function rowsExport(answer: WhatIf, basis: TokenBasis): ExportTable {
  const perToken = { unit: `USD per million ${basis} tokens` };
  const { was, would } = answer;
  const total = { label: 'Total', was: was.spend, would: would.spend, costWas: was.cost, costWould: would.cost };
  return {
    columns: [
      { head: 'Model' },
      { head: 'As it was', ...DOLLARS },
      { head: 'What if', ...DOLLARS },
      { head: 'Difference', ...DOLLARS },
      { head: 'Cost as it was', ...perToken },
      { head: 'Cost what if', ...perToken },
    ],
    rows: [...answer.rows, total].map((row) => [
      row.label,
      row.was.value,
      row.would.value,
      differenceOf({ was: row.was.value, would: row.would.value }),
      row.costWas.value,
      row.costWould.value,
    ]),
  };
}
