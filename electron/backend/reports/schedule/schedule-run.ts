import { z } from 'zod';
import type { Store } from '#backend/store/store.ts';
import { instant } from '#shared/contract/input-schema.ts';
import { monthSchema } from '#shared/contract/report-schema.ts';

/** Name of the document. */
const DOCUMENT = 'report-schedule';

const runSchema = z.strictObject({
  /** Months up to this one are written, or were over before the schedule was switched on. */
  handled: monthSchema,
  /** The last try; null before the first. */
  last: z
    .strictObject({
      month: monthSchema,
      at: instant,
      isWritten: z.boolean(),
      message: z.string().max(2000),
    })
    .nullable(),
});

/** How far the schedule has come. */
export type ScheduleRun = z.output<typeof runSchema>;

export async function readRun(store: Store): Promise<ScheduleRun | null> {
  const read = runSchema.safeParse(await store.document(DOCUMENT));
  return read.success ? read.data : null;
}

export async function saveRun(store: Store, run: ScheduleRun): Promise<void> {
  await store.saveDocument(DOCUMENT, run);
}
