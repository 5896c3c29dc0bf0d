import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import { createSampleReader } from '#backend/sources/sample-reader.ts';
import { scrapeTargetsOf, type ScrapeTarget } from '#electron/sample-fleet/exporters/scrape-targets.ts';
import { createWorld, type World } from '#electron/sample-fleet/world/world.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';

/** A target of the sample fleet's world, read as the product reads it but without a network in between. */
export type WorldTarget = {
  readonly name: string;
  readonly target: ScrapeTarget;
  /** The scrape at an instant, or null where nobody answers. */
  readonly scrapeAt: (instant: EpochMs) => Omit<Scrape, 'monotonicMs' | 'intervalSeconds'> | null;
};

/** A world with the targets of some of its nodes: their exporters, and the engines on them. */
export function worldOf(
  seed: number,
  anchor: EpochMs,
  nodes: readonly string[],
): { world: World; targets: WorldTarget[] } {
  const world = createWorld({ seed, anchor });
  const chosen = scrapeTargetsOf(world).filter((target) => nodes.includes(target.labels['node'] ?? ''));
  return { world, targets: chosen.map(worldTarget) };
}

function worldTarget(target: ScrapeTarget): WorldTarget {
  const name = target.labels['instance'] ?? target.path;
  const exposition = createExpositionReader();
  const readSamples = createSampleReader(target.labels, name);
  return {
    name,
    target,
    scrapeAt: (instant) => {
      if (target.standingAt(instant) !== 'up') return null;
      const read = exposition.read(Buffer.from(target.textAt(instant)), 'prometheus-text');
      if (!read.ok) throw new Error(read.failure.message);
      const { series, values } = read.value;
      return { target: name, at: instant, ...readSamples(series, (index) => values[index]) };
    },
  };
}
