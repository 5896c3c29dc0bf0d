import type { EpochMs } from '#shared/time/instant.ts';

import { countsOf, sumsSince, type EngineCounts } from './engine-counts.ts';
import type { Engine } from './fleet-plan.ts';
import { energyJoules } from './gpu-moment.ts';
import { momentAt } from './grid.ts';
import { lifeAt, processStartsBetween } from './story.ts';
import type { World } from './world.ts';

/** What really happened in the world between two instants, whoever looked. */
export type Truth = {
  /** Joules per GPU, by UUID. */
  readonly joulesByGpu: ReadonlyMap<string, number>;
  /** Per engine, by pod: whole tokens and finished requests, over every process it ran. */
  readonly tokensByPod: ReadonlyMap<string, EngineTokens>;
};

export type EngineTokens = {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly requests: number;
};

export function truthOf(world: World, from: EpochMs, to: EpochMs): Truth {
  const gpus = world.nodes.flatMap((node) => node.gpus);
  const first = momentAt(world.anchor, from);
  const last = momentAt(world.anchor, to);
  return {
    joulesByGpu: new Map(
      gpus.map((gpu) => [gpu.uuid, energyJoules(world, gpu, last) - energyJoules(world, gpu, first)]),
    ),
    tokensByPod: new Map(world.engines.map((engine) => [engine.pod, tokensOf(world, engine, from, to)])),
  };
}

/** Adds up the lives of the engine's process within the window; each counts from its own zero. */
function tokensOf(world: World, engine: Engine, from: EpochMs, to: EpochMs): EngineTokens {
  const first = momentAt(world.anchor, from);
  const last = momentAt(world.anchor, to);
  const starts = processStartsBetween(engine.story, first.step, last.step);
  const before = countsOf(sumsSince(world, engine, first, lifeAt(engine.story, first.step).processStep));
  let tokens = {
    input: -before.input,
    cached: -before.inputCached,
    output: -before.output,
    requests: -before.requests,
  };
  let processStep = lifeAt(engine.story, first.step).processStep;
  for (const start of starts) {
    tokens = added(tokens, countsOf(sumsSince(world, engine, { step: start, seconds: 0 }, processStep)));
    processStep = start;
  }
  return added(tokens, countsOf(sumsSince(world, engine, last, processStep)));
}

function added(tokens: EngineTokens, counts: EngineCounts): EngineTokens {
  return {
    input: tokens.input + counts.input,
    cached: tokens.cached + counts.inputCached,
    output: tokens.output + counts.output,
    requests: tokens.requests + counts.requests,
  };
}
