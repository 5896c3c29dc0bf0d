import type { CheckedInput } from '#shared/contract/backend-api.ts';
import type { WhatIf, WhatIfBasis, WhatIfRow, WhatIfSide } from '#shared/contract/what-if-schema.ts';
import { IDLE_STATES, WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { hourlyRatesOf, totalRateOf } from '#shared/cost/hourly-rates.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { answerableWindow, figureContext, revisionOf, type AnswerContext } from '../answer-context.ts';
import { figureOf } from '../figures.ts';
import { gpuSecondsOf, type PricedGroup } from '../priced-group.ts';
import type { GroupQuery, PricedGroups } from '../priced-groups.ts';
import { knownCost, unitCostOf } from '../unit-cost.ts';
import { changeFigure, imagined, partsBeside } from './change-figures.ts';
import { knownEdit, type KnownEdit } from './known-edits.ts';
import { rememberingStore } from './remembering-store.ts';
import { afterEdit, isFleetEdit, sideOf, type ScenarioState } from './scenario-side.ts';
import { interactivityOf } from './scope-interactivity.ts';

type Input = CheckedInput['whatIf'];

/**
 * Prices a past window twice, as it was and under a scenario. The facts are read once: only prices, and where the scenario
 * changes the fleet GPU time and energy, differ. On failure: what a person must enter for the scenario to mean something.
 */
export async function whatIf(asked: AnswerContext, input: Input): Promise<Result<WhatIf, string>> {
  const context = { ...asked, store: rememberingStore(asked.store) };
  const window = await answerableWindow(context, input.window);
  const read = await context.reference();
  const catalogue = read.ok ? read.value.catalogue : null;
  const edits = await knownEdits(context, input, { window, catalogue });
  if (!edits.ok) return edits;
  const query: GroupQuery = { window, scope: input.scope, by: ['model'], stepSeconds: null };
  const states = statesOf(context, input, edits.value);
  const sides = await Promise.all(states.map(async ({ state }) => sideOf(context.store, state, query)));
  const [was, would, last] = [sides[0], sides.at(-1), states.at(-1)];
  if (was === undefined || would === undefined || last === undefined) throw new Error('a scenario has a beginning');
  const assumptions = states.flatMap(({ assumption }) => assumption ?? []);
  const isEstimate = edits.value.some(({ edit }) => isFleetEdit(edit));
  const before = await whatIfSide(context, input, window, was.whole);
  const imaginedContext = { ...context, costBook: () => last.state.book };
  const after = mapFigures(await whatIfSide(imaginedContext, input, window, would.whole), (figure) =>
    imagined(figure, { assumptions, isEstimate }),
  );
  return succeed({
    window,
    basis: input.basis,
    was: before,
    would: after,
    change: { cost: changeFigure(before.cost, after.cost), spend: changeFigure(before.spend, after.spend) },
    parts: partsBeside(was.whole, would.whole),
    steps: stepsOf(states, sides),
    rows: rowsOf(was, would, input),
    assumptions,
    isEstimate,
    inForce: basisOf(context, window, was.whole, catalogue),
  });
}

async function knownEdits(
  context: AnswerContext,
  input: Input,
  { window, catalogue }: { readonly window: TimeRange; readonly catalogue: ReferenceCatalogue | null },
): Promise<Result<readonly KnownEdit[], string>> {
  const needsRuns = input.scenario.edits.some((edit) => edit.kind === 'replace' && edit.throughputRatio === null);
  const interactivity = needsRuns ? await interactivityOf(context.store, { window, scope: input.scope }) : null;
  const day = formatInstant(epochMs(window.to - 1), 'UTC', 'date');
  const book = input.scenario.book ?? context.costBook();
  const known: KnownEdit[] = [];
  for (const edit of input.scenario.edits) {
    const one = knownEdit(edit, { book, catalogue, interactivity, day });
    if (!one.ok) return fail(one.failure);
    known.push(one.value);
  }
  return succeed(known);
}

/** One lever after another: what was, a second book, then each edit. */
type Step = { readonly state: ScenarioState; readonly label: string; readonly assumption: string | null };

function statesOf(context: AnswerContext, { scenario }: Input, edits: readonly KnownEdit[]): readonly Step[] {
  const steps: Step[] = [{ state: { book: context.costBook(), fleet: [] }, label: 'As it was', assumption: null }];
  let state = steps[0]?.state ?? { book: context.costBook(), fleet: [] };
  if (scenario.book !== null) {
    state = { book: scenario.book, fleet: [] };
    steps.push({ state, label: 'Another cost book', assumption: 'All prices are those of another cost book.' });
  }
  for (const { edit, label, assumption } of edits) {
    state = afterEdit(state, edit);
    steps.push({ state, label, assumption });
  }
  return steps;
}

function stepsOf(states: readonly Step[], sides: readonly PricedGroups[]): WhatIf['steps'] {
  const costs = sides.map((side) => knownCost('loaded', side.whole).value);
  return states.slice(1).map(({ label }, index) => {
    const [before, after] = [costs[index] ?? null, costs[index + 1] ?? null];
    return { label, change: before === null || after === null ? null : after - before };
  });
}

async function whatIfSide(
  context: AnswerContext,
  input: Input,
  window: TimeRange,
  group: PricedGroup,
): Promise<WhatIfSide> {
  const ask = { asked: input.window, window, scope: input.scope, basis: input.basis };
  const figures = await figureContext(context, ask, group);
  const [working, idle] = [gpuSecondsOf(group, WORKING_STATES), gpuSecondsOf(group, IDLE_STATES)];
  return {
    cost: figureOf('cost-per-million-tokens', figures),
    spend: figureOf('spend', figures),
    tokens: figureOf('tokens', figures),
    energy: figureOf('energy', figures),
    gpuHours: gpuSecondsOf(group) / SECONDS_PER_HOUR,
    busyShare: working + idle > 0 ? working / (working + idle) : null,
  };
}

function mapFigures(side: WhatIfSide, change: (figure: WhatIfSide['cost']) => WhatIfSide['cost']): WhatIfSide {
  return {
    ...side,
    cost: change(side.cost),
    spend: change(side.spend),
    tokens: change(side.tokens),
    energy: change(side.energy),
  };
}

const NO_MODEL = 'No model: free, down, unseen';

function rowsOf(was: PricedGroups, would: PricedGroups, { basis }: Input): readonly WhatIfRow[] {
  const after = new Map(would.groups.map((group) => [group.by[0] ?? null, group]));
  const rows = was.groups.map((group): WhatIfRow => {
    const key = group.by[0] ?? null;
    const other = after.get(key);
    return {
      key: key ?? '',
      label: key ?? NO_MODEL,
      was: knownCost('loaded', group).value,
      would: other === undefined ? null : knownCost('loaded', other).value,
      costWas: unitCostOf('loaded', group, basis).value,
      costWould: other === undefined ? null : unitCostOf('loaded', other, basis).value,
    };
  });
  return rows.toSorted(
    (one, other) => Number(one.key === '') - Number(other.key === '') || (other.was ?? 0) - (one.was ?? 0),
  );
}

/** What is in force at the end of the window: where a form begins. */
function basisOf(
  context: AnswerContext,
  window: TimeRange,
  group: PricedGroup,
  catalogue: ReferenceCatalogue | null,
): WhatIfBasis {
  const revision = revisionOf(context, window);
  const bySku = [...Map.groupBy(group.lines, (line) => line.sku)].map(([sku, lines]) => {
    const found = hourlyRatesOf(revision, sku);
    return {
      sku,
      gpuHours: sumOf(lines, (line) => line.gpuSeconds) / SECONDS_PER_HOUR,
      usdPerGpuHour: found === null ? null : totalRateOf(found),
    };
  });
  const priced = revision.hardware.map((price) => price.sku).filter((sku) => sku !== '*');
  const published = Object.keys(catalogue?.tdpWatts ?? {});
  return {
    usdPerKilowattHour: revision.energy.usdPerKilowattHour,
    pue: revision.energy.pue,
    weights: revision.weights,
    products: bySku.toSorted((one, other) => other.gpuHours - one.gpuHours),
    replacements: [...new Set([...published, ...priced])].toSorted(),
  };
}
