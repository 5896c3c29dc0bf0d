import type { AnswerContext } from '#backend/answers/answer-context.ts';
import { answerableWindow } from '#backend/answers/answer-context.ts';
import type { PricedGroup } from '#backend/answers/priced-group.ts';
import { pricedGroups } from '#backend/answers/priced-groups.ts';
import { findingOf, type Finding } from '#shared/alerts/condition.ts';
import { NORM_WEEKS_LEAST, normAt, unusualFinding, type HourValue, type Norm } from '#shared/alerts/norm.ts';
import { replayed } from '#shared/alerts/replay.ts';
import type { RulePreview } from '#shared/contract/alerts-schema.ts';
import type { AlertRule } from '#shared/model/alert.ts';
import { bucketStart, STEPS_SECONDS } from '#shared/time/buckets.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { formatDuration } from '#shared/units/format-time.ts';
import { figureHours } from './figure-hours.ts';
import { callScope, joinedGroup, watchedValue, type WatchedValue } from './watched-figures.ts';

const DAYS = 7;

/** A rule over the last seven days: each look joins the buckets of its window, so that it sees what a live look would. */
export async function previewAlertRule(context: AnswerContext, rule: AlertRule, zone: string): Promise<RulePreview> {
  const stepSeconds = stepOf(rule);
  const to = bucketStart(context.clock.now(), stepSeconds);
  const window = { from: plusSeconds(to, -DAYS * 86_400), to };
  const buckets = await bucketsBefore(context, rule, { from: window.from, to, stepSeconds });
  const hours = rule.test.kind === 'unusual' ? await figureHours(context, rule, to) : [];
  const at: EpochMs[] = [];
  for (let look = plusSeconds(window.from, stepSeconds); look <= to; look = plusSeconds(look, stepSeconds))
    at.push(look);
  const looks = at.map((instant) => lookAt(context, rule, { instant, buckets, stepSeconds, hours, zone }));
  const findings = looks.map(({ finding }, index) => ({ at: at[index] ?? to, finding }));
  return {
    window,
    stepSeconds,
    at,
    values: looks.map(({ value }) => value),
    usual: looks.map(({ norm }) => (norm?.kind === 'norm' ? norm.middle : null)),
    alerts: replayed(findings, rule, { stepSeconds }),
    note: noteOf(looks, stepSeconds),
  };
}

/** A twelfth of the window, a quarter of an hour at least: finer steps answer later and show no more. */
function stepOf({ windowMinutes, forMinutes }: AlertRule): number {
  const least = Math.max(windowMinutes < 15 || forMinutes < 15 ? 300 : 900, (windowMinutes * 60) / 12);
  return STEPS_SECONDS.find((step) => step >= least) ?? 86_400;
}

type Buckets = ReadonlyMap<number, PricedGroup>;

async function bucketsBefore(
  context: AnswerContext,
  rule: AlertRule,
  ask: { readonly from: EpochMs; readonly to: EpochMs; readonly stepSeconds: number },
): Promise<Buckets> {
  const from = bucketStart(plusSeconds(ask.from, -rule.windowMinutes * 60), ask.stepSeconds);
  const window = await answerableWindow(context, { from, to: ask.to });
  const { groups } = await pricedGroups(context.store, context.costBook(), {
    window,
    scope: callScope(rule.scope),
    by: [],
    stepSeconds: ask.stepSeconds,
  });
  return new Map(groups.map((group) => [group.start, group]));
}

type Looked = WatchedValue & { readonly finding: Finding; readonly norm: Norm | null };

function lookAt(
  context: AnswerContext,
  rule: AlertRule,
  ask: {
    readonly instant: EpochMs;
    readonly buckets: Buckets;
    readonly stepSeconds: number;
    readonly hours: readonly HourValue[];
    readonly zone: string;
  },
): Looked {
  const count = Math.max(1, Math.ceil((rule.windowMinutes * 60) / ask.stepSeconds));
  const starts = Array.from({ length: count }, (_, index) => ask.instant - (index + 1) * ask.stepSeconds * 1000);
  const inside = starts.flatMap((start) => ask.buckets.get(start) ?? []);
  const window = { from: epochMs(ask.instant - count * ask.stepSeconds * 1000), to: ask.instant };
  const isHalf = inside.length < 0.9 * count;
  const seen = { group: joinedGroup(inside, window.from), window, asked: window };
  const { value, isBlind } = isHalf ? { value: null, isBlind: true } : watchedValue(context, rule, seen);
  const norm = rule.test.kind === 'unusual' ? normAt(ask.instant, ask.hours, ask.zone) : null;
  const finding =
    rule.test.kind === 'limit'
      ? findingOf(value, rule.test)
      : norm === null
        ? 'unknown'
        : unusualFinding(value, norm, rule.test);
  return { value: isBlind ? null : value, isBlind, norm, finding: isBlind ? 'unknown' : finding };
}

function noteOf(looks: readonly Looked[], stepSeconds: number): string | null {
  const step = formatDuration(stepSeconds);
  const blind = looks.filter(({ isBlind }) => isBlind).length;
  const isWithoutNorm = looks.every(({ norm }) => norm !== null && norm.kind !== 'norm');
  if (isWithoutNorm && looks.some(({ norm }) => norm !== null))
    return `Not enough history: what is usual needs at least ${NORM_WEEKS_LEAST} weeks of the same hour.`;
  if (blind === looks.length) return 'Nothing was observed in these days.';
  const gaps =
    blind === 0 ? '' : ` ${Math.round((blind / looks.length) * 100)} % of the time was not observed enough to say.`;
  return `Looked at in steps of ${step}.${gaps}`;
}
