import type { EpochMs } from '#shared/time/instant.ts';

import { createEngineTimeline, type EngineTimeline } from './engine-timeline.ts';
import { nodesOf, type Engine, type Node } from './fleet-plan.ts';

/** A fleet and its whole course of events. Everything in it follows from the seed and the anchor; it has no clock. */
export type World = {
  readonly seed: number;
  readonly anchor: EpochMs;
  readonly nodes: readonly Node[];
  readonly engines: readonly Engine[];
  readonly timelineOf: (engine: Engine) => EngineTimeline;
};

export function createWorld({ seed, anchor }: { readonly seed: number; readonly anchor: EpochMs }): World {
  const nodes = nodesOf(seed);
  const engines = nodes.flatMap((node) => node.engines);
  const timelines = new Map(engines.map((engine) => [engine, createEngineTimeline(anchor, engine)]));
  return {
    seed,
    anchor,
    nodes,
    engines,
    timelineOf: (engine) => timelines.get(engine) ?? createEngineTimeline(anchor, engine),
  };
}
