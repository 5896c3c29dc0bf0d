import { readFileSync } from 'node:fs';
import { tableText } from '#electron/hosts/cli/text-table.ts';
import { fail, type Result } from '#shared/lib/result.ts';
import { compareFigures, type Comparison } from './compare-figures.ts';
import { computeCase } from './kinds.ts';
import { readCases, type GoldenCase } from './read-cases.ts';

/** What checking a file, or one case of it, came to: lines for people, and whether all of it agreed. */
export type Outcome = { readonly lines: readonly string[]; readonly isGood: boolean };

/** Works out every case of a file and sets each figure beside the expected one. */
export function checkFile(path: string): Outcome {
  const read = readFile(path);
  if (!read.ok) return { lines: [`${path}: ${read.failure}`], isGood: false };
  const outcomes = read.value.map(checkCase);
  const bad = outcomes.filter((outcome) => !outcome.isGood).length;
  const count = `${outcomes.length} case${outcomes.length === 1 ? '' : 's'}`;
  return {
    lines: [
      ...outcomes.flatMap((outcome) => [...outcome.lines, '']),
      bad === 0 ? `${path}: ${count}, all as expected` : `${path}: ${count}, ${bad} NOT as expected`,
    ],
    isGood: bad === 0,
  };
}

function readFile(path: string): Result<readonly GoldenCase[], string> {
  try {
    return readCases(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function checkCase(one: GoldenCase): Outcome {
  const computed = computeCase(one);
  if (!computed.ok) return { lines: [`${one.id}: ${computed.failure}`], isGood: false };
  const { kind, figures } = computed.value;
  const comparisons = compareFigures(figures, one.expected);
  const compared = comparisons.filter((comparison) => comparison.outcome !== 'not asked');
  const title = one.id === kind ? kind : `${one.id} (${kind})`;
  if (compared.length === 0) return { lines: [`${title}: the case expects nothing`], isGood: false };
  const differing = compared.filter((comparison) => comparison.outcome !== 'same');
  return {
    lines: [
      `${title}: ${compared.length - differing.length} of ${compared.length} figures as expected`,
      tableText([['  figure', 'computed', 'expected', 'relative difference', ''], ...comparisons.map(rowOf)]),
    ],
    isGood: differing.length === 0,
  };
}

function rowOf({ name, computed, expected, difference, outcome }: Comparison): string[] {
  const shown = difference === null ? '' : difference.toExponential(1);
  return [`  ${name}`, textOf(computed), textOf(expected), shown, outcome === 'same' ? '' : outcome];
}

function textOf(value: unknown): string {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
