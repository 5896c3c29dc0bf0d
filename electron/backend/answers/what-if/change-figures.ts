import { COST_PARTS } from '#shared/contract/backend-api.ts';
import type { WhatIf } from '#shared/contract/what-if-schema.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import { costParts, PART_LABELS } from '../cost-parts.ts';
import { dollars } from '../figure-text.ts';
import type { PricedGroup } from '../priced-group.ts';
import { knownCost } from '../unit-cost.ts';

/** A figure of the scenario: an estimate wherever the fleet was changed, and it says what was assumed. */
export function imagined(
  figure: Figure,
  { assumptions, isEstimate }: Pick<WhatIf, 'assumptions' | 'isEstimate'>,
): Figure {
  const inputs = figure.inputs.map((input): FigureInput =>
    isEstimate && input.quality === 'measured' ? { ...input, quality: 'estimated' } : input,
  );
  return { ...figure, inputs, notes: [...assumptions.map((text) => `What if: ${text}`), ...figure.notes] };
}

/** would - was, with the difference of each part. */
export function changeFigure(was: Figure, would: Figure): Figure {
  const value = was.value === null || would.value === null ? null : would.value - was.value;
  const input = (label: string, figure: Figure): FigureInput => ({
    label,
    value: figure.value,
    unit: figure.unit,
    source: figure.working === '' ? figure.formula : figure.working,
    quality: 'estimated',
  });
  return {
    value,
    unit: was.unit,
    absence: value === null ? (was.absence ?? would.absence) : null,
    formula: 'what it would have been − what it was',
    working: value === null ? '–' : `${amountText(would)} − ${amountText(was)} = ${signed(value, was.unit)}`,
    parts: value === null ? [] : changedParts(was, would),
    inputs: [{ ...input('As it was', was), quality: 'measured' }, input('As it would have been', would)],
    coverage: was.coverage,
    powerBoundary: would.powerBoundary,
    notes: would.notes,
  };
}

function changedParts(was: Figure, would: Figure): Figure['parts'] {
  return would.parts.map((part) => {
    const before = was.parts.find(({ key }) => key === part.key)?.value ?? 0;
    return { ...part, value: part.value - before };
  });
}

function amountText({ value, unit }: Figure): string {
  return value === null ? '–' : signed(value, unit);
}

function signed(value: number, unit: Figure['unit']): string {
  const text = unit === 'USD' ? dollars(Math.abs(value)) : `${Number(Math.abs(value).toPrecision(6))} $/Mtok`;
  return value < 0 ? `−${text}` : text;
}

/** The parts of what a window cost, side by side. */
export function partsBeside(was: PricedGroup, would: PricedGroup): WhatIf['parts'] {
  const partsOf = (group: PricedGroup) => (knownCost('loaded', group).value === null ? null : costParts(group));
  const [before, after] = [partsOf(was), partsOf(would)];
  return COST_PARTS.map((key) => ({
    key,
    label: PART_LABELS[key],
    was: before?.[key] ?? null,
    would: after?.[key] ?? null,
  }));
}
