import type { AnswerContext } from '#backend/answers/answer-context.ts';
import { figureHours } from '#backend/answers/alerts/figure-hours.ts';
import { watchedValues, type WatchedValue } from '#backend/answers/alerts/watched-figures.ts';
import { budgetStatus } from '#backend/answers/budgets/budget-status.ts';
import { findingOf, type Finding, type Patience } from '#shared/alerts/condition.ts';
import { normAt, unusualFinding, type HourValue, type Norm } from '#shared/alerts/norm.ts';
import type { AlertRule, AlertSettings, AlertSubject, Manner } from '#shared/model/alert.ts';
import type { Budget } from '#shared/model/budget.ts';
import { FIGURE_UNITS } from '#shared/model/figure-name.ts';
import type { SourceHealth } from '#shared/model/source-health.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { isSilent, nodesOfScope, nodesOfSilence, silentTargets, unheardNodes } from './scope-nodes.ts';

/** One thing that is watched, and what a look found of it. */
export type Watched = {
  readonly key: string;
  /** What it is of: when this changes, it is another thing. */
  readonly of: string;
  readonly finding: Finding;
  readonly patience: Patience;
  readonly manner: Manner;
  readonly subject: AlertSubject;
  readonly nodes: ReadonlySet<string> | null;
  readonly isBlind: boolean;
  /** Minutes after a change of prices in which a value is due to the prices; 0 where prices do not matter. */
  readonly repricedMinutes: number;
  /** Of a rule: what its standing shows. */
  readonly norm: Norm | null;
};

/** Answers that are too dear for every minute are kept for a while. */
export type LookCache = {
  readonly hours: Map<string, { readonly until: EpochMs; readonly hours: readonly HourValue[] }>;
  readonly nodes: Map<string, { readonly until: EpochMs; readonly nodes: ReadonlySet<string> | null }>;
  readonly budgets: Map<string, { readonly until: EpochMs; readonly things: readonly Watched[] }>;
};

export function createLookCache(): LookCache {
  return { hours: new Map(), nodes: new Map(), budgets: new Map() };
}

/** Prices in force make the kept answers of money wrong. */
export function forgetMoney(cache: LookCache): void {
  cache.hours.clear();
  cache.budgets.clear();
}

const HOUR_MS = 3_600_000;
const TEN_MINUTES_MS = 600_000;

export type LookAsk = {
  readonly context: AnswerContext;
  readonly cache: LookCache;
  readonly at: EpochMs;
  /** Since when looks follow each other without a gap. */
  readonly watchedSince: EpochMs;
  readonly settings: AlertSettings;
  readonly budgets: readonly Budget[];
  readonly health: readonly SourceHealth[];
};

/** Everything that is watched, as it is now. */
export async function watchedThings(ask: LookAsk): Promise<readonly Watched[]> {
  const [silences, rules, budgets] = await Promise.all([watchedSources(ask), watchedRules(ask), watchedBudgets(ask)]);
  return [...silences, ...rules, ...budgets];
}

async function watchedSources({ context, at, settings, health }: LookAsk): Promise<readonly Watched[]> {
  const { isOn, forMinutes, isUrgent, deliverTo } = settings.silence;
  const active = health.filter(({ state }) => state !== 'paused');
  if (!isOn || active.length === 0) return [];
  const unheard = active.some(isSilent) ? await unheardNodes(context, at) : new Set<string>();
  const seats = active.some(isSilent) ? await context.store.seats({ from: at, to: epochMs(at + 1) }) : [];
  const known = [...new Set(seats.flatMap(({ node }) => node ?? []))];
  return active.map((source) => ({
    key: `silence:${source.name}`,
    of: source.name,
    finding: source.state === 'waiting' ? 'unknown' : isSilent(source) ? 'wrong' : 'fine',
    patience: { forMinutes, clearMinutes: forMinutes },
    manner: { isUrgent, deliverTo },
    subject: silenceOf(source),
    nodes: nodesOfSilence(source, known, unheard),
    isBlind: false,
    repricedMinutes: 0,
    norm: null,
  }));
}

function silenceOf(source: SourceHealth): AlertSubject {
  const silent = silentTargets(source);
  const reason = silent[0]?.reason ?? source.reason ?? 'It was not heard.';
  const targets = Math.max(1, source.targets.length);
  // A source that is silent itself may not have told its targets.
  const count = silent.length === 0 ? targets : silent.length;
  return { kind: 'silent-source', source: source.name, silent: count, targets, reason: reason.slice(0, 500) };
}

