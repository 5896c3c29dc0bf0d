import type { EpochMs } from '#shared/time/instant.ts';

import { engineMomentAt, type EngineMoment } from '../world/engine-moment.ts';
import type { Engine, Node } from '../world/fleet-plan.ts';
import { nodeMomentAt } from '../world/gpu-moment.ts';
import { momentAt } from '../world/grid.ts';
import { bmcWattsAt, hasBmc } from '../world/node-power.ts';
import { lifeAt } from '../world/story.ts';
import type { World } from '../world/world.ts';
import { dcgmFamilies, moduleFamilies } from './dcgm-families.ts';
import { ipmiFamilies } from './ipmi-families.ts';
import { podFamilies, podsAt } from './pod-families.ts';
import { createExposition, type Family, type SeriesLabels } from './series.ts';
import { vllmFamilies } from './vllm-families.ts';

/** What knocking at a target brings: `refused` when nothing listens, `loading` when it answers 503, `absent` for 404. */
export type TargetStanding = 'up' | 'loading' | 'refused' | 'absent';

/** One exporter of the fleet, as a scraper and as a Prometheus server know it. */
export type ScrapeTarget = {
  readonly path: string;
  /** Labels service discovery gives, `job` and `instance` among them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly standingAt: (instant: EpochMs) => TargetStanding;
  /** The text of a scrape. Only asked of a target that is up. */
  readonly textAt: (instant: EpochMs) => string;
  readonly series: readonly { readonly name: string; readonly labels: SeriesLabels }[];
  /** Scrapes at each instant; then the value of a series (by its place in `series`) at an instant, if it had one. */
  readonly readAll: (instants: readonly EpochMs[]) => (series: number, at: number) => number | undefined;
};

export type TargetsChosen = {
  /** False: those of GPUs and engines alone. */
  readonly meters?: boolean;
  /** Those of these nodes, and of the engines on them, alone. */
  readonly nodes?: readonly string[];
};

/** The exporters of a fleet, all of them unless some are chosen. */
export function scrapeTargetsOf(world: World, chosen: TargetsChosen = {}): readonly ScrapeTarget[] {
  const { meters = true } = chosen;
  const nodes = world.nodes.filter(({ name }) => chosen.nodes?.includes(name) ?? true);
  const engines = nodes.flatMap((node) => node.engines);
  return [
    ...nodes.map((node) => nodeTarget(world, node, meters)),
    ...(meters ? nodes.filter(hasBmc).map((node) => bmcTarget(world, node)) : []),
    ...engines.map((engine) => engineTarget(world, engine)),
    podsTarget(world, engines),
  ];
}

function nodeTarget(world: World, node: Node, hasMeters: boolean): ScrapeTarget {
  const labels = {
    job: 'dcgm-exporter',
    instance: `${node.name}:9400`,
    node: node.name,
    site: node.site.name,
    rack: node.rack,
    pool: node.pool,
  };
  return {
    path: `/nodes/${node.name}/metrics`,
    labels,
    standingAt: () => 'up',
    ...readersOf([...dcgmFamilies(node), ...(hasMeters ? moduleFamilies(node) : [])], (instant) =>
      nodeMomentAt(world, node, instant),
    ),
  };
}

/** ipmi_exporter asked for one BMC, which carries a name of its own and not its node's. */
function bmcTarget(world: World, node: Node): ScrapeTarget {
  const labels = { job: 'ipmi', instance: `${node.name}-bmc`, site: node.site.name, rack: node.rack, pool: node.pool };
  return {
    path: `/bmcs/${node.name}/metrics`,
    labels,
    standingAt: () => 'up',
    ...readersOf(ipmiFamilies, (instant) => ({ watts: bmcWattsAt(world, node, instant) })),
  };
}

/** kube-state-metrics, as far as it tells of the pods of engines. */
function podsTarget(world: World, engines: readonly Engine[]): ScrapeTarget {
  return {
    path: '/kube-state-metrics/metrics',
    labels: { job: 'kube-state-metrics', instance: 'kube-state-metrics:8080' },
    standingAt: () => 'up',
    ...readersOf(podFamilies(engines), (instant) => podsAt(engines, momentAt(world.anchor, instant).step)),
  };
}

function engineTarget(world: World, engine: Engine): ScrapeTarget {
  const labels = {
    job: 'vllm',
    instance: `${engine.pod}:8000`,
    namespace: 'inference',
    pod: engine.pod,
    node: engine.node,
    site: engine.site.name,
    pool: engine.pool,
  };
  const readers = readersOf(vllmFamilies(engine), (instant): EngineMoment | undefined => {
    const moment = engineMomentAt(world, engine, instant);
    return moment.life.phase === 'ready' ? moment : undefined;
  });
  return {
    path: `/engines/${engine.pod}/metrics`,
    labels,
    standingAt: (instant) => engineStanding(world, engine, instant),
    ...readers,
  };
}

/** Whether an engine's server answers at an instant. */
export function engineStanding(world: World, engine: Engine, instant: EpochMs): TargetStanding {
  const { phase } = lifeAt(engine.story, momentAt(world.anchor, instant).step);
  switch (phase) {
    case 'absent':
      return 'absent';
    case 'starting':
      return 'refused';
    case 'loading':
      return 'loading';
    case 'ready':
      return 'up';
  }
}

function readersOf<Reading>(
  families: readonly Family<Reading>[],
  readingAt: (instant: EpochMs) => Reading | undefined,
): Pick<ScrapeTarget, 'textAt' | 'series' | 'readAll'> {
  const series = families.flatMap((family) => family.series);
  const exposition = createExposition(families);
  return {
    series,
    textAt: (instant) => {
      const reading = readingAt(instant);
      return reading === undefined ? '' : exposition(reading);
    },
    readAll: (instants) => {
      const readings = instants.map(readingAt);
      return (place, at) => {
        const reading = readings[at];
        return reading === undefined ? undefined : series[place]?.valueOf(reading);
      };
    },
  };
}
