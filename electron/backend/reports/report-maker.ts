import { revisionOf } from '#backend/answers/answer-context.ts';
import type { Store } from '#backend/store/store.ts';
import type { ReportMonth, ReportMonths } from '#shared/contract/report-calls-schema.ts';
import type { ReportAsk } from '#shared/contract/report-schema.ts';
import { fail, type Result } from '#shared/lib/result.ts';
import { correctionRows } from '#shared/cost/charges/correction-rows.ts';
import { monthAfter } from '#shared/time/calendar-month.ts';
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
  /** Where the list of closed months is kept, when facts are of one instant: the list is always that of now. */
  readonly keeper?: Store;
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
  /** Makes a report and the files that go with it of the facts of one instant, whatever arrives meanwhile. */
  readonly atOneInstant: <Value>(job: (maker: ReportMaker) => Promise<Value>) => Promise<Value>;
};

export function createReportMaker({ context, folder, keeper }: ReportMakerOptions): ReportMaker {
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
    const frozen = closing === null ? null : await frozenOf(closing);
    const { serviceName } = await readReportSettings(store());
    const rows = frozen?.corrections ?? (month !== null && isWhole(ask) ? await correctionsIn(month) : []);
    const corrections = rows.length === 0 ? null : { rows, billingPeriod: report.head.window };
    const ledger = frozen?.ledger ?? null;
    return await focusOfReport(context(), report, {
      version,
      scope: ask.scope,
      serviceName,
      frozen: ledger,
      corrections,
    });
  }

  /**
   * What has changed in closed months and was not charged yet, row by row. The month after the newest closed one carries it, and
   * keeps it when it is closed, so that each change is charged once.
   */
  async function correctionsIn(month: string): Promise<readonly ChargeRow[]> {
    const closings = folder() === null ? [] : await readClosings(store());
    const newest = closings
      .map((closing) => closing.month)
      .toSorted()
      .at(-1);
    if (newest === undefined || month !== monthAfter(newest)) return [];
    const all = await Promise.all(closings.map(async (closing) => ({ closing, frozen: await frozenOf(closing) })));
    const charged = all.flatMap(({ frozen }) => [...frozen.ledger.rows, ...frozen.corrections]);
    const rows: ChargeRow[] = [];
    for (const { closing } of all) {
      const window = monthWindow(closing.month, closing.zone);
      const today = await chargeLedger(context().answers, { window, zone: closing.zone });
      const ofMonth = charged.filter(({ period }) => period.from >= window.from && period.from < window.to);
      rows.push(...correctionRows(ofMonth, today.rows));
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
    const corrections = await correctionsIn(month);
    return await freezeMonth(keeper ?? store(), place, { frozen: { report, ledger, corrections }, about });
  }

  async function atOneInstant<Value>(job: (maker: ReportMaker) => Promise<Value>): Promise<Value> {
    const { answers, assess, ...rest } = context();
    return await answers.store.atOneInstant(async (view) => {
      const then: ReportContext = {
        ...rest,
        answers: { ...answers, store: view },
        // What is known of updates is kept with the store itself, so that it is worked out once.
        assess: (changes, known, options) => assess(changes, known, { ...options, store: answers.store }),
      };
      return await job(createReportMaker({ context: () => then, folder, keeper: keeper ?? answers.store }));
    });
  }

  return {
    atOneInstant,
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
