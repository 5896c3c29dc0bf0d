import type { Paper } from './report.ts';

/** What a report can be written as. `focus`: cost and usage as FOCUS 1.2, from the ledger behind the report. */
export const REPORT_FORMATS = ['pdf', 'xlsx', 'csv', 'json', 'html', 'focus', 'focus-1.4'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Every month's report, written on a day of the next month. Days and hours are those of the report's zone. */
export type ReportSchedule = {
  readonly isOn: boolean;
  /** 1 to 28. */
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
  readonly formats: readonly ReportFormat[];
  /** Closes the month before it is written. */
  readonly closes: boolean;
};

/** How reports look and what they are called, the same for every reader. */
export type ReportSettings = {
  readonly company: string | null;
  /** PNG or JPEG as a data URL. */
  readonly logo: string | null;
  readonly paper: Paper;
  /** Language tag for numbers and dates. */
  readonly locale: string;
  /** A name of the time zone database; null: the zone of the electricity tariff. */
  readonly zone: string | null;
  /** What FOCUS calls provider, publisher and issuer: the name of the internal service. */
  readonly serviceName: string;
  readonly schedule: ReportSchedule;
};

export const DEFAULT_REPORT_SETTINGS: ReportSettings = {
  company: null,
  logo: null,
  paper: 'A4',
  locale: 'en-US',
  zone: null,
  serviceName: 'LLM inference',
  schedule: { isOn: false, day: 1, hour: 8, formats: ['pdf', 'xlsx'], closes: false },
};
