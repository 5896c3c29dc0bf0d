import { epochMs, type EpochMs } from '#shared/time/instant.ts';

/** The world moves in steps of 30 s, numbered from the anchor; within a step every rate is constant. */
export const stepSeconds = 30;
export const stepsPerHour = 3600 / stepSeconds;
export const stepsPerDay = 24 * stepsPerHour;

/** So long before the anchor the world begins: ten days on both sides of an update, and the days engines start in. */
export const worldDays = 20;

/** The step at which the world begins. */
export const firstStep = -worldDays * stepsPerDay;

/** A place on the world's time line: a whole step and the seconds passed in it, [0, 30). */
export type Moment = { readonly step: number; readonly seconds: number };

/** Where an instant lies; instants before the world began count as its beginning. */
export function momentAt(anchor: EpochMs, instant: EpochMs): Moment {
  const passedSeconds = (instant - anchor) / 1000;
  const step = Math.floor(passedSeconds / stepSeconds);
  if (step < firstStep) return { step: firstStep, seconds: 0 };
  return { step, seconds: passedSeconds - step * stepSeconds };
}

export function instantOfStep(anchor: EpochMs, step: number): EpochMs {
  return epochMs(anchor + step * stepSeconds * 1000);
}

/** Steps for a span given in hours and minutes. */
export function stepsOf(hours: number, minutes = 0): number {
  return Math.round((hours * 3600 + minutes * 60) / stepSeconds);
}
