import type { EpochMs } from '#shared/time/instant.ts';

import { chance } from './chance.ts';
import { countsOf, sumsSince, type EngineCounts } from './engine-counts.ts';
import { engineStep, speedOf } from './engine-rates.ts';
import type { EngineSums } from './engine-timeline.ts';
import type { Engine } from './fleet-plan.ts';
import { instantOfStep, momentAt } from './grid.ts';
import { requestSeconds } from './served-models.ts';
import type { EngineLife } from './story.ts';
import type { World } from './world.ts';

/** An engine as its own metrics see it at one instant. */
export type EngineMoment = {
  readonly life: EngineLife;
  readonly processStart: EpochMs;
  readonly secondsUp: number;
  readonly sums: EngineSums;
  readonly counts: EngineCounts;
  readonly running: number;
  readonly waiting: number;
  /** Share of the KV cache in use, 0..1. */
  readonly kvUse: number;
  /** Speed of the release against the one it started with. */
  readonly speed: number;
};

export function engineMomentAt(world: World, engine: Engine, instant: EpochMs): EngineMoment {
  const moment = momentAt(world.anchor, instant);
  const { life, busy, rates } = engineStep(world.anchor, engine, moment.step);
  const sums = sumsSince(world, engine, moment, life.processStep);
  const speed = speedOf(engine, life);
  const { model } = engine;
  // Little's law: requests in flight are arrivals per second times the seconds each stays.
  const inFlight =
    (rates.requestsLight * requestSeconds(model, 'light') + rates.requestsHeavy * requestSeconds(model, 'heavy')) /
    speed;
  const jitter = chance(engine.key ^ 17, Math.floor(instant / 5000)) - 0.5;
  const running = busy === 0 ? 0 : Math.max(0, Math.round(inFlight + 1.2 * jitter * Math.sqrt(inFlight)));
  const processStart = instantOfStep(world.anchor, life.processStep);
  return {
    life,
    processStart,
    secondsUp: Math.max(0, (instant - processStart) / 1000),
    sums,
    counts: countsOf(sums),
    running,
    waiting: Math.max(0, Math.round((busy - 0.8) * 60 + 6 * jitter)) * (busy > 0.8 ? 1 : 0),
    kvUse: Math.min(0.985, (running * (model.inputTokens * 0.7 + model.outputTokens / 2)) / kvCacheTokens(engine)),
    speed,
  };
}

/** Size of the KV cache in tokens: about nine tenths are used at full load. A whole number of 16-token blocks. */
export function kvCacheTokens(engine: Engine): number {
  const { model } = engine;
  const requests = (model.outputPerGpu * engine.gpuIndexes.length) / model.outputTokens;
  const inFlight = requests * requestSeconds(model, 'heavy');
  return Math.ceil((inFlight * (model.inputTokens * 0.7 + model.outputTokens / 2)) / 0.9 / 16) * 16;
}
