import { scenarioSchema, type WhatIfBasis } from '#shared/contract/what-if-schema.ts';
import type { OwnEdit, ReplaceEdit, RentEdit, ScenarioEdit } from '#shared/model/scenario.ts';

/** Levers of the form, in the order in which they are applied. Each holds one edit at most. */
export const LEVERS = ['electricity', 'pue', 'hardware', 'replace', 'busy', 'weights'] as const;

export type Lever = (typeof LEVERS)[number];

const LEVER_OF: Readonly<Record<ScenarioEdit['kind'], Lever>> = {
  tariff: 'electricity',
  'tariff-factor': 'electricity',
  pue: 'pue',
  rent: 'hardware',
  own: 'hardware',
  replace: 'replace',
  busy: 'busy',
  weights: 'weights',
};

export const LEVER_WORDS: Readonly<Record<Lever, { readonly name: string; readonly meaning: string }>> = {
  electricity: { name: 'Electricity', meaning: 'another price per kWh, in every hour and at every site' },
  pue: { name: 'PUE', meaning: 'facility energy over IT energy' },
  hardware: { name: 'Rent or own', meaning: 'other terms for the same GPUs' },
  replace: { name: 'Other GPU', meaning: 'the same tokens from another product; an estimate' },
  busy: { name: 'Utilisation', meaning: 'the same work with other idle time; an estimate' },
  weights: { name: 'Token weights', meaning: 'what a billed token counts' },
};

/** The edit that a lever holds; null where it is not used. */
export function editOf(edits: readonly ScenarioEdit[], lever: Lever): ScenarioEdit | null {
  return edits.find((edit) => LEVER_OF[edit.kind] === lever) ?? null;
}

/** The edits with one lever set, in the order of the levers. */
export function withEdit(edits: readonly ScenarioEdit[], edit: ScenarioEdit): readonly ScenarioEdit[] {
  const others = withoutLever(edits, LEVER_OF[edit.kind]);
  const place = ({ kind }: ScenarioEdit): number => LEVERS.indexOf(LEVER_OF[kind]);
  return [...others, edit].toSorted((one, other) => place(one) - place(other));
}

export function withoutLever(edits: readonly ScenarioEdit[], lever: Lever): readonly ScenarioEdit[] {
  return edits.filter((edit) => LEVER_OF[edit.kind] !== lever);
}

/** Where a lever begins when it is switched on: at what is in force, so that nothing moves before it is moved. */
export function firstEdit(lever: Lever, basis: WhatIfBasis, busyShare: number | null): ScenarioEdit {
  const product = basis.products[0];
  switch (lever) {
    case 'electricity':
      return { kind: 'tariff', usdPerKilowattHour: basis.usdPerKilowattHour };
    case 'pue':
      return { kind: 'pue', pue: basis.pue };
    case 'hardware':
      return firstRent(product?.usdPerGpuHour ?? null);
    case 'replace':
      return firstReplacement(basis);
    case 'busy':
      return { kind: 'busy', share: rounded(busyShare ?? 1) };
    case 'weights':
      return { kind: 'weights', weights: basis.weights };
  }
}

export function firstRent(usdPerGpuHour: number | null): RentEdit {
  return { kind: 'rent', sku: '*', usdPerGpuHour: rounded(usdPerGpuHour ?? 2), isAllIn: true };
}

/** A server's GPU with its share of the plant, of which a tenth is left after four years. */
export const FIRST_OWN: OwnEdit = {
  kind: 'own',
  sku: '*',
  capexUsd: 46_000,
  residualShare: 0.1,
  termMonths: 48,
  annualRate: 0.1,
};

function firstReplacement({ products, replacements }: WhatIfBasis): ReplaceEdit {
  const sku = products[0]?.sku ?? '*';
  const others = replacements.filter((name) => !sku.toLowerCase().includes(name.toLowerCase()));
  const by = others[0] ?? replacements[0] ?? 'B200';
  return { kind: 'replace', sku, by, throughputRatio: null, powerRatio: null, usdPerGpuHour: null };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Edits as the address carries them; none where it carries something else. */
export function editsFrom(text: string | null): readonly ScenarioEdit[] {
  if (text === null) return [];
  try {
    const read = scenarioSchema.safeParse({ edits: JSON.parse(text) as unknown });
    return read.success ? read.data.edits : [];
  } catch {
    return [];
  }
}

export function editsTo(edits: readonly ScenarioEdit[]): string | null {
  return edits.length === 0 ? null : JSON.stringify(edits);
}
