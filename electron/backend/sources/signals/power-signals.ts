import type { MeterBoundary } from '#shared/model/power-boundary.ts';
import type { MeterSample } from '#shared/model/sample.ts';
import type { Signal, SignalGroup, SignalStep } from '#shared/model/signal.ts';
import { METER_METRICS } from '../host-power/meter-metrics.ts';
import type { TargetRead } from './target-read.ts';

/** Power beyond the GPU boards: what was metered, and of GPUs without any meter how to get one. */
export function powerGroups(reads: readonly TargetRead[]): readonly SignalGroup[] {
  const meters = reads.flatMap((read) => read.meters);
  const gpus = reads.flatMap((read) => read.gpus);
  const nodes = new Set(gpus.flatMap(({ node }) => node ?? []));
  if (meters.length > 0)
    return [{ of: 'power', name: 'meters', count: meters.length, signals: metered(meters, reads) }];
  if (gpus.length === 0) return [];
  const modules = gpus.filter((gpu) => isSuperchip(gpu.sku)).length;
  const signals = [...(modules > 0 ? [absent('module-power')] : []), absent('node-power')];
  return [{ of: 'power', name: 'meters', count: nodes.size, signals }];
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
