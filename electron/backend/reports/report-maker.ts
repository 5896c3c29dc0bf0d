import { revisionOf } from '#backend/answers/answer-context.ts';
import type { ReportMonth, ReportMonths } from '#shared/contract/report-calls-schema.ts';
import type { ReportAsk } from '#shared/contract/report-schema.ts';
import { fail, type Result } from '#shared/lib/result.ts';
import { correctionRows } from '#shared/cost/charges/correction-rows.ts';
import type { ChargeRow } from '#shared/model/charge-row.ts';
import type { Report } from '#shared/model/report.ts';
import type { ReportSettings } from '#shared/model/report-settings.ts';
import { buildReport } from './build-report.ts';
import { freezeMonth, readClosings, readFrozen, type Closing } from './closing/closed-months.ts';
import { restatementOf, withRestatement, type Restatement } from './closing/restatement.ts';
import type { FocusVersion } from './focus/focus-columns.ts';
import type { FocusFiles } from './focus/focus-export.ts';
import { focusOfReport } from './focus/focus-of-report.ts';
import { chargeLedger } from './ledger/charge-ledger.ts';
import type { BuildWatch, ReportContext } from './report-context.ts';
import { reportMonths } from './report-months.ts';
import { monthWindow } from './report-period.ts';
import { readReportSettings } from './report-settings-document.ts';

type ReportMakerOptions = {
  readonly context: () => ReportContext;
  /** Where closed months are kept; null where nothing is closed, as in a snapshot. */
  readonly folder: () => string | null;
};

/** Reports as they are asked for: of an open month from the facts, of a closed one as it was closed. */
export type ReportMaker = {
  readonly make: (ask: ReportAsk, watch?: BuildWatch) => Promise<Report>;
  /** Cost and usage of the same time, as FOCUS. */
  readonly focus: (report: Report, ask: ReportAsk, version: FocusVersion) => Promise<FocusFiles>;
  readonly months: () => Promise<ReportMonths>;
  /** Fails with a sentence that says why not. */
  readonly close: (month: string) => Promise<Result<Closing, string>>;
  /** Null of a month that is not closed. */
  readonly restatement: (month: string) => Promise<Restatement | null>;
};

export function createReportMaker({ context, folder }: ReportMakerOptions): ReportMaker {
  const store = () => context().answers.store;

  async function closingOf(month: string | null): Promise<Closing | null> {
    if (month === null || folder() === null) return null;
    return (await readClosings(store())).find((one) => one.month === month) ?? null;
  }

  async function frozenOf(closing: Closing) {
    const read = await readFrozen(folder() ?? '', closing);
    if (!read.ok) throw new Error(read.failure);
    return read.value;
  }

  async function restated(closing: Closing, frozen: Awaited<ReturnType<typeof frozenOf>>): Promise<Restatement> {
    const window = monthWindow(closing.month, closing.zone);
    const today = await chargeLedger(context().answers, { window, zone: closing.zone });
    return restatementOf(closing.closedAt, frozen.ledger, today);
  }

  async function make(ask: ReportAsk, watch?: BuildWatch): Promise<Report> {
    const closing = isWhole(ask) ? await closingOf(ask.month) : null;
    if (closing === null || (ask.zone !== null && ask.zone !== closing.zone))
      return await buildReport(context(), ask, watch);
    const frozen = await frozenOf(closing);
    const { company, logo, locale, paper } = ask;
    const report = { ...frozen.report, head: { ...frozen.report.head, company, logo, locale, paper } };
    return withRestatement(report, await restated(closing, frozen));
  }

  async function focus(report: Report, ask: ReportAsk, version: FocusVersion): Promise<FocusFiles> {
    const { month, state } = report.head;
    const closing = state === 'closed' ? await closingOf(month) : null;
    const frozen = closing === null ? null : (await frozenOf(closing)).ledger;
    const { serviceName } = await readReportSettings(store());
    const rows = state === 'open' && isWhole(ask) ? await changedSince() : [];
    const corrections = rows.length === 0 ? null : { rows, billingPeriod: report.head.window };
    return await focusOfReport(context(), report, { version, scope: ask.scope, serviceName, frozen, corrections });
  }

  /** What has changed in closed months, row by row. */
  async function changedSince(): Promise<readonly ChargeRow[]> {
    const closings = folder() === null ? [] : await readClosings(store());
    const rows: ChargeRow[] = [];
    for (const closing of closings) {
      const { ledger } = await frozenOf(closing);
      const window = monthWindow(closing.month, closing.zone);
      const today = await chargeLedger(context().answers, { window, zone: closing.zone });
      rows.push(...correctionRows(ledger.rows, today.rows));
    }
    return rows;
  }

  async function months(): Promise<ReportMonths> {
    const { zone } = await readReportSettings(store());
    const known = await reportMonths(context().answers, zone ?? tariffZone(context()));
    const closings = folder() === null ? [] : await readClosings(store());
    return { ...known, canClose: folder() !== null, months: known.months.map((month) => withClosing(month, closings)) };
  }

  async function close(month: string): Promise<Result<Closing, string>> {
    const place = folder();
    if (place === null) return fail('A month of a snapshot is not closed: it is as it was when it was saved.');
    const { zone, months: list } = await months();
    const known = list.find((one) => one.month === month);
    if (known === undefined) return fail(`There are no facts of ${month}.`);
    if (known.state === 'open') return fail(`${month} still runs: a month is closed when it is over.`);
    if (known.state === 'closed') return fail(`${month} is closed already.`);
    const settings = await readReportSettings(store());
    const built = await buildReport(context(), askOf({ ...settings, zone }, month));
    const ledger = await chargeLedger(context().answers, { window: known.window, zone });
    const report: Report = { ...built, head: { ...built.head, state: 'closed' } };
    const { snapshotId, generatedAt: closedAt } = report.head;
    const about = { month, zone, closedAt, total: ledger.total, snapshotId };
    return await freezeMonth(store(), place, { frozen: { report, ledger }, about });
  }

  return {
    make,
    focus,
    months,
    close,
    restatement: async (month) => {
      const closing = await closingOf(month);
      return closing === null ? null : await restated(closing, await frozenOf(closing));
    },
  };
}

/** The report of a whole fleet's month, which is what closing freezes. */
function isWhole({ month, scope }: ReportAsk): boolean {
  return month !== null && Object.keys(scope).length === 0;
}

function withClosing(month: ReportMonth, closings: readonly Closing[]): ReportMonth {
  const closing = closings.find((one) => one.month === month.month);
  if (closing === undefined) return month;
  const { closedAt, total } = closing;
  return { ...month, state: 'closed', closing: { closedAt, total } };
}

function tariffZone({ answers }: ReportContext): string {
  const now = answers.clock.now();
  return revisionOf(answers, { from: now, to: now }).energy.zone;
}

/** What the settings say of a month's report. */
export function askOf({ zone, locale, paper, company, logo }: ReportSettings, month: string): ReportAsk {
  return { month, window: null, scope: {}, zone, locale, paper, company, logo };
}
