import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { epochMs } from '#shared/time/instant.ts';
import { at } from '../backend/store/store-facts.ts';
import { BATCH_SECONDS, batchOf } from './batches.ts';

/**
 * Appends numbered batches to the file at argv[2], from number argv[3] on, until it is killed. Says `open`, then the
 * number of each batch that was acknowledged. Rolls up every 25 batches and forgets every 100, so kills fall there too.
 */
const [, , path = '', first = '0'] = process.argv;
const opened = await openDuckdbStore({ path });
if (!opened.ok) {
  process.stdout.write(`${JSON.stringify(opened.failure)}\n`);
  process.exit(3);
}
process.stdout.write('open\n');
const store = opened.value;
for (let number = Number(first); ; number += 1) {
  const appended = await store.append(batchOf(number));
  if (!appended.ok) throw new Error(appended.failure.message);
  process.stdout.write(`${number}\n`);
  const now = at((number + 1) * BATCH_SECONDS);
  if (number % 25 === 24) await store.rollUp(now);
  if (number % 100 === 99) await store.forget(epochMs(now), { rawDays: 365, minuteDays: 365, hourDays: 365 });
}
