import type { MatrixSeries } from '#backend/sources/prometheus-server/server-answer.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { worldOf } from './sample-world.ts';

const STEP_SECONDS = 30;

/** The raw samples that a server holds of a window `(from, to]`: what a range selector gives. */
export function matrixOf(targets: ReturnType<typeof worldOf>['targets'], from: EpochMs, to: EpochMs): MatrixSeries[] {
  const instants: EpochMs[] = [];
  for (let at = from + STEP_SECONDS * 1000; at <= to; at += STEP_SECONDS * 1000) instants.push(epochMs(at));
  return targets.flatMap(({ target }) => {
    const read = target.readAll(instants);
    return target.series.flatMap(({ name, labels }, place) => {
      const values = instants.flatMap((at, index) => {
        const value = read(place, index);
        return value === undefined ? [] : [[at / 1000, String(value)] as const];
      });
      const metric = { ...target.labels, ...Object.fromEntries(labels), __name__: name };
      return values.length === 0 ? [] : [{ metric, values }];
    });
  });
}
