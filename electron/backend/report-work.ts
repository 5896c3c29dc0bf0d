import { join } from 'node:path';
import type { AnswerContext } from './answers/answer-context.ts';
import type { Clock } from './clock.ts';
import type { Fleet } from './open-fleet.ts';
import { makerFor, type ReportWork } from './report-calls.ts';
import { createExportJobs } from './reports/export-jobs.ts';
import { createReportSchedule } from './reports/schedule/report-schedule.ts';

type ReportWorkOptions = {
  readonly clock: Clock;
  /** The fleet that is shown, and the live one. */
  readonly shown: () => Fleet;
  readonly live: () => Fleet;
  readonly contextOf: (fleet: () => Fleet) => () => AnswerContext;
  /** Folder of the live fleet's store; null before there is one. */
  readonly storeFolder: () => string | null;
  /** Null where nothing is kept beyond this run. */
  readonly dataFolder: string | null;
  readonly polls: boolean;
  readonly log: (line: string) => void;
};

/** How often the schedule is looked at. */
const LOOK_MS = 60_000;

/** Exports and the schedule of a backend. What is scheduled is of the live fleet, whatever is shown. */
export function startReportWork(options: ReportWorkOptions): ReportWork & { readonly stop: () => Promise<void> } {
  const { clock, shown, live, contextOf, storeFolder, dataFolder, polls, log } = options;
  const exports = createExportJobs({ clock });
  const folder = (): string | null => (live().snapshot === null ? storeFolder() : null);
  const liveMaker = makerFor({ fleet: live, context: contextOf(live), folder });
  const maker = makerFor({
    fleet: shown,
    context: contextOf(shown),
    folder: () => (shown().snapshot === null ? storeFolder() : null),
  });
  const schedule = createReportSchedule({
    clock,
    store: () => live().store,
    maker: liveMaker,
    folder: () =>
      live().snapshot !== null || live().isSample || dataFolder === null
        ? null
        : (live().config().reportsFolder ?? join(dataFolder, 'reports')),
    folderName: () => live().config().reportsFolder ?? 'the folder reports of the data folder',
    log,
  });
  const ending = new AbortController();
  async function look(): Promise<void> {
    while (!ending.signal.aborted) {
      await schedule.runDue().catch((error: unknown) => log(`scheduled reports failed: ${String(error)}`));
      await clock.sleep(LOOK_MS, ending.signal);
    }
  }
  const looking = polls ? look() : Promise.resolve();
  return {
    exports,
    maker,
    schedule,
    stop: async () => {
      ending.abort();
      await exports.close();
      await looking;
    },
  };
}
