import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { configSchema } from './config.ts';
import type { Clock } from './clock.ts';
import type { EventHub } from './event-hub.ts';
import type { Fleet } from './open-fleet.ts';
import { openSnapshot } from './snapshot/open-snapshot.ts';
import { aboutOf } from './snapshot/snapshot-folder.ts';

/**
 * A snapshot as a fleet: nothing is polled, and time stands at the end of its window. A changed price holds until it is
 * closed. On failure: why the file is refused.
 */
export async function openSnapshotFleet(
  path: string,
  { clock, events }: { readonly clock: Clock; readonly events: EventHub },
): Promise<Result<Fleet, string>> {
  const opened = await openSnapshot(path);
  if (!opened.ok) return opened;
  const { store, manifest } = opened.value;
  const config = configSchema.parse({
    fleetName: manifest.fleetName,
    pollSeconds: manifest.settings.pollSeconds,
  });
  let book: CostBook = opened.value.book;
  return succeed({
    store,
    config: () => config,
    isSample: manifest.isSample,
    snapshot: aboutOf(opened.value),
    clock: { ...clock, now: () => manifest.window.to },
    costBook: () => book,
    saveCostBook: async (next) => {
      const saved = await store.saveCostBook(next);
      if (!saved.ok) return fail(saved.failure.message);
      book = next;
      events.emit('cost-book-changed', { at: clock.now() });
      return succeed(undefined);
    },
    sourceHealth: () => [],
    deployments: () => [],
    topology: () => config.topology,
    useTopology: () => {},
    history: () => null,
    takeSources: () => {},
    close: () => opened.value.close(),
  });
}
