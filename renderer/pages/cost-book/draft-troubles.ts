import { costBookSchema } from '#shared/contract/cost-book-schema.ts';
import { troubleOfCostBook } from '#shared/cost/check-cost-book.ts';
import { PRICE_PLACES, wordsOf } from '#shared/cost/matching-price.ts';
import type { CostBookRevision, TariffPeriod } from '#shared/model/cost-book.ts';
import type { Draft } from './cost-book-draft.ts';

/**
 * What keeps a draft from being saved: by the place of the field, such as `0.hardware.2.terms.capexUsd`, a sentence that
 * stands at it. Pure.
 */
export type Troubles = ReadonlyMap<string, string>;

export function troublesOf(draft: Draft): Troubles {
  const checked = costBookSchema.safeParse({ revisions: draft });
  const issues = checked.success ? [] : checked.error.issues;
  const found = new Map<string, string>();
  for (const issue of issues) {
    const path = issue.path.slice(1).join('.');
    if (!found.has(path)) found.set(path, path.endsWith('.since') ? NO_DAY : sentenceOf(issue));
  }
  draft.forEach((revision, index) => {
    for (const [path, sentence] of crossTroubles(revision)) found.set(`${index}.${path}`, sentence);
  });
  // What only the whole book shows; where a field says it already, it is not said twice.
  const whole = checked.success && found.size === 0 ? troubleOfCostBook({ revisions: draft }) : null;
  if (whole !== null) found.set('book', whole);
  return found;
}

export const SECTIONS = ['hardware', 'electricity', 'tokens', 'service-levels', 'currencies'] as const;

export type SectionName = (typeof SECTIONS)[number];

const SECTION_OF: Readonly<Record<string, SectionName>> = {
  hardware: 'hardware',
  energy: 'electricity',
  siteEnergy: 'electricity',
  weights: 'tokens',
  modelWeights: 'tokens',
  tokenPrices: 'tokens',
  serviceLevels: 'service-levels',
  currencies: 'currencies',
};

/** How many fields of a section of a revision keep it from being saved. */
export function troublesInSection(troubles: Troubles, index: number, section: SectionName): number {
  return [...troubles.keys()].filter((path) => {
    const [revision, list] = path.split('.');
    return revision === String(index) && SECTION_OF[list ?? ''] === section;
  }).length;
}

/** How many fields of a revision keep it from being saved. */
export function troublesInRevision(troubles: Troubles, index: number): number {
  return [...troubles.keys()].filter((path) => path.startsWith(`${index}.`)).length;
}

/** Where the first trouble stands, so that one press leads to it; null where it is of the book as a whole. */
export function placeOfFirst(troubles: Troubles): { readonly index: number; readonly section: SectionName } | null {
  for (const path of troubles.keys()) {
    const [index = '', list = ''] = path.split('.');
    const section = SECTION_OF[list];
    if (section !== undefined) return { index: Number(index), section };
  }
  return null;
}

const NO_DAY = 'A day reads 2026-08-14.';

type Issue = {
  readonly code?: string | undefined;
  readonly message: string;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly origin?: unknown;
  readonly inclusive?: unknown;
};

function sentenceOf(issue: Issue): string {
  const isText = issue.origin === 'string';
  if (issue.code === 'too_small') {
    if (isText) return 'Write something here.';
    return issue.inclusive === false ? `More than ${String(issue.minimum)}.` : `At least ${String(issue.minimum)}.`;
  }
  if (issue.code === 'too_big') {
    if (isText) return `At most ${String(issue.maximum)} letters.`;
    return issue.origin === 'array' ? 'Too many of them.' : `At most ${String(issue.maximum)}.`;
  }
  if (issue.code === 'invalid_type') return 'Enter a number.';
  return `${issue.message.slice(0, 1).toUpperCase()}${issue.message.slice(1)}.`;
}

/** What one field alone cannot show: repeated names, currencies without a rate, a residual above the price. */
function crossTroubles(revision: CostBookRevision): (readonly [path: string, sentence: string])[] {
  const currencies = new Set(['USD', ...revision.currencies.map((rate) => rate.currency)]);
  const noRate = (currency: string): string => `${currency} has no rate: add it under Currencies.`;
  const energies = [
    { path: 'energy', energy: revision.energy },
    ...revision.siteEnergy.map(({ energy }, index) => ({ path: `siteEnergy.${index}.energy`, energy })),
  ];
  return [
    ...revision.hardware.flatMap(({ terms }, index) =>
      terms.kind === 'owned' && terms.residualUsd > terms.capexUsd
        ? [[`hardware.${index}.terms.residualUsd`, 'Not above the price.'] as const]
        : [],
    ),
    ...revision.hardware.flatMap(({ currency }, index) =>
      currencies.has(currency) ? [] : [[`hardware.${index}.currency`, noRate(currency)] as const],
    ),
    ...energies.flatMap(({ path, energy }) =>
      currencies.has(energy.currency) ? [] : [[`${path}.currency`, noRate(energy.currency)] as const],
    ),
    ...energies.flatMap(({ path, energy }) => namesakes(energy.periods, path)),
    ...repeated(
      revision.hardware.map(({ sku, where }) =>
        JSON.stringify([sku === '*' ? sku : wordsOf(sku), ...PRICE_PLACES.map((name) => where[name])]),
      ),
      (index) => [`hardware.${index}.sku`, 'Another price holds for the same: keep one of them.'],
    ),
    ...repeated(
      revision.modelWeights.map(({ model }) => model),
      (index) => [`modelWeights.${index}.model`, 'This model has weights already.'],
    ),
    ...repeated(
      revision.tokenPrices.map(({ model }) => model),
      (index) => [`tokenPrices.${index}.model`, 'This model has a price already.'],
    ),
    ...repeated(
      revision.serviceLevels.map(({ model }) => model),
      (index) => [`serviceLevels.${index}.model`, 'This model has a service level already.'],
    ),
    ...repeated(
      revision.currencies.map(({ currency }) => currency),
      (index) => [`currencies.${index}.currency`, 'This currency has a rate already.'],
    ),
    ...revision.currencies.flatMap(({ currency }, index) =>
      currency === 'USD' ? [[`currencies.${index}.currency`, 'Costs are in USD: it is worth one.'] as const] : [],
    ),
  ];
}

function repeated(
  names: readonly string[],
  troubleAt: (index: number) => readonly [string, string],
): (readonly [string, string])[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [troubleAt(index)] : []));
}

/** Two periods of one name and two prices would read alike wherever a figure is explained. */
function namesakes(periods: readonly TariffPeriod[], path: string): (readonly [string, string])[] {
  return periods.flatMap((period, index) => {
    const first = periods.find((one) => one.name === period.name);
    const isOther = first !== period && first?.usdPerKilowattHour !== period.usdPerKilowattHour;
    return isOther ? [[`${path}.periods.${index}.name`, 'Another period has this name.'] as const] : [];
  });
}
