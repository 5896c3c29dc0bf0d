import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Figures } from './compare-figures.ts';
import { fullyLoadedCost } from './fully-loaded-cost.ts';
import { idleWaste } from './idle-waste.ts';
import type { Kind } from './kind.ts';
import { monthlyReport } from './monthly-report.ts';
import type { GoldenCase } from './read-cases.ts';
import { softwareSavings } from './software-savings.ts';
import { tokenSplit } from './token-split.ts';

const KINDS: readonly Kind[] = [fullyLoadedCost, tokenSplit, softwareSavings, idleWaste, monthlyReport];

type Computed = { readonly kind: string; readonly figures: Figures };

/**
 * Works a case out. Its kind is the one it names in `kind`, else the one its id holds (`idle_waste_2`), else the only one
 * whose inputs it has.
 */
export function computeCase({ id, kind, input }: GoldenCase): Result<Computed, string> {
  const named = kind === undefined ? kindIn(id) : kindIn(kind);
  if (named === null && kind !== undefined) return fail(`there is no kind ${kind}; ${namesOfKinds()}`);
  const found = named ?? kindOfInput(input);
  if (found === null) return fail(`of no known kind; ${namesOfKinds()}`);
  const computed = found.compute(input);
  return computed.ok ? succeed({ kind: found.name, figures: computed.value }) : computed;
}

function namesOfKinds(): string {
  return `kinds are ${KINDS.map((kind) => kind.name).join(', ')}`;
}

function kindIn(text: string): Kind | null {
  const words = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_');
  return KINDS.find((kind) => words.includes(kind.name)) ?? null;
}

function kindOfInput(input: Figures): Kind | null {
  const fitting = KINDS.filter((kind) => kind.schema.safeParse(input).success);
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}
