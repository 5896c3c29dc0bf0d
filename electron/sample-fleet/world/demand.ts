import type { EpochMs } from '#shared/time/instant.ts';

import { smoothNoise } from './chance.ts';
import type { Engine, Site } from './fleet-plan.ts';
import { instantOfStep, stepsOf } from './grid.ts';

const dayMs = 86_400_000;
const weekendFactor = 0.68;
/** Local hour of the highest load. */
const peakHour = 14.5;

/** Share of an engine's full speed that its requests ask for in a step, 0..1: day, week, weather, its own luck. */
export function busyAt(anchor: EpochMs, engine: Engine, step: number): number {
  if (engine.story.quietFromStep !== undefined && step >= engine.story.quietFromStep) return 0;
  const { model, modelKey, key } = engine;
  const day = dailyLevel(instantOfStep(anchor, step), engine.site);
  const level = model.busyNight + (model.busyPeak - model.busyNight) * day;
  const modelNoise = 0.09 * smoothNoise(modelKey, step / stepsOf(0, 53)) + 0.06 * smoothNoise(modelKey ^ 7, step / 19);
  const engineNoise = 0.05 * smoothNoise(key, step / 9) + 0.03 * smoothNoise(key ^ 7, step / 2.3);
  return Math.min(1, (level * (1 + modelNoise + engineNoise)) / lessBefore(engine, step));
}

function lessBefore({ story: { loadGrowth } }: Engine, step: number): number {
  return loadGrowth !== undefined && step < loadGrowth.step ? loadGrowth.factor : 1;
}

/** 0 in the small hours, 1 in the early afternoon of a weekday; local time is the site's standard time. */
function dailyLevel(instant: EpochMs, site: Site): number {
  const localMs = instant + site.hoursFromUtc * 3_600_000;
  const day = Math.floor(localMs / dayMs);
  const hour = ((localMs - day * dayMs) / dayMs) * 24;
  // 1970-01-01 was a Thursday: with Sunday as 0 that is day 4.
  const weekday = (((day + 4) % 7) + 7) % 7;
  const wave = 0.5 + 0.5 * Math.cos(((hour - peakHour) / 12) * Math.PI);
  return (weekday === 0 || weekday === 6 ? weekendFactor : 1) * wave ** 1.25;
}
