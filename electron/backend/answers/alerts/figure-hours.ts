import type { AnswerContext } from '#backend/answers/answer-context.ts';
import { answerableWindow } from '#backend/answers/answer-context.ts';
import { pricedGroups } from '#backend/answers/priced-groups.ts';
import type { HourValue } from '#shared/alerts/norm.ts';
import { NORM_WEEKS } from '#shared/alerts/norm.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { overlapOf } from '#shared/time/time-range.ts';
import { callScope, watchedValue, type WatchedFigure } from './watched-figures.ts';

const HOUR_MS = 3_600_000;

/** A figure over each whole hour of the weeks that a norm looks back, and one more; unknown where too little was observed. */
export async function figureHours(
  context: AnswerContext,
  asked: Pick<WatchedFigure, 'figure' | 'scope' | 'basis'>,
  at: EpochMs,
  days = NORM_WEEKS * 7 + 7,
): Promise<readonly HourValue[]> {
  const to = epochMs(Math.floor(at / HOUR_MS) * HOUR_MS);
  const window = await answerableWindow(context, { from: plusSeconds(to, -days * 86_400), to });
  const { groups } = await pricedGroups(context.store, context.costBook(), {
    window,
    scope: callScope(asked.scope),
    by: [],
    stepSeconds: 3600,
  });
  return groups.flatMap((group) => {
    const hour = { from: group.start, to: epochMs(group.start + HOUR_MS) };
    const inside = overlapOf(hour, window);
    if (inside === null) return [];
    const { value, isBlind } = watchedValue(context, asked, { group, window: inside, asked: hour });
    return [{ start: group.start, value: isBlind ? null : value }];
  });
}
