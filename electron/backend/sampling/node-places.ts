import { rackOfDomain } from '#shared/model/gpu-place.ts';
import type { GpuSeat, Location } from '#shared/model/gpu.ts';
import type { GpuSample, Scrape } from '#shared/model/sample.ts';

type Place = Pick<Location, 'site' | 'rack' | 'pool'>;

/** What tells where a node stands: its GPUs, as they are known and as they are told now. */
type Placed = Pick<GpuSeat | GpuSample, 'node' | 'site' | 'rack' | 'pool' | 'domain'>;

/**
 * Scrapes whose engines stand where the GPUs of their node do, in what they do not tell themselves: an engine knows
 * neither site nor rack, and its tokens belong to the rack whose GPUs made them.
 */
export function placedByNode(scrapes: readonly Scrape[], known: () => readonly Placed[]): readonly Scrape[] {
  if (!scrapes.some(({ engines }) => engines.some(isOpen))) return scrapes;
  const places = new Map<string, Place>();
  for (const gpu of [...scrapes.flatMap(({ gpus }) => gpus), ...known()]) {
    const { node } = gpu;
    if (node === null) continue;
    const place = places.get(node);
    places.set(node, {
      site: place?.site ?? gpu.site,
      rack: place?.rack ?? gpu.rack ?? rackOfDomain(gpu.domain),
      pool: place?.pool ?? gpu.pool,
    });
  }
  return scrapes.map((scrape) => ({
    ...scrape,
    engines: scrape.engines.map((engine) => {
      const place = engine.node === null ? undefined : places.get(engine.node);
      if (place === undefined) return engine;
      const { site, rack, pool } = engine;
      return { ...engine, site: site ?? place.site, rack: rack ?? place.rack, pool: pool ?? place.pool };
    }),
  }));
}

function isOpen({ node, site, rack, pool }: Location): boolean {
  return node !== null && (site === null || rack === null || pool === null);
}
