import type { AnswerContext } from './answers/answer-context.ts';
import { revisionOf } from './answers/answer-context.ts';
import { TOKENWATT_VERSION } from './config.ts';
import type { Fleet } from './open-fleet.ts';
import { buildReport } from './reports/build-report.ts';
import type { ExportJobs } from './reports/export-jobs.ts';
import { reportMonths } from './reports/report-months.ts';
import { readReportSettings, saveReportSettings } from './reports/report-settings-document.ts';
import type { BackendApi, CallFailure } from '#shared/contract/backend-api.ts';
import type { ExportAsk, REPORT_CALLS } from '#shared/contract/report-calls-schema.ts';
import type { ReportAsk } from '#shared/contract/report-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Report } from '#shared/model/report.ts';
import type { ReportSettings } from '#shared/model/report-settings.ts';

type ReportCalls = Pick<BackendApi, 'report' | keyof typeof REPORT_CALLS>;

type ReportCallOptions = {
  readonly fleet: () => Fleet;
  readonly context: () => AnswerContext;
  readonly exports: ExportJobs;
};

type Answered = <Answer>(work: () => Promise<Answer>) => Promise<Result<Answer, CallFailure>>;

/** The calls of reports: one to look at, files to take away, and how they look. */
export function createReportCalls({ fleet, context, exports }: ReportCallOptions, answered: Answered): ReportCalls {
  function build(ask: ReportAsk): Promise<Report> {
    const { config, isSample } = fleet();
    return buildReport(
      { answers: context(), fleetName: config().fleetName, isSample, version: TOKENWATT_VERSION },
      ask,
    );
  }

  async function buildWithSettings(ask: ExportAsk): Promise<Report> {
    return await build(withSettings(ask, await readReportSettings(fleet().store)));
  }

  return {
    report: (input) => answered(() => build(input)),
    reportMonths: () =>
      answered(async () => {
        const { zone } = await readReportSettings(fleet().store);
        return await reportMonths(context(), zone ?? tariffZone(context()));
      }),
    exportReport: (input) =>
      answered(async () => {
        const { formats, isOneFile } = input;
        return { id: exports.start({ build: () => buildWithSettings(input), formats, isOneFile }) };
      }),
    exportStatus: async ({ id, seen }) => known(await exports.status(id, seen)),
    cancelExport: async ({ id }) => succeed({ cancelled: exports.cancel(id) }),
    exportedFile: async ({ id, name, offset }) => known(await exports.read(id, name, offset)),
    reportSettings: () => answered(() => readReportSettings(fleet().store)),
    saveReportSettings: async (input) => {
      const saved = await saveReportSettings(fleet().store, input);
      return saved.ok ? saved : fail({ kind: 'not-possible', message: saved.failure });
    },
  };
}

function known<Value>(value: Value | null): Result<Value, CallFailure> {
  if (value !== null) return succeed(value);
  return fail({ kind: 'not-possible', message: 'This export is not there any more: begin it again.' });
}

function tariffZone(context: AnswerContext): string {
  const now = context.clock.now();
  return revisionOf(context, { from: now, to: now }).energy.zone;
}

function withSettings(ask: ExportAsk, settings: ReportSettings): ReportAsk {
  return {
    month: ask.month,
    window: ask.window,
    scope: ask.scope,
    zone: ask.zone ?? settings.zone,
    locale: ask.locale ?? settings.locale,
    paper: ask.paper ?? settings.paper,
    company: settings.company,
    logo: settings.logo,
  };
}
