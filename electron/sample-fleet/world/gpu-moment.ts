import type { EpochMs } from '#shared/time/instant.ts';

import { chance } from './chance.ts';
import { engineStep, type EngineStep } from './engine-rates.ts';
import type { Engine, Gpu, Node } from './fleet-plan.ts';
import { firstStep, momentAt, stepSeconds, type Moment } from './grid.ts';
import type { World } from './world.ts';

/** One GPU at one instant, in the units its exporter writes. */
export type GpuMoment = {
  /** Whether a pod holds the GPU; its readings then carry the pod's labels. */
  readonly isBound: boolean;
  readonly powerWatts: number;
  readonly powerLimitWatts: number;
  readonly energyMillijoules: number;
  readonly xid: number;
  readonly usedMiB: number;
  readonly smClockMHz: number;
  readonly gpuCelsius: number;
  readonly memoryCelsius: number;
  readonly clockReasons: number;
  readonly gpuUtilPercent: number;
  readonly memoryUtilPercent: number;
  readonly engineActive: number;
  readonly smActive: number;
  readonly smOccupancy: number;
  readonly tensorActive: number;
  readonly dramActive: number;
  readonly pcieSentBytes: number;
  readonly pcieReceivedBytes: number;
};

/** Power swings by this share around its level within a step, and by `swingWatts` even when idle. */
const swingShare = 0.02;
const swingWatts = 0.8;
/** Two whole swings to a step, so a step's energy is its level times its length. */
const swingRadiansPerSecond = (2 * Math.PI * 2) / stepSeconds;
const xidFallenOffBus = 79;
const reason = { idle: 0x1, powerCap: 0x4 } as const;

/** The node's GPUs by index at one instant; undefined where the driver no longer sees the GPU. */
export function nodeMomentAt(world: World, node: Node, instant: EpochMs): readonly (GpuMoment | undefined)[] {
  const moment = momentAt(world.anchor, instant);
  const steps = new Map(node.engines.map((engine) => [engine, engineStep(world.anchor, engine, moment.step)]));
  return node.gpus.map((gpu) => {
    if (gpu.lostStep !== undefined && moment.step >= gpu.lostStep) return undefined;
    return gpuMoment(world, node, gpu, { moment, engine: gpu.engine && steps.get(gpu.engine) });
  });
}

/** Joules a GPU has drawn since its driver loaded, at the beginning of the world: the integral of `powerWatts`. */
export function energyJoules(world: World, gpu: Gpu, asked: Moment): number {
  const moment = gpu.lostStep !== undefined && asked.step >= gpu.lostStep ? { step: gpu.lostStep, seconds: 0 } : asked;
  const above = gpu.engine === undefined ? 0 : engineStep(world.anchor, gpu.engine, moment.step).rates.wattsAboveFloor;
  return joulesAt(world, gpu, moment, above);
}

function joulesAt(world: World, gpu: Gpu, moment: Moment, wattsAboveFloor: number): number {
  const seconds = (moment.step - firstStep) * stepSeconds + moment.seconds;
  const aboveFloor = gpu.engine === undefined ? 0 : world.timelineOf(gpu.engine).sumsAt(moment).wattsAboveFloor;
  const phase = swingPhase(gpu, moment.step);
  const swung = (Math.cos(phase) - Math.cos(swingRadiansPerSecond * moment.seconds + phase)) / swingRadiansPerSecond;
  return gpu.floorWatts * seconds + gpu.drawFactor * aboveFloor + swingOf(gpu, wattsAboveFloor) * swung;
}

function wattsAt(gpu: Gpu, moment: Moment, wattsAboveFloor: number): number {
  const swing = Math.sin(swingRadiansPerSecond * moment.seconds + swingPhase(gpu, moment.step));
  return gpu.floorWatts + gpu.drawFactor * wattsAboveFloor + swingOf(gpu, wattsAboveFloor) * swing;
}

function swingOf(gpu: Gpu, wattsAboveFloor: number): number {
  return swingWatts + swingShare * gpu.drawFactor * wattsAboveFloor;
}

