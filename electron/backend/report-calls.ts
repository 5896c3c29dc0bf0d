import type { AnswerContext } from './answers/answer-context.ts';
import { createChangeAssessor } from './answers/updates/assessed-changes.ts';
import { TOKENWATT_VERSION } from './config.ts';
import type { Fleet } from './open-fleet.ts';
import type { ExportJob, ExportJobs } from './reports/export-jobs.ts';
import { createReportMaker, type ReportMaker } from './reports/report-maker.ts';
import { readReportSettings, saveReportSettings } from './reports/report-settings-document.ts';
import type { Schedule } from './reports/schedule/report-schedule.ts';
import type { BackendApi, CallFailure } from '#shared/contract/backend-api.ts';
import type { ExportAsk, REPORT_CALLS } from '#shared/contract/report-calls-schema.ts';
import type { ReportAsk } from '#shared/contract/report-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { ReportSettings } from '#shared/model/report-settings.ts';

/** What goes on between two calls: exports, and the schedule. */
export type ReportWork = {
  readonly exports: ExportJobs;
  readonly maker: ReportMaker;
  readonly schedule: Schedule;
};

type ReportCalls = Pick<BackendApi, 'report' | keyof typeof REPORT_CALLS>;

type ReportCallOptions = { readonly fleet: () => Fleet; readonly reports: ReportWork };

type Answered = <Answer>(work: () => Promise<Answer>) => Promise<Result<Answer, CallFailure>>;

/** Makes the reports of whatever fleet is shown. */
export function makerFor(options: {
  readonly fleet: () => Fleet;
  readonly context: () => AnswerContext;
  readonly folder: () => string | null;
}): ReportMaker {
  const assess = createChangeAssessor();
  const context = () => {
    const { config, isSample } = options.fleet();
    return { answers: options.context(), assess, fleetName: config().fleetName, isSample, version: TOKENWATT_VERSION };
  };
  return createReportMaker({ context, folder: options.folder });
}

/** The calls of reports: one to look at, files to take away, closing, and how and when they are written. */
export function createReportCalls({ fleet, reports }: ReportCallOptions, answered: Answered): ReportCalls {
  const { exports, maker, schedule } = reports;
  const store = () => fleet().store;
  return {
    report: (input) => answered(() => maker.atOneInstant((one) => one.make(input))),
    reportMonths: () => answered(() => maker.months()),
    exportReport: (input) =>
      answered(async () => {
        const { formats, isOneFile } = input;
        const ask = withSettings(input, await readReportSettings(store()));
        const lend: ExportJob['lend'] = (work) =>
          maker.atOneInstant((one) =>
            work({
              build: (watch) => one.make(ask, watch),
              focus: (report, version) => one.focus(report, ask, version),
            }),
          );
        return { id: exports.start({ lend, formats, isOneFile }) };
      }),
    exportStatus: async ({ id, seen }) => known(await exports.status(id, seen)),
    cancelExport: async ({ id }) => succeed({ cancelled: exports.cancel(id) }),
    exportedFile: async ({ id, name, offset }) => known(await exports.read(id, name, offset)),
    closeMonth: async ({ month }) => {
      const closed = await answered(() => maker.atOneInstant((one) => one.close(month)));
      if (!closed.ok) return closed;
      if (!closed.value.ok) return fail({ kind: 'not-possible', message: closed.value.failure });
      return await answered(() => maker.months());
    },
    restatement: ({ month }) => answered(() => maker.restatement(month)),
    reportSettings: () => answered(() => readReportSettings(store())),
    saveReportSettings: async (input) => {
      const wasOn = (await readReportSettings(store())).schedule.isOn;
      const saved = await saveReportSettings(store(), input);
      if (!saved.ok) return fail({ kind: 'not-possible', message: saved.failure });
      if (input.schedule.isOn && !wasOn) await schedule.begin();
      return saved;
    },
    reportSchedule: () => answered(() => schedule.state()),
  };
}

function known<Value>(value: Value | null): Result<Value, CallFailure> {
  if (value !== null) return succeed(value);
  return fail({ kind: 'not-possible', message: 'This export is not there any more: begin it again.' });
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
