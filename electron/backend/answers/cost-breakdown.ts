import type { BreakdownRow, CheckedInput, CostBreakdown, FigureName } from '#shared/contract/backend-api.ts';
import { IDLE_STATES, WORKING_STATES } from '#shared/cost/cost-per-million-tokens.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import { bucketStarts, stepFor } from '#shared/time/buckets.ts';
import { epochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { answerableWindow, figureContext, isComparable, type AnswerContext } from './answer-context.ts';
import type { FigureContext } from './figure-inputs.ts';
import { figureOf } from './figures.ts';
import { isPhysical } from './presence.ts';
import { gpuSecondsOf, onlyStates, tokensOf, type PricedGroup } from './priced-group.ts';
import { pricedGroups, type GroupDimension, type GroupQuery, type PricedGroups } from './priced-groups.ts';
import { isGap } from './series-point.ts';
import { unitCostOf } from './unit-cost.ts';

/** The scope divided by one dimension; rows and what belongs to none of them add to the total. */
export async function costBreakdown(
  context: AnswerContext,
  input: CheckedInput['costBreakdown'],
): Promise<CostBreakdown> {
  const window = await answerableWindow(context, input.window);
  const before = { from: epochMs(window.from - (window.to - window.from)), to: window.from };
  const by: readonly GroupDimension[] = input.by === 'fleet' ? [] : [input.by];
  const ask = { window, scope: input.scope, by, stepSeconds: null };
  const [labels, { groups, whole }, earlier, history] = await Promise.all([
    labelsOf(context, input.by, window),
    pricedGroups(context.store, context.costBook(), ask),
    earlierGroups(context, { ...ask, window: before }),
    historyOf(context, input, window, by),
  ]);
  const figures = await figureContext(context, { ...input, asked: input.window, window }, whole);
  const rowOf = rowMaker(input, secondsOf(window));
  const costBefore = new Map(
    earlier?.groups.map((group) => [keyOf(group), unitCostOf('loaded', group, input.basis).value]),
  );
  const members = groups
    .filter((group) => by.length === 0 || keyOf(group) !== null)
    .map((group) => {
      const key = keyOf(group);
      const row = rowOf(group, 'member', key ?? 'fleet');
      const label = labels.get(row.key) ?? row.label;
      return { ...row, label, costBefore: costBefore.get(key) ?? null, history: history.get(key) ?? [] };
    })
    .toSorted((one, other) => (other.spendUsd ?? 0) - (one.spendUsd ?? 0) || (one.key < other.key ? -1 : 1));
  const rest = groups
    .filter((group) => by.length > 0 && keyOf(group) === null)
    .flatMap((group) => restRows(group, { rowOf, by: input.by, figures }));
  const totalBefore = earlier === null ? null : unitCostOf('loaded', earlier.whole, input.basis).value;
  return {
    window,
    rows: [...members.slice(0, input.limit), ...rest],
    total: { ...rowOf(whole, 'member', 'fleet'), costBefore: totalBefore },
    omitted: Math.max(0, members.length - input.limit),
  };
}

/** The groups of an earlier window; null where facts begin later, or too little of it was heard to compare with. */
async function earlierGroups(context: AnswerContext, ask: GroupQuery): Promise<PricedGroups | null> {
  const extent = await context.store.extent();
  if (extent === null || extent.from > ask.window.from) return null;
  const earlier = await pricedGroups(context.store, context.costBook(), ask);
  return isComparable(earlier.whole.coverage) ? earlier : null;
}

/** What rows are called where their key says little: a GPU by its node and index. */
async function labelsOf(
  { store }: AnswerContext,
  by: CheckedInput['costBreakdown']['by'],
  window: TimeRange,
): Promise<ReadonlyMap<string, string>> {
  if (by !== 'gpu') return new Map();
  const seats = await store.seats(window);
  return new Map(
    seats.map(({ gpu, node, index }) => [gpu, node === null || index === null ? gpu : `${node} GPU ${index}`]),
  );
}

function keyOf(group: PricedGroup): string | null {
  return group.by[0] ?? null;
}

type RowMaker = (group: PricedGroup, kind: BreakdownRow['group'], key: string) => BreakdownRow;

function rowMaker(input: CheckedInput['costBreakdown'], windowSeconds: number): RowMaker {
  return (group, kind, key) => {
    const count = tokensOf(group, input.basis);
    const unit = (cost: 'loaded' | 'serving' | 'marginal'): number | null => unitCostOf(cost, group, input.basis).value;
    // A sum that leaves out GPUs without a price would be a wrong number: it is not shown at all.
    const isPriced = group.unpricedSkus.length === 0;
    const spend = isPriced ? costOf(group.cost) : null;
    const idle = isPriced ? costOf(group.cost, IDLE_STATES) : null;
    const energy = group.itEnergyJoules;
    return {
      key,
      label: LABELS[kind] ?? key,
      group: kind,
      gpus: gpuSecondsOf(group) / windowSeconds,
      gpuSeconds: group.gpuSeconds,
      tokensPerSecond: group.hasTokens ? count / windowSeconds : null,
      cost: unit('loaded'),
      servingCost: unit('serving'),
      marginalCost: unit('marginal'),
      costBefore: null,
      tokensPerJoule: energy !== null && energy > 0 && count > 0 ? count / energy : null,
      powerWatts: energy === null ? null : energy / windowSeconds,
      idleUsdPerHour: idle === null ? null : (idle / windowSeconds) * SECONDS_PER_HOUR,
      spendUsdPerHour: spend === null ? null : (spend / windowSeconds) * SECONDS_PER_HOUR,
      spendUsd: spend,
      coverage: group.coverage,
      history: [],
      figures: null,
    };
  };
}

const LABELS: Readonly<Partial<Record<BreakdownRow['group'], string>>> = {
  free: 'Free',
  down: 'Down',
  unseen: 'Unseen',
  unplaced: 'Unplaced work',
};

const REST: readonly { readonly kind: BreakdownRow['group']; readonly states: readonly GpuState[] }[] = [
  { kind: 'free', states: ['unallocated'] },
  { kind: 'down', states: ['unhealthy'] },
  { kind: 'unseen', states: ['unobserved'] },
  { kind: 'unplaced', states: [...WORKING_STATES, 'loaded-idle'] },
];

/** GPU time that belongs to no member, divided by why: nothing bound, failed, not heard, or work of unknown origin. */
function restRows(group: PricedGroup, { rowOf, by, figures }: RestOf): BreakdownRow[] {
  const explained = (own: PricedGroup) => figuresOf({ ...figures, group: own });
  if (isPhysical(by))
    return [{ ...rowOf(group, 'unplaced', 'unplaced'), label: `No ${by} known`, figures: explained(group) }];
  const rows = REST.map(({ kind, states }) => {
    const part = onlyStates(group, states);
    // Tokens without a value of the dimension were made by work without one.
    const own = kind === 'unplaced' ? { ...part, tokenPieces: group.tokenPieces, hasTokens: group.hasTokens } : part;
    const row = { ...rowOf(own, kind, kind), figures: explained(own) };
    return kind === 'unplaced' && by === 'version' ? { ...row, label: 'Version not known' } : row;
  });
  return rows.filter(
    (row) => row.gpus > 0 || row.powerWatts !== null || (row.spendUsd ?? 0) > 0 || (row.tokensPerSecond ?? 0) > 0,
  );
}

type RestOf = {
  readonly rowOf: RowMaker;
  readonly by: CheckedInput['costBreakdown']['by'];
  readonly figures: FigureContext;
};

const ROW_FIGURES = [
  'cost-per-million-tokens',
  'serving-cost-per-million-tokens',
  'marginal-cost-per-million-tokens',
  'throughput',
  'efficiency',
  'idle-spend-rate',
  'spend-rate',
] as const satisfies readonly FigureName[];

function figuresOf(context: FigureContext): BreakdownRow['figures'] {
  return Object.fromEntries(ROW_FIGURES.map((name) => [name, figureOf(name, context)]));
}

/** Cost per bucket of each member, for its sparkline: every bucket of the window has its place, and a gap stays one. */
async function historyOf(
  context: AnswerContext,
  input: CheckedInput['costBreakdown'],
  window: TimeRange,
  by: readonly GroupDimension[],
): Promise<ReadonlyMap<string | null, (number | null)[]>> {
  if (input.historyBuckets === 0) return new Map();
  const stepSeconds = stepFor(window, { bucketsMax: input.historyBuckets, secondsMin: context.pollSeconds });
  const ask = { window, scope: input.scope, by, stepSeconds };
  const { groups } = await pricedGroups(context.store, context.costBook(), ask);
  const starts = bucketStarts(window, stepSeconds);
  const costOfGroup = (group: PricedGroup): number | null =>
    isGap(group) ? null : unitCostOf('loaded', group, input.basis).value;
  return new Map(
    [...Map.groupBy(groups, keyOf)].map(([key, list]) => {
      const costAt = new Map(list.map((group) => [group.start, costOfGroup(group)]));
      return [key, starts.map((start) => costAt.get(start) ?? null)];
    }),
  );
}
