import type { FactRow, LatencyRow } from '#backend/store/store.ts';
import type { AskedKind, Goodput, GoodputOfModel } from '#shared/contract/cost-schema.ts';
import { goodputCostPerMillionTokens } from '#shared/cost/goodput-cost.ts';
import { jointShare, type Attainment, type ShareRange } from '#shared/cost/latency-attainment.ts';
import { serviceLevelOf } from '#shared/cost/service-level.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { EngineFactSums } from '#shared/model/fact.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { tokens, usd } from '#shared/units/quantities.ts';
import { explained } from '../explained.ts';
import { costInputs, tokenInputs, type FigureContext } from '../figure-inputs.ts';
import { dollars, percent, short } from '../figure-text.ts';
import { tokensOf } from '../priced-group.ts';
import { knownCost, STATES_OF_KIND } from '../unit-cost.ts';
import { latencyShares, type LatencyShares } from './latency-shares.ts';
import type { ModelGroup } from './model-groups.ts';

type GoodputInput = {
  readonly kind: AskedKind;
  readonly figures: FigureContext;
  readonly models: readonly ModelGroup[];
  /** By model. */
  readonly latencies: readonly LatencyRow[];
  /** By model: requests by how they ended. */
  readonly requests: readonly FactRow<EngineFactSums>[];
};

/** Cost of the tokens that came within the targets of their model's service level, failed and aborted requests left out. */
export function goodput(input: GoodputInput): Goodput {
  const shares = latencyShares(input.latencies, (row) => row.by[0] ?? '');
  const served = input.models.filter(({ group }) => tokensOf(group, input.figures.basis) > 0);
  const found = served.map((model) => ({ model, of: goodOfModel(input, model, shares) }));
  const missing = found.flatMap(({ of }) => of.missing);
  return { ...costOf(input, found), models: found.map(({ of }) => of.answer), missing };
}

type Good = { readonly answer: GoodputOfModel; readonly range: ShareRange | null; readonly missing: readonly string[] };

function goodOfModel(input: GoodputInput, { model, group }: ModelGroup, shares: LatencyShares): Good {
  const figures = { ...input.figures, group };
  const { ttftSeconds, interTokenSeconds } = serviceLevelOf(figures.revision, model);
  const ttft = shares(model, 'ttft', ttftSeconds);
  const interToken = shares(model, 'interToken', interTokenSeconds);
  const completed = completedShare(input.requests.find((row) => row.by[0] === model)?.sums);
  const missing = missingOf(model, [
    { name: 'time to first token', target: ttftSeconds, found: ttft },
    { name: 'time between tokens', target: interTokenSeconds, found: interToken },
  ]);
  const range = missing.length > 0 ? null : rangeOf(ttft, interToken, completed.share);
  return {
    range,
    missing,
    answer: {
      model,
      ttftTarget: ttftSeconds,
      interTokenTarget: interTokenSeconds,
      ttft: shareFigure(figures, { what: 'requests whose first token came', target: ttftSeconds, found: ttft }),
      interToken: shareFigure(figures, { what: 'gaps between tokens', target: interTokenSeconds, found: interToken }),
      completed: completedFigure(figures, completed),
      good: goodFigure(figures, range, { ttft, interToken, completed: completed.share }),
      goodRange: range === null ? null : { least: range.least, most: range.most },
    },
  };
}

/** Both targets at once, times the share of requests that ended well; one target alone has no range. */
function rangeOf(ttft: Attainment | null, interToken: Attainment | null, completed: number | null): ShareRange | null {
  const ended = completed ?? 1;
  const joint =
    ttft !== null && interToken !== null
      ? jointShare(ttft.share, interToken.share)
      : { least: 0, estimate: 0, most: 0, ...onlyOf(ttft ?? interToken) };
  if (ttft === null && interToken === null) return null;
  return { least: joint.least * ended, estimate: joint.estimate * ended, most: joint.most * ended };
}

function onlyOf(one: Attainment | null): Partial<ShareRange> {
  return one === null ? {} : { least: one.share, estimate: one.share, most: one.share };
}

type Target = { readonly name: string; readonly target: number | null; readonly found: Attainment | null };

function missingOf(model: string, targets: readonly Target[]): string[] {
  if (targets.every(({ target }) => target === null)) {
    return [
      `${model}: no latency target. Enter a time to first token, a time between tokens, or both, in the cost book's service levels.`,
    ];
  }
  return targets
    .filter(({ target, found }) => target !== null && found === null)
    .map(
      ({ name }) => `${model}: no engine told its ${name} in this window: switch on the engine's latency histograms.`,
    );
}

type Completed = {
  readonly share: number | null;
  readonly completed: number | null;
  readonly others: number | null;
};

/** Share of ended requests that neither failed nor were aborted; null where engines do not tell. */
function completedShare(sums: EngineFactSums | undefined): Completed {
  const completed = addedOf([sums?.requestsStopped ?? null, sums?.requestsLength ?? null]);
  const others = addedOf([sums?.requestsAborted ?? null, sums?.requestsFailed ?? null]);
  const all = (completed ?? 0) + (others ?? 0);
  return { completed, others, share: completed === null || all <= 0 ? null : completed / all };
}

function addedOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sumOf(known, (value) => value);
}

