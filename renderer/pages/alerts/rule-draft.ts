import type { CallInput } from '#shared/contract/backend-api.ts';
import type { AlertRule, AlertSettings } from '#shared/model/alert.ts';
import type { Budget } from '#shared/model/budget.ts';
import { FIGURE_UNITS, type FigureName } from '#shared/model/figure-name.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';

/** How a limit is typed: the unit beside the field, and how many base units one of it is. */
export type EntryUnit = { readonly unit: string; readonly perUnit: number };

export function entryUnitOf(figure: FigureName): EntryUnit {
  const unit = FIGURE_UNITS[figure];
  return ENTRY_UNITS[unit] ?? { unit: unit.replace('USD', '$'), perUnit: 1 };
}

const ENTRY_UNITS: { readonly [Unit in FigureUnit]?: EntryUnit } = {
  W: { unit: 'kW', perUnit: 1000 },
  J: { unit: 'kWh', perUnit: 3.6e6 },
  ratio: { unit: '%', perUnit: 0.01 },
  token: { unit: 'M tok', perUnit: 1e6 },
  'token/s': { unit: 'tok/s', perUnit: 1 },
  'token/J': { unit: 'tok/J', perUnit: 1 },
};

/** A rule to begin with, before anything of it is chosen. */
export function newRule(id: string): AlertRule {
  return {
    id,
    isOn: true,
    figure: 'cost-per-million-tokens',
    scope: {},
    basis: 'billed',
    test: { kind: 'limit', comparison: 'above', limit: 1 },
    windowMinutes: 60,
    forMinutes: 15,
    clearMinutes: 15,
    isUrgent: false,
    deliverTo: ['desktop'],
  };
}

/** Two rules that most fleets want: neither needs a number of the reader's own. */
export function suggestedRules(): readonly {
  readonly title: string;
  readonly why: string;
  readonly rule: AlertRule;
}[] {
  return [
    {
      title: 'Tell me when tokens get unusually dear',
      why: 'Loaded cost per million tokens against the same hour of earlier weeks, at least 20 % above. It begins to judge after three weeks.',
      rule: {
        ...newRule('dear-tokens'),
        test: { kind: 'unusual', direction: 'above', effectLeast: 0.2 },
      },
    },
    {
      title: 'Tell me when part of the fleet is unseen',
      why: 'Coverage of the whole fleet below 95 % for a quarter of an hour: figures then rest on less than they seem to.',
      rule: {
        ...newRule('unseen-fleet'),
        figure: 'coverage',
        test: { kind: 'limit', comparison: 'below', limit: 0.95 },
        windowMinutes: 15,
      },
    },
  ];
}

/** The first free id of a kind: `rule-1`, `rule-2`. */
export function freeId(kind: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) if (!taken.includes(`${kind}-${number}`)) return `${kind}-${number}`;
}

/** Settings with one rule put in place of the one of its id, or added. */
export function withRule(settings: AlertSettings, rule: AlertRule): AlertSettings {
  const isKnown = settings.rules.some(({ id }) => id === rule.id);
  const rules = isKnown ? settings.rules.map((one) => (one.id === rule.id ? rule : one)) : [...settings.rules, rule];
  return { ...settings, rules };
}

export function withoutRule(settings: AlertSettings, id: string): AlertSettings {
  return { ...settings, rules: settings.rules.filter((rule) => rule.id !== id) };
}

/** The contract's inputs are mutable, as their checker infers them. */
export function ruleInput(rule: AlertRule): CallInput['previewAlertRule']['rule'] {
  return { ...rule, deliverTo: [...rule.deliverTo] };
}

export function settingsInput(settings: AlertSettings): CallInput['saveAlertRules']['settings'] {
  const { rules, silence, quietHours } = settings;
  return {
    ...settings,
    rules: rules.map(ruleInput),
    silence: { ...silence, deliverTo: [...silence.deliverTo] },
    quietHours: { ...quietHours, spans: quietHours.spans.map((span) => ({ ...span, days: [...span.days] })) },
  };
}

export function budgetsInput(budgets: readonly Budget[]): CallInput['saveBudgets'] {
  return { budgets: budgets.map((budget) => ({ ...budget, deliverTo: [...budget.deliverTo] })) };
}
