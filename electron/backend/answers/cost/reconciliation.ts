import { COST_PARTS, type CallScope, type CheckedInput } from '#shared/contract/backend-api.ts';
import type { Reconciliation, ReconciliationLine } from '#shared/contract/cost-schema.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import { sumOf } from '#shared/lib/sum.ts';
import { COST_CATEGORIES } from '#shared/model/cost-book.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import { answerableWindow, figureContext, type AnswerContext } from '../answer-context.ts';
import { costParts } from '../cost-parts.ts';
import { costInputs } from '../figure-inputs.ts';
import { short } from '../figure-text.ts';
import { tokensOf, type PricedGroup } from '../priced-group.ts';
import { isPhysical } from '../presence.ts';
import { gpuScopeOf, pricedGroups, type GroupDimension } from '../priced-groups.ts';
import { knownCost } from '../unit-cost.ts';
import { isUnusedCommitment } from '../unused-commitments.ts';
import { classSplit } from './class-split.ts';
import { modelGroups } from './model-groups.ts';

/**
 * Sums that must agree, each side asked for on its own: rows of every dimension, days, states, categories and classes against
 * the whole, all over the facts of one instant. A line that does not close is a mistake of ours, and shows as one.
 */
export async function reconciliation(
  context: AnswerContext,
  input: CheckedInput['reconciliation'],
): Promise<Reconciliation> {
  return await context.store.atOneInstant(async (store) => await reconciled({ ...context, store }, input));
}

async function reconciled(context: AnswerContext, input: CheckedInput['reconciliation']): Promise<Reconciliation> {
  const window = await answerableWindow(context, input.window);
  const { scope, basis } = input;
  const ask = { window, scope, stepSeconds: null };
  const groupsBy = async (by: readonly GroupDimension[], stepSeconds: number | null = null) =>
    (await pricedGroups(context.store, context.costBook(), { ...ask, by, stepSeconds })).groups;
  const stepSeconds = stepOf(window);
  const [observed, { models, whole }, steps, dimensions] = await Promise.all([
    observedOf(context, { window, scope }),
    modelGroups(context, ask),
    groupsBy([], stepSeconds),
    Promise.all(DIMENSIONS.map(async (by) => ({ by, groups: await groupsBy([by]) }))),
  ]);
  const figures = await figureContext(context, { asked: input.window, window, scope, basis }, whole);
  const classes = classSplit({ kind: 'loaded', figures, models });
  const lines = [
    ...costLines(whole),
    line({
      key: 'classes',
      label: 'Token classes',
      unit: 'USD',
      whole: classes.bill.value,
      parts: classes.rows.map((row) => row.cost.value),
      note: 'input, cached, output and what no token answers for, against the bill',
    }),
    line({
      key: 'lines',
      label: 'Cost lines',
      unit: 'USD',
      whole: knownCost('loaded', whole).value,
      parts: costInputs(figures, { states: GPU_STATES, energyOnly: false })
        .filter(({ unit }) => unit === 'USD')
        .map(({ value }) => value),
      note: 'GPU time × rate and energy × tariff of each price, as Explain shows them, against the bill',
    }),
    ...dimensions.map(({ by, groups }) => rowsLine(by, groups, whole)),
    ...dimensions
      .filter(({ by }) => by === 'gpu' || by === 'model')
      .map(({ by, groups }) => tokensLine(by, groups, whole, basis)),
    hoursLine(whole, observed),
    line({
      key: 'days',
      label: stepSeconds === DAY_SECONDS ? 'Days' : 'Hours',
      unit: 'USD',
      whole: knownCost('loaded', whole).value,
      parts: steps.map((group) => knownCost('loaded', group).value ?? 0),
      note: `cost of each ${stepSeconds === DAY_SECONDS ? 'day' : 'hour'} (UTC) of the window, against the window`,
    }),
  ];
  return { window, lines };
}

const DIMENSIONS = [
  'site',
  'pool',
  'rack',
  'node',
  'gpu',
  'model',
  'deployment',
  'tenant',
  'engine',
  'version',
] as const;

const DAY_SECONDS = 86_400;

function stepOf(window: TimeRange): number {
  return secondsOf(window) > 2 * DAY_SECONDS ? DAY_SECONDS : SECONDS_PER_HOUR;
}

/** Sums of doubles in another order differ in their last digits: this share of the whole is rounding. */
const ROUNDING = 1e-9;

type Draft = {
  readonly key: string;
  readonly label: string;
  readonly unit: FigureUnit;
  readonly whole: number | null;
  readonly parts: readonly (number | null)[];
  readonly note: string;
};

function line({ parts, ...draft }: Draft): ReconciliationLine {
  const isKnown = draft.whole !== null && parts.every((part) => part !== null);
  if (!isKnown) {
    const note = `not known: a part of it has no price or no tokens; ${draft.note}`;
    return {
      ...draft,
      parts: null,
      difference: null,
      closes: null,
      note,
      figure: lineFigure({ ...draft, note }, null),
    };
  }
  const added = sumOf(parts, (part) => part ?? 0);
  const difference = (draft.whole ?? 0) - added;
  const closes = Math.abs(difference) <= ROUNDING * Math.max(1e-6, Math.abs(draft.whole ?? 0));
  return { ...draft, parts: added, difference, closes, figure: lineFigure(draft, { added, count: parts.length }) };
}