function completedFigure(figures: FigureContext, { share, completed, others }: Completed): Figure {
  const source = 'requests by how they ended, as the engines count them';
  const count = (label: string, value: number | null): FigureInput => ({
    label,
    value,
    unit: 'count',
    source,
    quality: 'measured',
  });
  return explained(figures, {
    value: share,
    unit: 'ratio',
    absence: share === null ? 'no-latency' : null,
    formula: 'requests that stopped or reached their length ÷ all requests that ended',
    working: share === null ? '–' : `${short(completed ?? 0)} ÷ ${short((completed ?? 0) + (others ?? 0))}`,
    inputs: [count('Requests completed', completed), count('Requests failed or aborted', others)],
  });
}

type ShareAsked = { readonly what: string; readonly target: number | null; readonly found: Attainment | null };

function shareFigure(figures: FigureContext, { what, target, found }: ShareAsked): Figure {
  const text = formatWithUnit(target, 's');
  const figure = explained(figures, {
    value: found?.share ?? null,
    unit: 'ratio',
    absence: found === null ? 'no-latency' : null,
    formula: `share of ${what} within ${text}`,
    working: found === null ? '–' : `${percent(found.share)} of ${short(found.observations)} observations`,
    inputs: [
      { label: 'Target', value: target, unit: 's', source: 'service level of the cost book', quality: 'entered' },
      {
        label: 'Observations',
        value: found?.observations ?? null,
        unit: 'count',
        source: 'latency histograms of the engines',
        quality: 'measured',
      },
    ],
  });
  return found === null ? figure : { ...figure, notes: [binNote(found), ...figure.notes] };
}

function binNote({ least, most }: Attainment): string {
  return least === most
    ? 'The target is a bound of the histogram: the share is counted.'
    : `The target lies inside a bin, in which observations are taken to be spread evenly: the share is between ${percent(least)} and ${percent(most)}.`;
}

type Known = {
  readonly ttft: Attainment | null;
  readonly interToken: Attainment | null;
  readonly completed: number | null;
};

function goodFigure(figures: FigureContext, range: ShareRange | null, known: Known): Figure {
  const figure = explained(figures, {
    value: range?.estimate ?? null,
    unit: 'ratio',
    absence: range === null ? 'no-latency' : null,
    formula: 'share of first tokens in time × share of gaps in time × share of requests that ended well',
    working: range === null ? '–' : workingOf(known, range),
    inputs: [],
  });
  return { ...figure, notes: [...(range === null ? [] : GOOD_NOTES), ...figure.notes] };
}

const GOOD_NOTES = [
  'Engines tell each latency alone: how often one request kept both targets is not known. The value is an estimate, as if one had nothing to do with the other; the range holds whatever they have to do.',
  'Tokens are taken to be spread over requests evenly, also those of failed and aborted requests: these are cost, not output.',
];

function workingOf({ ttft, interToken, completed }: Known, range: ShareRange): string {
  const shares = [ttft?.share, interToken?.share, completed ?? undefined].filter((share) => share !== undefined);
  return `${shares.map(percent).join(' × ')} = ${percent(range.estimate)}, between ${percent(range.least)} and ${percent(range.most)}`;
}

/** goodput cost [USD/Mtok] = all cost / sum over models (weighted tokens x good share) x 1e6 */
function costOf(
  { kind, figures }: GoodputInput,
  found: readonly { readonly model: ModelGroup; readonly of: Good }[],
): Pick<Goodput, 'cost' | 'range'> {
  const bill = knownCost(kind, figures.group);
  const isWhole = found.length > 0 && found.every(({ of }) => of.range !== null);
  const goodTokens = (of: keyof ShareRange): number =>
    sumOf(found, ({ model, of: { range } }) => tokensOf(model.group, figures.basis) * (range?.[of] ?? 0));
  const unitCost = (of: keyof ShareRange): number | null =>
    bill.value === null || !isWhole ? null : goodputCostPerMillionTokens(usd(bill.value), tokens(goodTokens(of)), 1);
  const figureFor = (of: keyof ShareRange): Figure => {
    const value = unitCost(of);
    const figure = explained(figures, {
      value,
      unit: 'USD/Mtok',
      absence: value === null ? (bill.absence ?? (isWhole ? 'no-tokens' : 'no-latency')) : null,
      formula: `${kind} cost ÷ ${figures.basis} tokens within the latency targets${SHARE_WORDS[of]} × 10⁶`,
      working:
        value === null || bill.value === null
          ? '–'
          : `${dollars(bill.value)} ÷ ${short(goodTokens(of) / 1e6)} Mtok = ${value.toPrecision(4)} $/Mtok`,
      inputs: [
        ...found.flatMap(({ model, of: good }) => goodInputs(model, good.range?.[of] ?? null, figures)),
        ...tokenInputs(figures),
        ...costInputs(figures, { states: STATES_OF_KIND[kind], energyOnly: kind === 'marginal' }),
      ],
    });
    return { ...figure, notes: [...(value === null ? [] : GOOD_NOTES), ...figure.notes] };
  };
  // The most good tokens give the least cost.
  const [least, most] = [figureFor('most'), figureFor('least')];
  return {
    cost: figureFor('estimate'),
    range: least.value === null || most.value === null ? null : { least, most },
  };
}

const SHARE_WORDS = {
  least: ', as few as the two shares allow,',
  estimate: '',
  most: ', as many as the two shares allow,',
} as const;

function goodInputs({ model, group }: ModelGroup, share: number | null, { basis }: FigureContext): FigureInput[] {
  return [
    {
      label: `${model}, ${basis} tokens`,
      value: tokensOf(group, basis),
      unit: 'token',
      source: 'counters of the engines, by the weights of the cost book',
      quality: 'measured',
    },
    {
      label: `${model}, share within targets`,
      value: share,
      unit: 'ratio',
      source: 'latency histograms and requests by how they ended',
      quality: 'estimated',
    },
  ];
}
