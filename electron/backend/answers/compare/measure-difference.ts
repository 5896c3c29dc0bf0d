import type { ComparedMeasure, ComparedSide } from '#shared/contract/snapshot-comparison-schema.ts';
import { differenceOf } from '#shared/cost/difference.ts';
import type { Figure, FigureInput, FigurePart } from '#shared/model/figure.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import type { Measure } from './fleet-measures.ts';

export type MeasuredSide = ComparedSide & { readonly measures: readonly Measure[] };

/** A measure of both sides and what lies between them. */
export function comparedMeasure(measure: Measure, first: MeasuredSide, second: MeasuredSide): ComparedMeasure[] {
  const { key, label } = measure;
  const other = second.measures.find((one) => one.key === key);
  if (other === undefined) return [];
  const { absolute, relative } = differenceOf(measure.figure.value, other.figure.value);
  const isShare = measure.figure.unit === 'ratio';
  return [
    {
      key,
      label,
      first: measure.figure,
      second: other.figure,
      difference: differenceFigure({ absolute, was: measure.figure, is: other.figure }, first, second),
      relative: isShare ? null : relative,
      reason: reasonOf({ absolute, relative, isShare }, [measure.figure, other.figure]),
    },
  ];
}

function reasonOf(
  { absolute, relative, isShare }: { absolute: number | null; relative: number | null; isShare: boolean },
  [was, is]: readonly [Figure, Figure],
): string | null {
  if (absolute === null) {
    if (was.value !== null) return 'not known on the second side';
    return is.value === null ? 'not known on either side' : 'not known on the first side';
  }
  if (isShare) return 'shares are compared in percentage points';
  return relative === null ? 'the first side is zero' : null;
}

function differenceFigure(
  { absolute, was, is }: { readonly absolute: number | null; readonly was: Figure; readonly is: Figure },
  first: MeasuredSide,
  second: MeasuredSide,
): Figure {
  const text = (value: number | null): string => formatWithUnit(value, was.unit);
  return {
    value: absolute,
    unit: was.unit,
    absence: absolute === null ? (was.absence ?? is.absence) : null,
    formula: 'second side − first side',
    working: absolute === null ? '–' : `${text(is.value)} − ${text(was.value)} = ${text(absolute)}`,
    parts: absolute === null ? [] : changedParts(was.parts, is.parts),
    inputs: [inputOf('First side', was, first), inputOf('Second side', is, second)],
    coverage: {
      observedSeconds: was.coverage.observedSeconds + is.coverage.observedSeconds,
      expectedSeconds: was.coverage.expectedSeconds + is.coverage.expectedSeconds,
    },
    powerBoundary: was.powerBoundary === is.powerBoundary ? is.powerBoundary : null,
    notes: [
      ...boundaryNotes(was, is),
      ...was.notes.map((note) => `First side: ${note}`),
      ...is.notes.map((note) => `Second side: ${note}`),
    ],
  };
}

function boundaryNotes(was: Figure, is: Figure): string[] {
  if (was.powerBoundary === is.powerBoundary) return [];
  const words = (figure: Figure): string => figure.powerBoundary ?? 'no energy';
  return [`The energy of the sides does not cover the same. First: ${words(was)}. Second: ${words(is)}.`];
}

/** Parts of either side: what one of them lacks is its whole difference, so that parts add to the total. */
function changedParts(was: readonly FigurePart[], is: readonly FigurePart[]): FigurePart[] {
  const parts = new Map([...was, ...is].map((part) => [part.key, part]));
  const valueIn = (list: readonly FigurePart[], key: string): number => list.find((one) => one.key === key)?.value ?? 0;
  return [...parts.values()].map((part) => ({
    ...part,
    value: differenceOf(valueIn(was, part.key), valueIn(is, part.key)).absolute ?? 0,
  }));
}

function inputOf(label: string, { value, unit }: Figure, { name, window }: ComparedSide): FigureInput {
  const source = `${name}, ${formatInstant(window.from, 'UTC')} to ${formatInstant(window.to, 'UTC')}`;
  return { label, value, unit, source, quality: 'measured' };
}
