import type { Earnings, EarningsOfModel } from '#shared/contract/cost-schema.ts';
import { grossMargin, returnOnInvestment, revenueMultiple, revenueOf } from '#shared/cost/month/earnings.ts';
import { tokenClassesOf } from '#shared/cost/token-count.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBookRevision, TokenPrice } from '#shared/model/cost-book.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { usd } from '#shared/units/quantities.ts';
import { explained } from '../explained.ts';
import { costInputs, type FigureContext } from '../figure-inputs.ts';
import { dollars, percent, short } from '../figure-text.ts';
import { figureOf } from '../figures.ts';
import { knownCost } from '../unit-cost.ts';
import type { ModelGroup } from './model-groups.ts';

/** What the tokens would earn at the operator's list prices, beside what they cost. */
export function earningsDetail(figures: FigureContext, models: readonly ModelGroup[]): Earnings {
  const served = models.filter(({ group }) => group.hasTokens);
  const unpriced = served.filter((model) => revenueOfModel(model) === null);
  const isWhole = served.length > 0 && unpriced.length === 0;
  const revenue = isWhole ? usd(sumOf(served, (model) => revenueOfModel(model) ?? 0)) : null;
  const cost = knownCost('loaded', figures.group).value;
  const known = revenue === null || cost === null ? null : { revenue, cost: usd(cost) };
  const inputs = [...served.flatMap(soldInputs), ...costInputs(figures, { states: GPU_STATES, energyOnly: false })];
  const derived = (unit: 'ratio' | 'factor', value: number | null, formula: string, working: string): Figure =>
    explained(figures, {
      value,
      unit,
      absence: value === null ? (revenue === null ? 'no-price' : 'no-tokens') : null,
      formula,
      working: value === null ? '–' : working,
      inputs,
    });
  const money = known === null ? null : { revenue: dollars(known.revenue), cost: dollars(known.cost) };
  const margin = known === null ? null : grossMargin(known.revenue, known.cost);
  const multiple = known === null ? null : revenueMultiple(known.revenue, known.cost);
  const gained = known === null ? null : returnOnInvestment(known.revenue, known.cost, known.cost);
  return {
    revenue: revenueFigure(figures, served, revenue),
    margin: derived(
      'ratio',
      margin,
      '1 − cost ÷ revenue',
      `1 − ${money?.cost} ÷ ${money?.revenue} = ${percent(margin ?? 0)}`,
    ),
    multiple: derived('factor', multiple, 'revenue ÷ cost of the window', `${money?.revenue} ÷ ${money?.cost}`),
    returnOnCost: derived(
      'ratio',
      gained,
      '(revenue − cost) ÷ cost of the window',
      `(${money?.revenue} − ${money?.cost}) ÷ ${money?.cost} = ${percent(gained ?? 0)}`,
    ),
    models: served.map((model) => earningsOfModel(figures, model)),
    missing: missingOf(served, unpriced),
  };
}

function missingOf(served: readonly ModelGroup[], unpriced: readonly ModelGroup[]): string[] {
  if (served.length === 0) return ['No engine counted tokens in this window.'];
  return unpriced.map(
    ({ model }) =>
      `${model}: no token price. Enter what a million input, cached and output tokens are sold for in the cost book.`,
  );
}

/** The price that a revision names for a model; `*` is any. */
function priceOf({ tokenPrices }: CostBookRevision, model: string): TokenPrice | null {
  return tokenPrices.find((price) => price.model === model) ?? tokenPrices.find((price) => price.model === '*') ?? null;
}

/** revenue [USD] = sum over price periods and classes of tokens / 1e6 x list price; null where a period has no price. */
function revenueOfModel({ model, group }: ModelGroup): number | null {
  const lines = group.tokenPieces.map(({ revision, counts }) => {
    const price = priceOf(revision, model);
    return price === null ? null : revenueOf(tokenClassesOf('total', counts, revision.weights), price);
  });
  const known = lines.filter((line) => line !== null);
  return known.length < lines.length ? null : sumOf(known, (line) => line);
}

function soldInputs({ model, group }: ModelGroup): FigureInput[] {
  return group.tokenPieces.flatMap(({ revision, counts }) => {
    const price = priceOf(revision, model);
    const sold = tokenClassesOf('total', counts, revision.weights);
    return (['uncachedInput', 'cachedInput', 'output'] as const).flatMap((name): FigureInput[] => [
      {
        label: `${model}, ${SOLD_WORDS[name]}`,
        value: sold[name],
        unit: 'token',
        source: 'counters of the engines',
        quality: 'measured',
      },
      {
        label: `${model}, price of ${SOLD_WORDS[name]}`,
        value: price?.[name] ?? null,
        unit: 'USD/Mtok',
        source: price?.provenance.note ?? 'no token price in the cost book',
        quality: price?.provenance.quality ?? 'assumed',
      },
    ]);
  });
}

const SOLD_WORDS = {
  uncachedInput: 'uncached input tokens',
  cachedInput: 'cached input tokens',
  output: 'output tokens',
} as const;

function revenueFigure(figures: FigureContext, models: readonly ModelGroup[], value: number | null): Figure {
  return explained(figures, {
    value,
    unit: 'USD',
    absence: value === null ? (models.length === 0 ? 'no-tokens' : 'no-price') : null,
    formula: 'sum over models and classes of tokens × their list price ÷ 10⁶',
    working:
      value === null
        ? '–'
        : `${models.map((model) => dollars(revenueOfModel(model) ?? 0)).join(' + ')} = ${dollars(value)}`,
    parts: value === null ? [] : models.map((model) => partOf(model)),
    inputs: models.flatMap(soldInputs),
  });
}

function partOf(model: ModelGroup): Figure['parts'][number] {
  return { key: model.model, label: model.model, value: revenueOfModel(model) ?? 0, unit: 'USD' };
}

function earningsOfModel(figures: FigureContext, model: ModelGroup): EarningsOfModel {
  const own = { ...figures, group: model.group };
  const revenue = revenueOfModel(model);
  const tokens = model.group.tokens;
  return {
    model: model.model,
    revenue: explained(own, {
      value: revenue,
      unit: 'USD',
      absence: revenue === null ? 'no-price' : null,
      formula: 'tokens of each class × list price ÷ 10⁶',
      working: revenue === null ? '–' : `${short(tokens.input + tokens.output)} tokens sold for ${dollars(revenue)}`,
      inputs: soldInputs(model),
    }),
    cost: figureOf('spend', own),
  };
}
