import type { EngineSums } from './engine-timeline.ts';
import type { Engine } from './fleet-plan.ts';
import type { Moment } from './grid.ts';
import type { World } from './world.ts';

/** Whole tokens and requests an engine has counted since a process start. None of them ever falls. */
export type EngineCounts = {
  readonly requests: number;
  readonly inputComputed: number;
  readonly inputCached: number;
  readonly input: number;
  readonly output: number;
  /** Output tokens after the first of each request. */
  readonly gaps: number;
};

/** Sums since the process start at `processStep`, unrounded. */
export function sumsSince(world: World, engine: Engine, moment: Moment, processStep: number): EngineSums {
  const timeline = world.timelineOf(engine);
  const now = timeline.sumsAt(moment);
  const start = timeline.sumsAt({ step: processStep, seconds: 0 });
  return {
    requestsLight: now.requestsLight - start.requestsLight,
    requestsHeavy: now.requestsHeavy - start.requestsHeavy,
    inputComputed: now.inputComputed - start.inputComputed,
    inputCached: now.inputCached - start.inputCached,
    gapsLight: now.gapsLight - start.gapsLight,
    gapsHeavy: now.gapsHeavy - start.gapsHeavy,
    wattsAboveFloor: now.wattsAboveFloor - start.wattsAboveFloor,
  };
}

/** Totals are built from their rounded parts, so the parts add up on the wire. */
export function countsOf(sums: EngineSums): EngineCounts {
  const requests = Math.floor(sums.requestsLight + sums.requestsHeavy);
  const gaps = Math.floor(sums.gapsLight + sums.gapsHeavy);
  const inputComputed = Math.floor(sums.inputComputed);
  const inputCached = Math.floor(sums.inputCached);
  return { requests, gaps, inputComputed, inputCached, input: inputComputed + inputCached, output: requests + gaps };
}
