import type { EpochMs } from '#shared/time/instant.ts';

import type { Node } from './fleet-plan.ts';
import { nodeMomentAt, type GpuMoment } from './gpu-moment.ts';
import { momentAt } from './grid.ts';
import { storySteps } from './story.ts';
import type { World } from './world.ts';

/** Power of one superchip (two GPUs, a Grace CPU, memory), and of the CPU's core rail, which is only a part of it, W. */
export type ModulePower = { readonly watts: number; readonly coreRailWatts: number };

/** Beside its two GPUs an idle GB200 module drew 133 W (telemetry reference, section 5); work adds a share of theirs. */
const moduleRestWatts = 133;
const moduleRestShare = 0.07;
/** The core rail drew 51 to 56 W of it (telemetry reference, section 1.4). */
const coreRailShare = 0.39;
const gpusPerModule = 2;

/**
 * CPUs, fans, NICs and losses of supplies of a B200 server, W: about a kilowatt idle, and at full load 2.6, so that eight
 * boards of 1 kW make 1.33 kW a GPU (MLPerf 5.1 power: 1.30).
 */
const serverRestWatts = 1150;
const serverRestShare = 0.22;

/** Whether a BMC of the node is read: the B200 servers have one, the H100 servers' are not connected. */
export function hasBmc(node: Node): boolean {
  return node.kind.modelName === 'NVIDIA B200';
}

export function hasModules(node: Node): boolean {
  return node.kind.modelName === 'NVIDIA GB200';
}

/** The superchips of a tray, from one look at its GPUs. */
export function modulePowers(node: Node, gpus: readonly (GpuMoment | undefined)[]): readonly ModulePower[] {
  return Array.from({ length: gpus.length / gpusPerModule }, (_, module) => {
    const own = gpus.slice(module * gpusPerModule, (module + 1) * gpusPerModule);
    const rest = moduleRestWatts + moduleRestShare * aboveFloor(node, own);
    return { watts: rounded(boardWatts(own) + rest), coreRailWatts: rounded(coreRailShare * rest) };
  });
}

/** What the BMC of a node reads, W, as a whole number; undefined while it does not answer. */
export function bmcWattsAt(world: World, node: Node, instant: EpochMs): number | undefined {
  const { step } = momentAt(world.anchor, instant);
  const { node: silent, from, to } = storySteps.bmcSilent;
  if (node.name === silent && step >= from && step < to) return undefined;
  const gpus = nodeMomentAt(world, node, instant);
  return Math.round(boardWatts(gpus) + serverRestWatts + serverRestShare * aboveFloor(node, gpus));
}

function boardWatts(gpus: readonly (GpuMoment | undefined)[]): number {
  return gpus.reduce((sum, gpu) => sum + (gpu?.powerWatts ?? 0), 0);
}

/** To milliwatts, so that an exporter's decimals and a server's samples are the same number. */
function rounded(watts: number): number {
  return Math.round(watts * 1000) / 1000;
}

function aboveFloor(node: Node, gpus: readonly (GpuMoment | undefined)[]): number {
  return gpus.reduce((sum, gpu) => sum + Math.max(0, (gpu?.powerWatts ?? 0) - node.kind.floorWatts), 0);
}
