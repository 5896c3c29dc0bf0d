import type { MeterBoundary } from '#shared/model/power-boundary.ts';
import { modulePowersOf } from '#shared/model/module-power.ts';
import type { GpuSample, MeterSample } from '#shared/model/sample.ts';
import type { Signal, SignalGroup, SignalStep } from '#shared/model/signal.ts';
import { METER_METRICS } from '../host-power/meter-metrics.ts';
import type { TargetRead } from './target-read.ts';

/** Power beyond the GPU boards: what was metered, and of GPUs without any meter how to get one. */
export function powerGroups(reads: readonly TargetRead[]): readonly SignalGroup[] {
  const meters = reads.flatMap((read) => read.meters);
  const gpus = reads.flatMap((read) => read.gpus);
  const found = [...ofGpus(gpus), ...metered(meters, reads)];
  const has = (name: string): boolean => found.some((signal) => signal.name === name);
  const isSuper = gpus.some((gpu) => isSuperchip(gpu.sku));
  const gaps = [
    ...(isSuper && !has('module-power') ? [absent('module-power')] : []),
    ...(gpus.length > 0 && !has('node-power') ? [absent('node-power')] : []),
  ];
  const signals = [...found, ...gaps];
  const count = new Set([...meters, ...gpus].flatMap(({ node }) => node ?? [])).size;
  return signals.length === 0 ? [] : [{ of: 'power', name: 'meters', count, signals }];
}

/** Superchips whose GPUs meter their module: each of them reports all of it. */
function ofGpus(gpus: readonly GpuSample[]): readonly Signal[] {
  const modules = modulePowersOf(gpus).length;
  if (modules === 0) return [];
  const note = `${modules} ${modules === 1 ? 'module' : 'modules'}, each metered by all of its GPUs and counted once.`;
  return [{ ...MODULE, state: 'found', heard: modules, from: 'module power of the GPUs', note, next: null }];
}

/** Products that meter the module of GPUs, CPU and memory. Source: telemetry reference, section 0, rule 1. */
function isSuperchip(sku: string): boolean {
  return /\bG[BH]\d{3}\b/.test(sku);
}

const LABELS: Readonly<Record<MeterBoundary, string>> = {
  cpu: 'CPU power',
  module: 'Superchip module power',
  node: 'Node power',
  rack: 'Rack power',
  wall: 'Power at the wall',
};

const MODULE = { name: 'module-power', label: LABELS.module } as const;

function metered(meters: readonly MeterSample[], reads: readonly TargetRead[]): readonly Signal[] {
  return [...Map.groupBy(meters, ({ boundary }) => boundary)].map(([boundary, list]) => {
    const heard = list.filter((meter) => meter.watts !== null || meter.energyCounterJoules !== null).length;
    const names = METER_METRICS.filter((metric) => metric.boundary === boundary).flatMap((metric) => metric.names);
    const from = names.find((name) => reads.some((read) => read.names.has(name))) ?? null;
    const common = { name: `${boundary}-power`, label: LABELS[boundary], heard, from, note: null, next: null };
    return { ...common, state: heard === 0 ? 'absent' : 'found' };
  });
}

const STEPS: Readonly<Record<'module-power' | 'node-power', SignalStep>> = {
  'module-power': {
    text: 'Superchips meter GPUs, CPU and memory together. Add this row to the collector file of dcgm-exporter.',
    copy: 'DCGM_FI_DEV_MODULE_POWER_UTIL_CURRENT, gauge, Module power by CPU socket (W).',
  },
  'node-power': {
    text: 'Run ipmi_exporter (port 9290) or redfish_exporter (port 9610) and connect it too.',
    copy: 'http://NODE:9290/metrics',
  },
};

function absent(name: 'module-power' | 'node-power'): Signal {
  const label = name === 'module-power' ? LABELS.module : LABELS.node;
  const note = 'What the boards do not measure is added by a stated overhead.';
  return { name, label, state: 'absent', heard: 0, from: null, note, next: STEPS[name] };
}