/** whole - parts, with both sides as inputs; its coverage is that of the sums it checks, which say it themselves. */
function lineFigure(
  { label, unit, whole, note }: Omit<Draft, 'parts'>,
  parts: { readonly added: number; readonly count: number } | null,
): Figure {
  const value = whole === null || parts === null ? null : whole - parts.added;
  const side = (name: string, amount: number | null, source: string): FigureInput => ({
    label: name,
    value: amount,
    unit,
    source,
    quality: 'measured',
  });
  return {
    value,
    unit,
    absence: value === null ? 'no-price' : null,
    formula: `whole − sum of its parts: ${note}`,
    working: whole === null || parts === null ? '–' : `${short(whole)} − ${short(parts.added)} = ${short(value ?? 0)}`,
    parts: [],
    inputs: [
      side('Whole', whole, 'asked for as one sum'),
      side(
        label,
        parts?.added ?? null,
        parts === null ? 'a part is not known' : `${parts.count} parts, each asked for on its own`,
      ),
    ],
    coverage: { observedSeconds: 0, expectedSeconds: 0 },
    powerBoundary: null,
    notes: [
      'Sums of numbers in another order differ in their last digits: less than a billionth of the whole is rounding.',
    ],
  };
}

function costLines(whole: PricedGroup): ReconciliationLine[] {
  const all = knownCost('loaded', whole).value;
  const parts = costParts(whole);
  const known = (value: number): number | null => (all === null ? null : value);
  return [
    line({
      key: 'parts',
      label: 'Parts of the cost',
      unit: 'USD',
      whole: all,
      parts: COST_PARTS.map((part) => known(parts[part])),
      note: 'capital, facility, network and operations, energy, down or unseen, idle, against all cost',
    }),
    line({
      key: 'categories',
      label: 'Categories',
      unit: 'USD',
      whole: all,
      parts: COST_CATEGORIES.map((category) => known(costOf(whole.cost, GPU_STATES, [category]))),
      note: 'capital, facility, network, operations and energy over all states, against all cost',
    }),
    line({
      key: 'states',
      label: 'States',
      unit: 'USD',
      whole: all,
      parts: GPU_STATES.map((state) => known(costOf(whole.cost, [state]))),
      note: 'cost of each GPU state over all categories, against all cost',
    }),
  ];
}

const NAMES: Readonly<Partial<Record<GroupDimension, string>>> = { gpu: 'GPUs' };

function nameOf(by: GroupDimension): string {
  return NAMES[by] ?? `${by.charAt(0).toUpperCase()}${by.slice(1)}s`;
}

function rowsLine(by: GroupDimension, groups: readonly PricedGroup[], whole: PricedGroup): ReconciliationLine {
  const all = knownCost('loaded', whole).value;
  return line({
    key: `by-${by}`,
    label: nameOf(by),
    unit: 'USD',
    whole: all,
    parts: groups.map((group) => (all === null ? null : costOf(group.cost))),
    note: `cost of every ${by} and of what has none, against all cost`,
  });
}

function tokensLine(
  by: GroupDimension,
  groups: readonly PricedGroup[],
  whole: PricedGroup,
  basis: CheckedInput['reconciliation']['basis'],
): ReconciliationLine {
  return line({
    key: `tokens-by-${by}`,
    label: `Tokens of ${by === 'gpu' ? 'GPUs' : `${by}s`}`,
    unit: 'token',
    whole: tokensOf(whole, basis),
    parts: groups.map((group) => tokensOf(group, basis)),
    note: `${basis} tokens of every ${by} and of what has none, against all tokens`,
  });
}

/**
 * Owned time comes from when GPUs were first and last seen; state time from what was heard of them and what was not. A scope
 * of something that runs owns no GPU: its state time is held against its time asked for as one sum.
 */
function hoursLine(whole: PricedGroup, observedSeconds: number | null): ReconciliationLine {
  // Rent for GPUs that are not in the fleet is paid by the hour too, and lies in one of the states.
  const committed = sumOf(whole.lines.filter(isUnusedCommitment), ({ gpuSeconds }) => gpuSeconds);
  const owned = ((observedSeconds ?? whole.coverage.expectedSeconds) + committed) / SECONDS_PER_HOUR;
  const beyond = committed === 0 ? '' : ', and those committed beyond the fleet';
  const against = (observedSeconds === null ? 'GPU-hours owned' : 'GPU-hours observed of the scope') + beyond;
  const checked = line({
    key: 'hours',
    label: 'State hours',
    unit: 'GPU-h',
    whole: owned,
    parts: GPU_STATES.map((state) => whole.gpuSeconds[state] / SECONDS_PER_HOUR),
    note: `GPU-hours of all states, against ${against}`,
  });
  const isBeyond = checked.closes === false && (checked.difference ?? 0) < 0;
  return isBeyond
    ? { ...checked, note: `${checked.note}: readings at an edge reach beyond the time that a GPU is known to be owned` }
    : checked;
}

/** Observed GPU time of a scope of something that runs, GPU-seconds; null where the scope is of hardware alone. */
async function observedOf(
  context: AnswerContext,
  { scope, window }: { readonly scope: CallScope; readonly window: TimeRange },
): Promise<number | null> {
  const asked = Object.entries(scope).filter(([, value]) => value !== undefined);
  if (asked.every(([name]) => isPhysical(name)) || asked.some(([name, value]) => !isPhysical(name) && value === null))
    return null;
  const ask = { window, scope: gpuScopeOf(scope), by: [], stepSeconds: null };
  const [row] = await context.store.gpuFacts({ ...ask, columns: ['observedSeconds'] });
  return row?.sums.observedSeconds ?? 0;
}
