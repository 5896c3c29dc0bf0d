import type { Location } from '#shared/model/gpu.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { isMatch, type Topology } from '#shared/model/topology.ts';

/**
 * A scrape with its things where the operator says that their nodes stand. The operator's word wins over labels: who takes
 * the trouble to write a mapping corrects what labels say, or says what they leave out. The first entry that names a node
 * and tells the place is taken, so a general one may follow particular ones.
 */
export function located(scrape: Scrape, tree: Topology['tree']): Scrape {
  if (tree.length === 0) return scrape;
  const places = new Map<string, Pick<Location, 'site' | 'rack' | 'pool'>>();
  const placeOf = (node: string) => {
    const known = places.get(node);
    if (known !== undefined) return known;
    const entries = tree.filter((entry) => isMatch(entry.node, node));
    const first = (name: 'site' | 'rack' | 'pool') => entries.find((entry) => entry[name] !== null)?.[name] ?? null;
    const place = { site: first('site'), rack: first('rack'), pool: first('pool') };
    places.set(node, place);
    return place;
  };
  const moved = <Thing extends Location>(thing: Thing): Thing => {
    if (thing.node === null) return thing;
    const { site, rack, pool } = placeOf(thing.node);
    return { ...thing, site: site ?? thing.site, rack: rack ?? thing.rack, pool: pool ?? thing.pool };
  };
  return {
    ...scrape,
    gpus: scrape.gpus.map(moved),
    engines: scrape.engines.map(moved),
    meters: scrape.meters.map(moved),
  };
}
