import { z } from 'zod';
import { PAPERS, type MonthState } from '#shared/model/report.ts';
import { DEFAULT_REPORT_SETTINGS, REPORT_FORMATS, type ReportSettings } from '#shared/model/report-settings.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { scope, window, zone } from './input-schema.ts';
import { localeSchema, logoSchema, monthSchema } from './report-schema.ts';

/** Reports as files, months that are closed, and the schedule: everything of reports but the report itself. */

const formats = z
  .array(z.enum(REPORT_FORMATS))
  .min(1, 'choose a format')
  .refine((list) => new Set(list).size === list.length, { message: 'a format is named twice' });

const scheduleSchema = z.strictObject({
  isOn: z.boolean(),
  day: z.number().int().min(1).max(28),
  hour: z.number().int().min(0).max(23),
  formats,
  closes: z.boolean(),
});

const usual = DEFAULT_REPORT_SETTINGS;

/** What is left out has its default, so that settings of an older program are still read. */
export const reportSettingsSchema = z.strictObject({
  company: z.string().min(1).max(200).nullable().default(usual.company),
  logo: logoSchema.nullable().default(usual.logo),
  paper: z.enum(PAPERS).default(usual.paper),
  locale: localeSchema.default(usual.locale),
  zone: zone.nullable().default(usual.zone),
  serviceName: z.string().min(1).max(100).default(usual.serviceName),
  schedule: scheduleSchema.default({ ...usual.schedule, formats: [...usual.schedule.formats] }),
});

const jobId = z.string().regex(/^[0-9a-f-]{36}$/u, 'not the id of an export');

export const REPORT_CALLS = {
  /** Months with facts, newest first. */
  reportMonths: z.strictObject({}),
  /** Begins to write a report; null takes the setting. */
  exportReport: z
    .strictObject({
      month: monthSchema.nullable().default(null),
      window: window.nullable().default(null),
      scope,
      zone: zone.nullable().default(null),
      locale: localeSchema.nullable().default(null),
      paper: z.enum(PAPERS).nullable().default(null),
      formats,
      /** One file: several become a ZIP. */
      isOneFile: z.boolean().default(false),
    })
    .refine((ask) => (ask.month === null) !== (ask.window === null), {
      message: 'name a month or a window, one of them',
    }),
  /** Answers when the export has come further than `seen`, or after some seconds as it is. */
  exportStatus: z.strictObject({ id: jobId, seen: z.number().int().min(0).default(0) }),
  cancelExport: z.strictObject({ id: jobId }),
  /** A piece of a finished file, from an offset on. */
  exportedFile: z.strictObject({
    id: jobId,
    name: z.string().min(1).max(400),
    offset: z.number().int().min(0).default(0),
  }),
  /** Freezes a month that is over; it cannot be opened again. */
  closeMonth: z.strictObject({ month: monthSchema }),
  /** What a closed month would cost today; null of one that is not closed. */
  restatement: z.strictObject({ month: monthSchema }),
  reportSettings: z.strictObject({}),
  saveReportSettings: reportSettingsSchema,
  reportSchedule: z.strictObject({}),
} as const;

export type ExportAsk = z.output<typeof REPORT_CALLS.exportReport>;

export type ReportMonth = {
  /** Such as `2026-11`. */
  readonly month: string;
  readonly window: TimeRange;
  /** The part of it with facts. */
  readonly known: TimeRange | null;
  readonly state: MonthState;
  /** When it was closed, and with how many USD; null total: a product has no price. */
  readonly closing: { readonly closedAt: EpochMs; readonly total: number | null } | null;
};

export type ReportMonths = {
  readonly zone: string;
  readonly canClose: boolean;
  readonly months: readonly ReportMonth[];
};

/** What a closed month would cost today, beside what it was closed with, USD. */
export type RestatementAnswer = {
  readonly closedAt: EpochMs;
  readonly closed: number | null;
  readonly now: number | null;
  readonly difference: number | null;
};

/** Where the schedule stands. */
export type ScheduleAnswer = {
  /** False where nothing is kept: in the sample, in a snapshot, with memory alone. */
  readonly canRun: boolean;
  readonly nextAt: EpochMs | null;
  readonly nextMonth: string | null;
  /** Where files go, as people know it; null where nothing is written. */
  readonly folder: string | null;
  readonly last: {
    readonly month: string;
    readonly at: EpochMs;
    readonly isWritten: boolean;
    /** Names of the files, or why there are none. */
    readonly message: string;
  } | null;
};

export type ExportedName = {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
};

export type ExportStatus = {
  /** Counts what changed: the next `seen`. */
  readonly revision: number;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  /** What it does, or why it failed, as a sentence. */
  readonly step: string;
  /** 0 to 1. */
  readonly share: number;
  /** Of a finished export. */
  readonly files: readonly ExportedName[];
  /** What the report says of itself; null before it is made. */
  readonly about: ExportedAbout | null;
};

export type ExportedAbout = {
  readonly month: string | null;
  readonly state: MonthState;
  readonly snapshotId: string;
  /** Observed share of GPU time, 0 to 1; null without any. */
  readonly observedShare: number | null;
  readonly checksFailed: readonly string[];
};

export type ReportCallAnswers = {
  readonly reportMonths: ReportMonths;
  readonly exportReport: { readonly id: string };
  readonly exportStatus: ExportStatus;
  readonly cancelExport: { readonly cancelled: boolean };
  /** Base64; `next` is where the next piece begins, null at the end. */
  readonly exportedFile: { readonly base64: string; readonly next: number | null };
  readonly closeMonth: ReportMonths;
  readonly restatement: RestatementAnswer | null;
  readonly reportSettings: ReportSettings;
  readonly saveReportSettings: ReportSettings;
  readonly reportSchedule: ScheduleAnswer;
};
