import type { EpochMs } from '#shared/time/instant.ts';

import { smoothNoise } from './chance.ts';
import { busyAt } from './demand.ts';
import type { Engine } from './fleet-plan.ts';
import { lifeAt, type EngineLife } from './story.ts';

/**
 * What an engine does per second in one step. Requests and the gaps between their tokens are split into those that
 * ran at the quiet pace and those that ran at the busy pace, so that every histogram is a sum of two fixed shapes.
 */
export type EngineRates = {
  readonly requestsLight: number;
  readonly requestsHeavy: number;
  /** Input tokens that were computed, and those found in the prefix cache. */
  readonly inputComputed: number;
  readonly inputCached: number;
  /** Output tokens after the first of each request. */
  readonly gapsLight: number;
  readonly gapsHeavy: number;
  /** Watts each of its GPUs draws above the floor of an empty board. */
  readonly wattsAboveFloor: number;
};

export const rateNames = [
  'requestsLight',
  'requestsHeavy',
  'inputComputed',
  'inputCached',
  'gapsLight',
  'gapsHeavy',
  'wattsAboveFloor',
] as const satisfies readonly (keyof EngineRates)[];

const nothing: EngineRates = {
  requestsLight: 0,
  requestsHeavy: 0,
  inputComputed: 0,
  inputCached: 0,
  gapsLight: 0,
  gapsHeavy: 0,
  wattsAboveFloor: 0,
};

export type EngineStep = { readonly life: EngineLife; readonly busy: number; readonly rates: EngineRates };

export function engineStep(anchor: EpochMs, engine: Engine, step: number): EngineStep {
  const life = lifeAt(engine.story, step);
  switch (life.phase) {
    case 'absent':
    case 'starting':
      return { life, busy: 0, rates: nothing };
    case 'loading':
      return { life, busy: 0, rates: { ...nothing, wattsAboveFloor: engine.kind.residentWatts * 1.3 } };
    case 'ready': {
      const busy = busyAt(anchor, engine, step);
      return { life, busy, rates: servingRates(engine, step, busy, speedOf(engine, life)) };
    }
  }
}

/** How fast the release runs against the one before the update that helped. */
export function speedOf(engine: Engine, life: EngineLife): number {
  const { speedUp } = engine.story;
  return speedUp !== undefined && life.release === speedUp.release ? speedUp.factor : 1;
}

function servingRates(engine: Engine, step: number, busy: number, speed: number): EngineRates {
  const { model } = engine;
  const output = busy * model.outputPerGpu * engine.gpuIndexes.length * speed;
  const requests = output / model.outputTokens;
  const input = requests * model.inputTokens * (1 + 0.12 * smoothNoise(engine.modelKey ^ 11, step / 71));
  const cacheHit = model.cacheHit * (1 + 0.14 * smoothNoise(engine.key ^ 13, step / 43));
  const heavy = heavyShare(busy);
  const gaps = output - requests;
  return {
    requestsLight: requests * (1 - heavy),
    requestsHeavy: requests * heavy,
    inputComputed: input * (1 - cacheHit),
    inputCached: input * cacheHit,
    gapsLight: gaps * (1 - heavy),
    gapsHeavy: gaps * heavy,
    wattsAboveFloor: servingWatts(engine, busy),
  };
}

/** Share of requests that run at the busy pace: none below half load, nearly all at full load. */
function heavyShare(busy: number): number {
  const part = Math.min(1, Math.max(0, (busy - 0.4) / 0.55));
  return 0.95 * part * part * (3 - 2 * part);
}

/** Power grows fast with the first requests and slowly near full load: decoding keeps the memory busy early. */
function servingWatts(engine: Engine, busy: number): number {
  const { floorWatts, residentWatts, capWatts } = engine.kind;
  const { throttlesAbove } = engine.model;
  const reached = throttlesAbove === undefined ? busy : Math.min(1, busy / throttlesAbove);
  const top = (throttlesAbove === undefined ? 0.9 : 0.955) * capWatts;
  const shape = (1 - Math.exp(-2 * reached)) / (1 - Math.exp(-2));
  return residentWatts + (top - floorWatts - residentWatts) * shape;
}
