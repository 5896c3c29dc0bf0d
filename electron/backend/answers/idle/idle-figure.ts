import type { Coverage, Figure, FigureInput } from '#shared/model/figure.ts';

/** What a figure of idle capacity says; what it leaves out is empty. */
type Draft = Pick<Figure, 'value' | 'unit' | 'formula' | 'working'> &
  Partial<Pick<Figure, 'absence' | 'parts' | 'inputs' | 'powerBoundary' | 'notes'>>;

export function idleFigure(draft: Draft, coverage: Coverage): Figure {
  const absence = draft.value === null ? (draft.absence ?? 'no-price') : null;
  return { parts: [], inputs: [], powerBoundary: null, notes: [], ...draft, absence, coverage };
}

export function measured(label: string, value: number | null, unit: FigureInput['unit'], source: string): FigureInput {
  return { label, value, unit, source, quality: 'measured' };
}

export function inputOf(
  label: string,
  value: number | null,
  unit: FigureInput['unit'],
  known: Pick<FigureInput, 'source' | 'quality'>,
): FigureInput {
  return { label, value, unit, ...known };
}
