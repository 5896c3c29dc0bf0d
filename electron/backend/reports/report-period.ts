import { answerableWindow, revisionOf, type AnswerContext } from '#backend/answers/answer-context.ts';
import type { ReportAsk } from '#shared/contract/report-schema.ts';
import type { MonthState } from '#shared/model/report.ts';
import { monthAfter, parseMonth } from '#shared/time/calendar-month.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { overlapOf, type TimeRange } from '#shared/time/time-range.ts';
import { startOfDay } from '#shared/time/zone-clock.ts';

/** The time that a report is about. */
export type ReportPeriod = {
  readonly month: string | null;
  readonly zone: string;
  /** What was asked for, whole. */
  readonly window: TimeRange;
  /** The part of it with facts; null where there are none, or it lies in the future. */
  readonly known: TimeRange | null;
  readonly state: MonthState;
};

/** A month as a zone counts it: a month with a clock change has an hour less or more. */
export function monthWindow(month: string, zone: string): TimeRange {
  const firstDay = (name: string): EpochMs => startOfDay({ ...parseMonth(name), day: 1 }, zone);
  return { from: firstDay(month), to: firstDay(monthAfter(month)) };
}

/** Window, zone and state of what is asked; without a zone, that of the electricity tariff in force now. */
export async function reportPeriod(context: AnswerContext, ask: ReportAsk): Promise<ReportPeriod> {
  const now = context.clock.now();
  const zone = ask.zone ?? revisionOf(context, { from: now, to: now }).energy.zone;
  const window = ask.month === null ? ask.window : monthWindow(ask.month, zone);
  if (window === null) throw new Error('the schema lets no report through without a month or a window');
  return {
    month: ask.month,
    zone,
    window,
    known: await knownPart(context, window, now),
    state: window.to > now ? 'open' : 'provisional',
  };
}

async function knownPart(context: AnswerContext, window: TimeRange, now: EpochMs): Promise<TimeRange | null> {
  const extent = await context.store.extent();
  if (extent === null || window.from >= now || overlapOf(extent, window) === null) return null;
  return await answerableWindow(context, window);
}
