import type { AnswerContext } from '#backend/answers/answer-context.ts';
import type { ReportMonth, ReportMonths } from '#shared/contract/report-calls-schema.ts';
import { monthBefore, monthName } from '#shared/time/calendar-month.ts';
import { overlapOf } from '#shared/time/time-range.ts';
import { wallClockAt } from '#shared/time/zone-clock.ts';
import { monthWindow } from './report-period.ts';

/** Ten years: beyond that a clock that was wrong has stored something. */
const MONTHS_MAX = 120;

/** Every month that facts lie in, newest first, as the zone counts months. */
export async function reportMonths(
  { store, clock }: AnswerContext,
  zone: string,
): Promise<Omit<ReportMonths, 'canClose'>> {
  const extent = await store.extent();
  if (extent === null) return { zone, months: [] };
  const now = clock.now();
  const first = monthName(wallClockAt(extent.from, zone));
  const months: ReportMonth[] = [];
  let name = monthName(wallClockAt(extent.to > now ? now : extent.to, zone));
  while (name >= first && months.length < MONTHS_MAX) {
    const window = monthWindow(name, zone);
    const state = window.to > now ? 'open' : 'provisional';
    months.push({ month: name, window, known: overlapOf(extent, window), state, closing: null });
    name = monthBefore(name);
  }
  return { zone, months: months.filter(({ known }) => known !== null) };
}
