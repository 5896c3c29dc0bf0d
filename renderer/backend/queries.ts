import { queryOptions } from '@tanstack/react-query';
import type {
  Answers,
  BreakdownDimension,
  CallFailure,
  CallInput,
  CallName,
  CallScope,
  FigureName,
} from '#shared/contract/backend-api.ts';
import type { AskedKind } from '#shared/contract/cost-schema.ts';
import type { ComparedSideAsk } from '#shared/contract/snapshot-comparison-schema.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import type { ClaimArithmetic, RateTier } from '#shared/model/reference-catalogue.ts';
import type { ReportSettings } from '#shared/model/report-settings.ts';
import type { Scenario } from '#shared/model/scenario.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { LiveClock } from './live-clock.ts';

/** A failed call, as the query library wants it: thrown. */
export class CallError extends Error {
  readonly failure: CallFailure;
  constructor(failure: CallFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * A window by its name, made into instants when it is asked for: `24h` stays one key in the cache while its end moves, so old
 * values stay on screen until new ones arrive.
 */
export type AskedWindow = { readonly key: string; readonly at: (asOf: EpochMs) => TimeRange };

/** What every figure of a page is asked for. */
export type Asked = { readonly window: AskedWindow; readonly scope: CallScope; readonly basis: TokenBasis };

/** A side of a comparison: a file, or what is shown over a window; null is the range of the page. */
export type SideChoice =
  | { readonly kind: 'shown'; readonly window: TimeRange | null }
  | { readonly kind: 'snapshot'; readonly name: string };

export type ComparedSides = { readonly first: SideChoice; readonly second: SideChoice; readonly book: 'own' | 'first' };

/** First words of the keys of queries whose answers change when facts arrive; `overview` follows every arrival. */
export const HISTORY_KEYS = [
  'costSeries',
  'costBreakdown',
  'costDetail',
  'idleWaste',
  'idleCapacity',
  'reference',
  'whatIf',
] as const satisfies readonly CallName[];

const UPDATES_REFRESH_MS = 300_000;

/** Answers that ask the store many times are not asked anew at every arrival: only when they are looked at again after this. */
const SLOW_STALE_MS = 60_000;

/** One query per call of the contract that asks; the calls that change things are mutations where they are used. */
export function createQueries(client: BackendClient, clock: LiveClock) {
  const windowOf = (asked: AskedWindow): TimeRange => asked.at(clock.state().asOf ?? clock.now());

  async function ask<Name extends CallName>(name: Name, input: CallInput[Name]): Promise<Answers[Name]> {
    const result = await client[name](input);
    if (!result.ok) throw new CallError(result.failure);
    return result.value;
  }

  return {
    capabilities: () =>
      queryOptions({
        queryKey: ['capabilities'],
        queryFn: async () => {
          const answer = await ask('capabilities', {});
          clock.learn(answer.now, answer.snapshot !== null);
          return answer;
        },
      }),
    overview: ({ window, scope, basis }: Asked) =>
      queryOptions({
        queryKey: ['overview', window.key, scope, basis],
        queryFn: () => ask('overview', { window: windowOf(window), scope, basis }),
      }),
    costSeries: ({ window, scope, basis }: Asked, bucketsMax: number) =>
      queryOptions({
        queryKey: ['costSeries', window.key, scope, basis, bucketsMax],
        queryFn: () => ask('costSeries', { window: windowOf(window), scope, basis, bucketsMax }),
      }),
    costBreakdown: ({ window, scope, basis }: Asked, by: BreakdownDimension, historyBuckets: number) =>
      queryOptions({
        queryKey: ['costBreakdown', window.key, scope, basis, by, historyBuckets],
        queryFn: () => ask('costBreakdown', { window: windowOf(window), scope, basis, by, historyBuckets }),
      }),
    costDetail: ({ window, scope, basis }: Asked, kind: AskedKind) =>
      queryOptions({
        queryKey: ['costDetail', window.key, scope, basis, kind],
        queryFn: () => ask('costDetail', { window: windowOf(window), scope, basis, kind }),
      }),
    reconciliation: ({ window, scope, basis }: Asked) =>
      queryOptions({
        queryKey: ['reconciliation', window.key, scope, basis],
        staleTime: SLOW_STALE_MS,
        queryFn: () => ask('reconciliation', { window: windowOf(window), scope, basis }),
      }),
    limits: ({ window, scope }: Omit<Asked, 'basis'>) =>
      queryOptions({
        queryKey: ['limits', window.key, scope],
        staleTime: SLOW_STALE_MS,
        queryFn: () => ask('limits', { window: windowOf(window), scope }),
      }),
    idleWaste: ({ window, scope }: Omit<Asked, 'basis'>, limit: number) =>
      queryOptions({
        queryKey: ['idleWaste', window.key, scope, limit],
        queryFn: () => ask('idleWaste', { window: windowOf(window), scope, limit }),
      }),
    idleCapacity: ({ window, scope }: Omit<Asked, 'basis'>, zone: string) =>
      queryOptions({
        queryKey: ['idleCapacity', window.key, scope, zone],
        queryFn: () => ask('idleCapacity', { window: windowOf(window), scope, zone }),
      }),
    /** A figure of a fixed window does not change under the reader. */
    figure: (name: FigureName, window: TimeRange, scope: CallScope, basis: TokenBasis) =>
      queryOptions({
        queryKey: ['figure', name, window.from, window.to, scope, basis],
        queryFn: () => ask('figure', { name, window, scope, basis }),
      }),
    reference: ({ window, scope }: Omit<Asked, 'basis'>, tier: RateTier) =>
      queryOptions({
        queryKey: ['reference', window.key, scope, tier],
        queryFn: () => ask('reference', { window: windowOf(window), scope, tier }),
      }),
    whatIf: ({ window, scope, basis }: Asked, scenario: Scenario) =>
      queryOptions({
        queryKey: ['whatIf', window.key, scope, basis, scenario],
        queryFn: () => ask('whatIf', { window: windowOf(window), scope, basis, scenario }),
      }),
    scenarios: () => queryOptions({ queryKey: ['scenarios'], queryFn: () => ask('scenarios', {}) }),
    claim: (arithmetic: ClaimArithmetic) =>
      queryOptions({ queryKey: ['claim', arithmetic], queryFn: () => ask('claim', { arithmetic }) }),
    /** Assessed from closed windows: asked for again every few minutes, not with every poll. */
    updates: ({ window, scope }: Omit<Asked, 'basis'>) =>
      queryOptions({
        queryKey: ['updates', window.key, scope],
        queryFn: () => ask('updates', { window: windowOf(window), scope }),
        refetchInterval: UPDATES_REFRESH_MS,
      }),
    update: (id: string) =>
      queryOptions({
        queryKey: ['update', id],
        queryFn: () => ask('update', { id }),
        refetchInterval: UPDATES_REFRESH_MS,
        // Another change's evidence under this one's name would be a lie: here old values are not kept.
        placeholderData: () => undefined,
      }),
    deployments: () => queryOptions({ queryKey: ['deployments'], queryFn: () => ask('deployments', {}) }),
    sourceSettings: () => queryOptions({ queryKey: ['sourceSettings'], queryFn: () => ask('sourceSettings', {}) }),
    sourceHealth: () => queryOptions({ queryKey: ['sourceHealth'], queryFn: () => ask('sourceHealth', {}) }),
    /** What a draft would give; asked anew when it changes, while the old answer stands. */
    previewCostBook: (revisions: CallInput['previewCostBook']['revisions'], { window, scope, basis }: Asked) =>
      queryOptions({
        queryKey: ['previewCostBook', window.key, scope, basis, revisions],
        queryFn: () => ask('previewCostBook', { revisions, window: windowOf(window), scope, basis }),
      }),
    snapshots: () => queryOptions({ queryKey: ['snapshots'], queryFn: () => ask('snapshots', {}) }),
    /** Opens files beside what is shown: asked for again when it is looked at again, not with every poll. */
    compareSnapshots: ({ window, scope, basis }: Asked, { first, second, book }: ComparedSides) => {
      const sideOf = (side: SideChoice): ComparedSideAsk =>
        side.kind === 'shown' ? { kind: 'shown', window: side.window ?? windowOf(window) } : side;
      return queryOptions({
        queryKey: ['compareSnapshots', window.key, scope, basis, first, second, book],
        staleTime: SLOW_STALE_MS,
        queryFn: () => ask('compareSnapshots', { first: sideOf(first), second: sideOf(second), scope, basis, book }),
      });
    },
    reportMonths: () => queryOptions({ queryKey: ['reportMonths'], queryFn: () => ask('reportMonths', {}) }),
    reportSchedule: () => queryOptions({ queryKey: ['reportSchedule'], queryFn: () => ask('reportSchedule', {}) }),
    restatement: (month: string) =>
      queryOptions({
        queryKey: ['restatement', month],
        staleTime: SLOW_STALE_MS,
        queryFn: () => ask('restatement', { month }),
      }),
    reportSettings: () => queryOptions({ queryKey: ['reportSettings'], queryFn: () => ask('reportSettings', {}) }),
    /** Adds up a whole month: it is asked for again when it is looked at again, not with every poll. */
    report: (month: string, { company, logo, locale, paper, zone }: ReportSettings) =>
      queryOptions({
        queryKey: ['report', month, company, locale, paper, zone, logo?.length],
        staleTime: SLOW_STALE_MS,
        queryFn: () => ask('report', { month, company, logo, locale, paper, zone }),
      }),
    alerts: () => queryOptions({ queryKey: ['alerts'], queryFn: () => ask('alerts', {}) }),
    alertRules: () => queryOptions({ queryKey: ['alertRules'], queryFn: () => ask('alertRules', {}) }),
    budgetStatus: () => queryOptions({ queryKey: ['budgetStatus'], queryFn: () => ask('budgetStatus', {}) }),
    previewAlertRule: (rule: CallInput['previewAlertRule']['rule']) =>
      queryOptions({ queryKey: ['previewAlertRule', rule], queryFn: () => ask('previewAlertRule', { rule }) }),
    costBook: () => queryOptions({ queryKey: ['costBook'], queryFn: () => ask('costBook', {}) }),
  };
}

export type Queries = ReturnType<typeof createQueries>;
