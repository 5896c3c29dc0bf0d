import type { GpuSample } from './sample.ts';

/** Power of one superchip module (GPUs, CPU and memory), W, and the GPUs on it. `board`: its serial number, if it has one. */
export type ModulePower = { readonly board: string; readonly watts: number; readonly gpus: readonly string[] };

/**
 * Power of the modules behind a list of GPUs, each module once. Every GPU of a superchip meters the same module, a moment
 * apart: readings of one board serial are one module, and their mean is its power. A GPU without board serial is taken
 * for a module of its own, since nobody says who shares it. Source: telemetry reference, section 0, rule 1.
 */
export function modulePowersOf(
  gpus: readonly Pick<GpuSample, 'gpu' | 'boardSerial' | 'moduleWatts'>[],
): readonly ModulePower[] {
  const metered = gpus.flatMap(({ gpu, boardSerial, moduleWatts }) =>
    moduleWatts === null ? [] : [{ gpu, board: boardSerial ?? gpu, watts: moduleWatts }],
  );
  return [...Map.groupBy(metered, ({ board }) => board)].map(([board, group]) => ({
    board,
    watts: group.reduce((total, { watts }) => total + watts, 0) / group.length,
    gpus: group.map(({ gpu }) => gpu),
  }));
}
