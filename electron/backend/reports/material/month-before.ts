import { isComparable } from '#backend/answers/answer-context.ts';
import { addCoverage } from '#backend/answers/priced-group.ts';
import type { AnswerContext } from '#backend/answers/answer-context.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { ChargeLedger } from '#shared/model/charge-row.ts';
import { epochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { chargeLedger } from '../ledger/charge-ledger.ts';
import { monthWindow, type ReportPeriod } from '../report-period.ts';
import { monthName } from '#shared/report-text/head-text.ts';

/** What a month is compared with, or why it is not. */
export type Before =
  | {
      readonly kind: 'known';
      /** Such as `September 2026`, or the same days of it while the month runs. */
      readonly label: string;
      readonly ledger: ChargeLedger;
      /** Hours of this month's known time over those of the earlier one. */
      readonly lengthRatio: number;
    }
  | { readonly kind: 'none'; readonly reason: string };

/** The month before; of a month that runs, as many of its days; of a window, the same time before it. */
export async function monthBefore(
  context: AnswerContext,
  ask: { readonly period: ReportPeriod; readonly known: TimeRange; readonly scope: CallScope },
): Promise<Before> {
  const { period, known, scope } = ask;
  const { zone } = period;
  const extent = await context.store.extent();
  const { window, label } = windowBefore(period, known);
  const since = formatInstant(extent?.from ?? null, zone, 'full');
  if (extent === null || extent.from > window.from || known.from > period.window.from)
    return { kind: 'none', reason: `No comparison: facts begin at ${since}.` };
  const ledger = await chargeLedger(context, { window, zone, scope });
  if (!isComparable(addCoverage(ledger.capacity.map(({ coverage }) => coverage))))
    return { kind: 'none', reason: `No comparison: less than 90 % of the GPU time of ${label} was observed.` };
  return { kind: 'known', label, ledger, lengthRatio: secondsOf(known) / secondsOf(ledger.window) };
}

function windowBefore(
  { month, zone, window, state }: ReportPeriod,
  known: TimeRange,
): { readonly window: TimeRange; readonly label: string } {
  if (month === null) {
    const from = epochMs(window.from - (known.to - window.from));
    return { window: { from, to: window.from }, label: 'the same time before' };
  }
  const earlier = monthOffset(month, -1);
  const whole = monthWindow(earlier, zone);
  if (state !== 'open') return { window: whole, label: monthName(earlier) };
  const to = epochMs(Math.min(whole.to, whole.from + (known.to - window.from)));
  return { window: { from: whole.from, to }, label: `the same days of ${monthName(earlier)}` };
}

/** A month so many months later, or earlier when negative: `2026-01` and -1 is `2025-12`. */
export function monthOffset(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const index = year * 12 + number - 1 + months;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}