function swingPhase(gpu: Gpu, step: number): number {
  return 2 * Math.PI * chance(gpu.key, step);
}

type Situation = { readonly moment: Moment; readonly engine: EngineStep | undefined };

function gpuMoment(world: World, node: Node, gpu: Gpu, { moment, engine }: Situation): GpuMoment {
  const busy = engine?.busy ?? 0;
  const above = engine?.rates.wattsAboveFloor ?? 0;
  const powerWatts = wattsAt(gpu, moment, above);
  const { kind } = node;
  const heat = powerWatts / kind.capWatts;
  const isThrottled = gpu.engine !== undefined && busy > (gpu.engine.model.throttlesAbove ?? 1);
  const hasContext = engine?.life.phase === 'ready' || engine?.life.phase === 'loading';
  return {
    isBound: engine !== undefined && engine.life.phase !== 'absent',
    powerWatts: rounded(powerWatts, 1e3),
    powerLimitWatts: powerLimitWatts(node, moment.step),
    energyMillijoules: Math.floor(joulesAt(world, gpu, moment, above) * 1000),
    xid: gpu.lostStep !== undefined && moment.step >= gpu.lostStep - 2 ? xidFallenOffBus : 0,
    usedMiB: usedMiB(node, gpu.engine, engine, moment),
    smClockMHz: hasContext ? clockUnderLoad(kind.smClockMHz, busy, isThrottled) : kind.smClockIdleMHz,
    gpuCelsius: Math.round(24 + 3 * chance(gpu.key ^ 3, 0) + 42 * heat),
    memoryCelsius: Math.round(26 + 3 * chance(gpu.key ^ 4, 0) + 48 * heat),
    clockReasons: isThrottled ? reason.powerCap : busy === 0 ? reason.idle : 0,
    ...activityOf(gpu, busy, moment.step),
  };
}

function powerLimitWatts({ kind, powerCap }: Node, step: number): number {
  return powerCap !== undefined && step >= powerCap.step ? powerCap.watts : kind.capWatts;
}

type Activity = Pick<
  GpuMoment,
  | 'gpuUtilPercent'
  | 'memoryUtilPercent'
  | 'engineActive'
  | 'smActive'
  | 'smOccupancy'
  | 'tensorActive'
  | 'dramActive'
  | 'pcieSentBytes'
  | 'pcieReceivedBytes'
>;

/** Decoding is bound by memory: DRAM and SM are active long before the tensor cores are. */
function activityOf(gpu: Gpu, busy: number, step: number): Activity {
  const own = busy * (0.96 + 0.08 * chance(gpu.key ^ 5, step));
  const present = 1 - Math.exp(-9 * own);
  return {
    gpuUtilPercent: Math.round(100 * present),
    memoryUtilPercent: Math.round(58 * own ** 0.7),
    engineActive: rounded(0.985 * present, 1e6),
    smActive: rounded(0.78 * own ** 0.6, 1e6),
    smOccupancy: rounded(0.24 * own ** 0.7, 1e6),
    tensorActive: rounded(0.31 * own, 1e6),
    dramActive: rounded(0.62 * own ** 0.65, 1e6),
    pcieSentBytes: Math.round(412_000 + 2.1e8 * own),
    pcieReceivedBytes: Math.round(388_000 + 3.4e8 * own),
  };
}

function clockUnderLoad(clockMHz: number, busy: number, isThrottled: boolean): number {
  const drop = isThrottled ? 0.1 + 0.6 * (busy - 0.8) : 0.015 * busy;
  // The driver steps clocks by 15 MHz.
  return clockMHz - Math.round((clockMHz * drop) / 15) * 15;
}

function usedMiB(node: Node, engine: Engine | undefined, at: EngineStep | undefined, moment: Moment): number {
  const empty = 16;
  if (engine === undefined || at === undefined) return empty;
  const full = Math.round(node.kind.memoryMiB * 0.915);
  switch (at.life.phase) {
    case 'absent':
    case 'starting':
      return empty;
    case 'loading':
      return Math.min(full, empty + (moment.step - at.life.processStep + 1) * Math.round(full / 9));
    case 'ready':
      return full;
  }
}

function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
