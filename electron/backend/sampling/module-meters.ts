import { modulePowersOf } from '#shared/model/module-power.ts';
import type { GpuSample, MeterSample } from '#shared/model/sample.ts';

/**
 * The superchip modules of each node as one meter, from the module power that every GPU of a module repeats (fault G08).
 * None where several GPUs tell no board serial: which of them share a module, and so what a sum would count twice, is
 * then not known.
 */
export function moduleMeters(gpus: readonly GpuSample[]): MeterSample[] {
  const metered = gpus.filter((gpu) => gpu.moduleWatts !== null && gpu.node !== null);
  return [...Map.groupBy(metered, (gpu) => gpu.node).values()].flatMap((list) => {
    const [first] = list;
    const isAmbiguous = list.length > 1 && list.some((gpu) => gpu.boardSerial === null);
    if (first === undefined || isAmbiguous) return [];
    const modules = modulePowersOf(list);
    const { site, rack, pool, node } = first;
    const watts = modules.reduce((total, module) => total + module.watts, 0);
    const known = { boundary: 'module', origin: 'gpu', meter: 'gpu', energyCounterJoules: null } as const;
    return [{ site, rack, pool, node, ...known, parts: modules.length, watts }];
  });
}
