import type { Clock } from '#backend/clock.ts';
import type { Store } from '#backend/store/store.ts';
import type { ReportSettings } from '#shared/model/report-settings.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { askOf, type ReportMaker } from '../report-maker.ts';
import { readReportSettings } from '../report-settings-document.ts';
import type { FocusMaker } from '../report-files.ts';
import { messageOf, writeReport } from '../write-report.ts';
import { monthsToWrite, newestDue } from './due-month.ts';
import { readRun, saveRun, type ScheduleRun } from './schedule-run.ts';

type ScheduleOptions = {
  readonly clock: Clock;
  readonly store: () => Store;
  readonly maker: ReportMaker;
  /** Where the files go; null where nothing is written by itself. */
  readonly folder: () => string | null;
  /** What people call it: a browser is not told where the data folder lies. */
  readonly folderName: () => string;
  readonly log: (line: string) => void;
};

/** What the screen says of the schedule. */
export type ScheduleState = {
  /** False where nothing is kept: in the sample, in a snapshot. */
  readonly canRun: boolean;
  readonly nextAt: EpochMs | null;
  readonly nextMonth: string | null;
  readonly folder: string | null;
  readonly last: ScheduleRun['last'];
};

export type Schedule = {
  readonly state: () => Promise<ScheduleState>;
  /** Writes what is due now, what was missed included. */
  readonly runDue: () => Promise<void>;
  /** Months that are over when the schedule is switched on are not written: they can be exported by hand. */
  readonly begin: () => Promise<void>;
};

/** What could not be written is tried again after this: a folder that is not there may come back. */
const RETRY_MS = 3_600_000;

export function createReportSchedule({ clock, store, maker, folder, folderName, log }: ScheduleOptions): Schedule {
  async function setting(): Promise<{ readonly settings: ReportSettings; readonly zone: string }> {
    const [settings, { zone }] = await Promise.all([readReportSettings(store()), maker.months()]);
    return { settings, zone };
  }

  async function write(month: string, settings: ReportSettings, place: string): Promise<string> {
    const { formats, closes } = settings.schedule;
    const { months } = await maker.months();
    const known = months.find((one) => one.month === month);
    if (known === undefined) return `${month} has no facts: there was nothing to write`;
    if (closes && known.state === 'provisional') {
      const closed = await maker.atOneInstant((one) => one.close(month));
      if (!closed.ok) throw new Error(closed.failure);
    }
    const asked = askOf(settings, month);
    const signal = new AbortController().signal;
    const written = await maker.atOneInstant(async (one) => {
      const report = await one.make(asked);
      const focus: FocusMaker = (version) => one.focus(report, asked, version);
      return await writeReport(report, {
        formats,
        focus,
        folder: place,
        overwrites: true,
        signal,
        onProgress: () => {},
      });
    });
    if (!written.ok) throw new Error(written.failure.message);
    return written.value.map(({ name }) => name).join(', ');
  }

  async function tried(month: string, settings: ReportSettings, place: string): Promise<ScheduleRun['last']> {
    try {
      return { month, at: clock.now(), isWritten: true, message: await write(month, settings, place) };
    } catch (error) {
      log(`the report of ${month} was not written: ${messageOf(error)}`);
      return { month, at: clock.now(), isWritten: false, message: messageOf(error).slice(0, 2000) };
    }
  }

  async function runDue(): Promise<void> {
    const place = folder();
    const run = await readRun(store());
    if (place === null || run === null) return;
    const { settings, zone } = await setting();
    if (!settings.schedule.isOn || isTooSoon(run, clock.now())) return;
    const { month: newest } = newestDue(clock.now(), settings.schedule, zone);
    for (const month of monthsToWrite(run.handled, newest)) {
      const last = await tried(month, settings, place);
      const isWritten = last?.isWritten === true;
      const before = (await readRun(store())) ?? run;
      await saveRun(store(), { handled: isWritten ? month : before.handled, last });
      if (!isWritten) return;
    }
  }

  async function begin(): Promise<void> {
    const { settings, zone } = await setting();
    const { month } = newestDue(clock.now(), settings.schedule, zone);
    const before = await readRun(store());
    await saveRun(store(), { handled: month, last: before?.last ?? null });
  }

  async function state(): Promise<ScheduleState> {
    const place = folder();
    const { settings, zone } = await setting();
    const isOn = place !== null && settings.schedule.isOn;
    const next = isOn ? newestDue(clock.now(), settings.schedule, zone) : null;
    const run = await readRun(store());
    return {
      canRun: place !== null,
      nextAt: next === null ? null : epochMs(next.nextAt),
      nextMonth: next?.nextMonth ?? null,
      folder: place === null ? null : folderName(),
      last: run?.last ?? null,
    };
  }

  return { state, runDue, begin };
}

function isTooSoon({ last }: ScheduleRun, now: EpochMs): boolean {
  return last !== null && !last.isWritten && now - last.at < RETRY_MS && now >= last.at;
}