async function watchedRules(ask: LookAsk): Promise<readonly Watched[]> {
  const rules = ask.settings.rules.filter(({ isOn }) => isOn);
  const values = await watchedValues(ask.context, rules, ask);
  return await Promise.all(
    rules.map(async (rule, index) => {
      const value = values[index] ?? { value: null, isBlind: true };
      const norm = rule.test.kind === 'unusual' ? await normOfRule(ask, rule) : null;
      return watchedRule(rule, value, { norm, nodes: await keptNodes(ask, rule) });
    }),
  );
}

function watchedRule(
  rule: AlertRule,
  { value, isBlind }: WatchedValue,
  { norm, nodes }: Pick<Watched, 'norm' | 'nodes'>,
): Watched {
  const { figure, scope, basis, windowMinutes, test, forMinutes, clearMinutes, isUrgent, deliverTo } = rule;
  const found =
    test.kind === 'limit' ? findingOf(value, test) : norm === null ? 'unknown' : unusualFinding(value, norm, test);
  const usual = norm?.kind === 'norm' ? norm.middle : null;
  return {
    key: `rule:${rule.id}`,
    of: JSON.stringify([figure, scope, basis, windowMinutes, test]),
    // What is hardly observed is never known to be fine again.
    finding: isBlind && found === 'fine' ? 'unknown' : found,
    patience: { forMinutes, clearMinutes },
    manner: { isUrgent, deliverTo },
    subject: { kind: 'figure', figure, scope, basis, windowMinutes, test, value, usual },
    nodes,
    isBlind,
    // A norm is repriced with the value; a limit is not.
    repricedMinutes: isMoney(rule) && test.kind === 'limit' ? windowMinutes + forMinutes + 1 : 0,
    norm,
  };
}

/** Figures that a price can move. */
function isMoney({ figure }: Pick<AlertRule, 'figure'>): boolean {
  return FIGURE_UNITS[figure].startsWith('USD') || figure === 'idle-share';
}

async function normOfRule({ context, cache, at, settings }: LookAsk, rule: AlertRule): Promise<Norm> {
  const key = JSON.stringify([rule.figure, rule.scope, rule.basis]);
  const kept = cache.hours.get(key);
  const fresh =
    kept !== undefined && kept.until > at
      ? kept
      : { until: epochMs(at + HOUR_MS), hours: await figureHours(context, rule, at) };
  cache.hours.set(key, fresh);
  return normAt(at, fresh.hours, settings.quietHours.zone);
}

async function keptNodes({ context, cache, at }: LookAsk, { scope }: AlertRule): Promise<ReadonlySet<string> | null> {
  const key = JSON.stringify(scope);
  const kept = cache.nodes.get(key);
  const fresh =
    kept !== undefined && kept.until > at
      ? kept
      : { until: epochMs(at + TEN_MINUTES_MS), nodes: await nodesOfScope(context, scope, at) };
  cache.nodes.set(key, fresh);
  return fresh.nodes;
}

async function watchedBudgets({ context, cache, at, budgets }: LookAsk): Promise<readonly Watched[]> {
  const all: Watched[] = [];
  for (const budget of budgets) {
    const key = JSON.stringify(budget);
    const kept = cache.budgets.get(key);
    const fresh =
      kept !== undefined && kept.until > at
        ? kept
        : { until: epochMs(at + TEN_MINUTES_MS), things: await watchedBudget(context, budget) };
    cache.budgets.set(key, fresh);
    all.push(...fresh.things);
  }
  return all;
}

/** A forecast moves slowly and is never sure: it has to say the same for an hour. */
const FORECAST_PATIENCE: Patience = { forMinutes: 60, clearMinutes: 360 };
const SPENT_PATIENCE: Patience = { forMinutes: 0, clearMinutes: 0 };

async function watchedBudget(context: AnswerContext, budget: Budget): Promise<readonly Watched[]> {
  const { state, spent, forecast } = await budgetStatus(context, budget);
  const { id, name, scope, usdPerMonth, isUrgent, deliverTo } = budget;
  const usdSpent = spent.value;
  const thing = (kind: 'spent' | 'forecast', usd: number | null, finding: Finding, patience: Patience): Watched => ({
    key: `budget:${id}:${kind}`,
    of: JSON.stringify([scope, budget.zone, usdPerMonth]),
    finding: usd === null ? 'unknown' : finding,
    patience,
    manner: { isUrgent, deliverTo },
    subject: { kind: 'budget', budget: id, name, scope, state: kind, usdPerMonth, usd: usd ?? 0 },
    nodes: null,
    isBlind: false,
    repricedMinutes: 60,
    norm: null,
  });
  return [
    thing('spent', usdSpent, state === 'over' ? 'wrong' : 'fine', SPENT_PATIENCE),
    thing('forecast', forecast?.usd ?? null, state === 'likely-over' ? 'wrong' : 'fine', FORECAST_PATIENCE),
  ];
}
