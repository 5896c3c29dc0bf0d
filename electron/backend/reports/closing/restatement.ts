import type { ChargeLedger } from '#shared/model/charge-row.ts';
import type { Report, ReportSection } from '#shared/model/report.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';

/** What a closed month would cost today, beside what it was closed with. USD; null where a product has no price. */
export type Restatement = {
  readonly closedAt: EpochMs;
  readonly closed: number | null;
  readonly now: number | null;
  /** now - closed. */
  readonly difference: number | null;
};

/** restated [USD] = ledger of today - ledger of the closing */
export function restatementOf(closedAt: EpochMs, frozen: ChargeLedger, today: ChargeLedger): Restatement {
  const { total: closed } = frozen;
  const { total: now } = today;
  const difference = closed === null || now === null ? null : now - closed;
  return { closedAt, closed, now, difference };
}

/** Half a cent: a smaller difference prints as none. */
const LEAST_USD = 0.005;

export function isRestated({ difference }: Pick<Restatement, 'difference'>): boolean {
  return difference !== null && Math.abs(difference) >= LEAST_USD;
}

/** The closed report with a sentence on what came after it; its figures stay those of the closing. */
export function withRestatement(report: Report, restatement: Restatement): Report {
  if (!isRestated(restatement)) return report;
  const { locale, zone } = report.head;
  const difference = restatement.difference ?? 0;
  const amount = `${difference < 0 ? '−' : '+'}$${formatNumber(Math.abs(difference), 2, locale)}`;
  const note = `Restated by ${amount} since it was closed on ${formatInstant(restatement.closedAt, zone, 'input')}: later data or prices changed what this month costs. The figures here are those of the closing.`;
  const [first, ...rest] = report.sections;
  if (first === undefined) return report;
  const told: ReportSection = { ...first, notes: [note, ...first.notes] };
  return { ...report, sections: [told, ...rest] };
}
