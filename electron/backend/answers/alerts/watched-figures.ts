import type { AnswerContext } from '#backend/answers/answer-context.ts';
import { answerableWindow, revisionOf } from '#backend/answers/answer-context.ts';
import { figureOf } from '#backend/answers/figures.ts';
import { mergeGroups, addCoverage, type PricedGroup } from '#backend/answers/priced-group.ts';
import { pricedGroups } from '#backend/answers/priced-groups.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { AlertRule } from '#shared/model/alert.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';

/** What is watched: a figure of a scope, over the last so many minutes. */
export type WatchedFigure = Pick<AlertRule, 'figure' | 'scope' | 'basis' | 'windowMinutes'>;

/**
 * A figure as a rule sees it. `isBlind`: so little of the scope's time was observed that the value says more about the
 * watching than about the fleet.
 */
export type WatchedValue = { readonly value: number | null; readonly isBlind: boolean };

/** With less than this share of the asked time observed, a value is not held against a limit. */
const OBSERVED_LEAST = 0.9;

/**
 * The figures at an instant, in the order asked. Those of one scope and window share one question to the store. Coverage looks
 * no further back than `watchedSince`: that Tokenwatt itself was not running is no fault of the fleet.
 */
export async function watchedValues(
  context: AnswerContext,
  asked: readonly WatchedFigure[],
  { at, watchedSince }: { readonly at: EpochMs; readonly watchedSince: EpochMs },
): Promise<readonly WatchedValue[]> {
  const groups = new Map<string, Promise<Seen>>();
  return await Promise.all(
    asked.map(async (one) => {
      const from = plusSeconds(at, -one.windowMinutes * 60);
      const window = { from: one.figure === 'coverage' ? epochMs(Math.max(from, watchedSince)) : from, to: at };
      if (secondsOf(window) < SECONDS_LEAST) return { value: null, isBlind: true };
      const key = JSON.stringify([one.scope, window]);
      const seen = groups.get(key) ?? seenIn(context, one, window);
      groups.set(key, seen);
      return watchedValue(context, one, await seen);
    }),
  );
}

/** Less than this says nothing: polls may be half a minute apart. */
const SECONDS_LEAST = 60;

type Seen = { readonly group: PricedGroup; readonly window: TimeRange; readonly asked: TimeRange };

async function seenIn(context: AnswerContext, { scope }: WatchedFigure, asked: TimeRange): Promise<Seen> {
  const window = await answerableWindow(context, asked);
  const query = { window, scope: callScope(scope), by: [], stepSeconds: null };
  const { whole } = await pricedGroups(context.store, context.costBook(), query);
  return { group: whole, window, asked };
}

/** The value of a figure of one group of facts: the same figure that every screen shows. */
export function watchedValue(
  context: AnswerContext,
  { figure, basis }: Pick<WatchedFigure, 'figure' | 'basis'>,
  { group, window, asked }: Seen,
): WatchedValue {
  const { value } = figureOf(figure, {
    group,
    revision: revisionOf(context, window),
    basis,
    windowSeconds: secondsOf(window),
    engines: 0,
    windowNote: null,
    measuredPue: null,
    meterNotes: [],
  });
  const { observedSeconds, expectedSeconds } = group.coverage;
  const isShort = secondsOf(window) < OBSERVED_LEAST * secondsOf(asked);
  const isUnseen = expectedSeconds > 0 && observedSeconds < OBSERVED_LEAST * expectedSeconds;
  return { value: isShort ? null : value, isBlind: isShort || (isUnseen && figure !== 'coverage') };
}

/** Groups of neighbouring buckets as one. */
export function joinedGroup(groups: readonly PricedGroup[], start: EpochMs): PricedGroup {
  return mergeGroups(groups, { by: [], start, coverage: addCoverage(groups.map((group) => group.coverage)) });
}

/** A watched scope as calls ask for it: the two types have the same names. */
export function callScope(scope: AlertRule['scope']): CallScope {
  return scope;
}
