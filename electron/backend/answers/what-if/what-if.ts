import type { CallScope, CheckedInput } from '#shared/contract/backend-api.ts';
import type { WhatIf, WhatIfBasis, WhatIfRow, WhatIfSide } from '#shared/contract/what-if-schema.ts';
import { IDLE_STATES, WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { hourlyRatesOf, totalRateOf } from '#shared/cost/hourly-rates.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { answerableWindow, figureContext, isInScope, revisionOf, type AnswerContext } from '../answer-context.ts';
import type { FigureContext } from '../figure-inputs.ts';
import { figureOf } from '../figures.ts';
import { gpuSecondsOf, type PricedGroup } from '../priced-group.ts';
import type { GroupQuery, PricedGroups } from '../priced-groups.ts';
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
  const ask = { asked: input.window, window, scope: input.scope, basis: input.basis };
  const figures = await Promise.all(
    states.map(({ state }, index) =>
      figureContext({ ...context, costBook: () => state.book }, ask, sides[index]?.whole ?? was.whole),
    ),
  );
  const [first, end] = [figures[0], figures.at(-1)];
  if (first === undefined || end === undefined) throw new Error('a scenario has a beginning');
  const imagine = (figure: Figure): Figure => imagined(figure, { assumptions, isEstimate });
  const before = whatIfSide(first);
  const after = mapFigures(whatIfSide(end), imagine);
  return succeed({
    window,
    basis: input.basis,
    was: before,
    would: after,
    change: { cost: changeFigure(before.cost, after.cost), spend: changeFigure(before.spend, after.spend) },
    parts: partsBeside(was.whole, would.whole),
    steps: stepsOf(states, figures),
    rows: rowsOf({ was, would }, { first, end, imagine, enginesOf: await enginesByModel(context, ask) }),
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

/** What each lever changes, with those before it moved already. */
function stepsOf(states: readonly Step[], figures: readonly FigureContext[]): WhatIf['steps'] {
  const spends = figures.map((one) => figureOf('spend', one));
  return states.slice(1).flatMap(({ label }, index) => {
    const [before, after] = [spends[index], spends[index + 1]];
    return before === undefined || after === undefined ? [] : [{ label, change: changeFigure(before, after) }];
  });
}

function whatIfSide(figures: FigureContext): WhatIfSide {
  const { group } = figures;
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

/** How many engines of the scope served a model in the window: they are the source of its tokens. */
async function enginesByModel(
  context: AnswerContext,
  { window, scope }: { readonly window: TimeRange; readonly scope: CallScope },
): Promise<(model: string | null) => number> {
  const spans = (await context.store.engineSpans(window)).filter((span) => isInScope(span, scope));
  return (model) => new Set(spans.flatMap((span) => (span.model === model ? [span.engine] : []))).size;
}

type RowFigures = {
  readonly first: FigureContext;
  readonly end: FigureContext;
  readonly enginesOf: (model: string | null) => number;
  readonly imagine: (figure: Figure) => Figure;
};

function rowsOf(
  { was, would }: { readonly was: PricedGroups; readonly would: PricedGroups },
  { first, end, imagine, enginesOf }: RowFigures,
): readonly WhatIfRow[] {
  const after = new Map(would.groups.map((group) => [group.by[0] ?? null, group]));
  const rows = was.groups.map((group): WhatIfRow => {
    const key = group.by[0] ?? null;
    const engines = enginesOf(key);
    const [here, there] = [
      { ...first, engines, group },
      { ...end, engines, group: after.get(key) ?? group },
    ];
    const [spendWas, spendWould] = [figureOf('spend', here), imagine(figureOf('spend', there))];
    return {
      key: key ?? '',
      label: key ?? NO_MODEL,
      was: spendWas,
      would: spendWould,
      change: changeFigure(spendWas, spendWould),
      costWas: figureOf('cost-per-million-tokens', here),
      costWould: imagine(figureOf('cost-per-million-tokens', there)),
    };
  });
  return rows.toSorted(
    (one, other) => Number(one.key === '') - Number(other.key === '') || (other.was.value ?? 0) - (one.was.value ?? 0),
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
