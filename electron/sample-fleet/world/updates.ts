import type { EpochMs } from '#shared/time/instant.ts';
import type { Engine } from './fleet-plan.ts';
import { instantOfStep } from './grid.ts';
import type { World } from './world.ts';

/** What really changed in a deployment, and what it did: the answer that a fair comparison has to come to. */
export type TrueChange = {
  readonly model: string;
  readonly pool: string;
  /** What the deployment ran until then, and since: a release, launch arguments or a power limit. */
  readonly what: 'release' | 'launch' | 'power-limit';
  /** When the first and the last of its replicas went down for it; of a power limit, when it was set. */
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly replicas: number;
  /** Tokens per second and GPU at the same load, after over before. */
  readonly speedFactor: number;
  /** Load after over before, at the same hour of the week. */
  readonly loadFactor: number;
  /** GPU time per token that is saved at equal load, 0..1. */
  readonly savedShare: number;
};

/** All changes of a world's story, oldest first. */
export function trueChangesOf(world: World): readonly TrueChange[] {
  const deployments = Map.groupBy(world.engines, ({ model, pool }) => `${model.name} ${pool}`);
  const changes = [...deployments.values()].flatMap((engines) => [
    ...relaunches(world, engines, 'release'),
    ...relaunches(world, engines, 'launch'),
    ...powerLimits(world, engines),
  ]);
  return changes.toSorted((one, other) => one.firstAt - other.firstAt);
}

function relaunches(world: World, engines: readonly Engine[], what: 'release' | 'launch'): TrueChange[] {
  const steps = engines.flatMap(({ story }) =>
    story.outages.filter((outage) => outage[what] !== undefined).map(({ downStep }) => downStep),
  );
  const [engine] = engines;
  if (engine === undefined || steps.length === 0) return [];
  const { speedUp, loadGrowth } = engine.story;
  return [
    changeOf(engines, engine, {
      what,
      firstAt: instantOfStep(world.anchor, Math.min(...steps)),
      lastAt: instantOfStep(world.anchor, Math.max(...steps)),
      speedFactor: what === 'release' ? (speedUp?.factor ?? 1) : 1,
      loadFactor: what === 'release' ? (loadGrowth?.factor ?? 1) : 1,
    }),
  ];
}

function powerLimits(world: World, engines: readonly Engine[]): TrueChange[] {
  const [engine] = engines;
  const node = world.nodes.find(({ name }) => name === engine?.node);
  if (engine === undefined || node?.powerCap === undefined) return [];
  const at = instantOfStep(world.anchor, node.powerCap.step);
  // The boards never drew so much: the limit held nothing back.
  return [changeOf(engines, engine, { what: 'power-limit', firstAt: at, lastAt: at, speedFactor: 1, loadFactor: 1 })];
}

type Found = Pick<TrueChange, 'what' | 'firstAt' | 'lastAt' | 'speedFactor' | 'loadFactor'>;

function changeOf(engines: readonly Engine[], { model, pool }: Engine, found: Found): TrueChange {
  return { model: model.name, pool, replicas: engines.length, savedShare: 1 - 1 / found.speedFactor, ...found };
}
