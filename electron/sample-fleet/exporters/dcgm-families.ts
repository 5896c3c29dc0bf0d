import type { GpuMoment } from '../world/gpu-moment.ts';
import type { GpuKind } from '../world/gpu-kinds.ts';
import type { Gpu, Node } from '../world/fleet-plan.ts';
import { hasModules, modulePowers, type ModulePower } from '../world/node-power.ts';
import type { Family, NumberStyle, Series, SeriesLabels } from './series.ts';

/** A node's GPUs by index, as one scrape sees them. */
export type NodeReading = readonly (GpuMoment | undefined)[];

type Field = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly style: NumberStyle;
  readonly valueOf: (gpu: GpuMoment, kind: GpuKind) => number;
};

/** Default set of dcgm-exporter 4.5.3-4.8.2, then the rows operators of such fleets switch on. */
const fields: readonly Field[] = [
  gauge('DEV_SM_CLOCK', 'SM clock frequency (in MHz).', (gpu) => gpu.smClockMHz),
  gauge('DEV_MEM_CLOCK', 'Memory clock frequency (in MHz).', (_, kind) => kind.memoryClockMHz),
  gauge('DEV_MEMORY_TEMP', 'Memory temperature (in C).', (gpu) => gpu.memoryCelsius),
  gauge('DEV_GPU_TEMP', 'GPU temperature (in C).', (gpu) => gpu.gpuCelsius),
  ratio('DEV_POWER_USAGE', 'Power draw (in W).', (gpu) => gpu.powerWatts),
  counter('DEV_TOTAL_ENERGY_CONSUMPTION', 'Energy since boot (in mJ).', (gpu) => gpu.energyMillijoules),
  counter('DEV_PCIE_REPLAY_COUNTER', 'PCIe retries.', () => 0),
  gauge('DEV_GPU_UTIL', 'GPU utilization (in %).', (gpu) => gpu.gpuUtilPercent),
  gauge('DEV_MEM_COPY_UTIL', 'Memory utilization (in %).', (gpu) => gpu.memoryUtilPercent),
  gauge('DEV_ENC_UTIL', 'Encoder utilization (in %).', () => 0),
  gauge('DEV_DEC_UTIL', 'Decoder utilization (in %).', () => 0),
  gauge('DEV_XID_ERRORS', 'Last XID error.', (gpu) => gpu.xid),
  gauge('DEV_FB_FREE', 'Frame buffer free (in MiB).', (gpu, kind) => kind.memoryMiB - kind.reservedMiB - gpu.usedMiB),
  gauge('DEV_FB_USED', 'Frame buffer used (in MiB).', (gpu) => gpu.usedMiB),
  gauge('DEV_FB_RESERVED', 'Frame buffer reserved (in MiB).', (_, kind) => kind.reservedMiB),
  counter('DEV_UNCORRECTABLE_REMAPPED_ROWS', 'Rows remapped for uncorrectable errors', () => 0),
  counter('DEV_CORRECTABLE_REMAPPED_ROWS', 'Rows remapped for correctable errors', () => 0),
  gauge('DEV_ROW_REMAP_FAILURE', 'Whether a row remap failed', () => 0),
  counter('DEV_NVLINK_BANDWIDTH_TOTAL', 'NVLink bandwidth counters of all lanes.', () => 0),
  gauge('DEV_VGPU_LICENSE_STATUS', 'vGPU license status', () => 0),
  ratio('PROF_GR_ENGINE_ACTIVE', 'Share of time the graphics engine is active.', (gpu) => gpu.engineActive),
  ratio('PROF_PIPE_TENSOR_ACTIVE', 'Share of cycles the tensor pipe is active.', (gpu) => gpu.tensorActive),
  ratio('PROF_DRAM_ACTIVE', 'Share of cycles the memory interface moves data.', (gpu) => gpu.dramActive),
  gauge('PROF_PCIE_TX_BYTES', 'PCIe bytes sent per second.', (gpu) => gpu.pcieSentBytes),
  gauge('PROF_PCIE_RX_BYTES', 'PCIe bytes received per second.', (gpu) => gpu.pcieReceivedBytes),
  ratio('PROF_SM_ACTIVE', 'Share of cycles an SM holds a warp.', (gpu) => gpu.smActive),
  ratio('PROF_SM_OCCUPANCY', 'Share of warps resident on an SM.', (gpu) => gpu.smOccupancy),
  ratio('DEV_POWER_MGMT_LIMIT', 'Power limit (in W).', (gpu) => gpu.powerLimitWatts),
  ratio('DEV_ENFORCED_POWER_LIMIT', 'Power limit in force (in W).', (gpu) => gpu.powerLimitWatts),
  gauge('DEV_CLOCKS_EVENT_REASONS', 'Reasons for the present clocks (bit mask).', (gpu) => gpu.clockReasons),
];

/** All series of one node's exporter. A GPU that may be bound or lost has a series for each set of labels it can show. */
export function dcgmFamilies(node: Node): readonly Family<NodeReading>[] {
  return fields.map((field) => ({
    name: field.name,
    help: field.help,
    type: field.type,
    style: field.style,
    series: node.gpus.flatMap((gpu) => seriesOf(node, gpu, field)),
  }));
}

/** Rows of the CPU entity, which operators of superchips switch on: one per socket, and so one per module. */
export function moduleFamilies(node: Node): readonly Family<NodeReading>[] {
  if (!hasModules(node)) return [];
  return [
    moduleFamily(
      node,
      'CPU_POWER_UTIL_CURRENT',
      'Power of the CPU core rail (in W).',
      (module) => module.coreRailWatts,
    ),
    moduleFamily(node, 'MODULE_POWER_UTIL_CURRENT', 'Power of the module (in W).', (module) => module.watts),
  ];
}

const socketsPerTray = 2;

function moduleFamily(
  node: Node,
  field: string,
  help: string,
  wattsOf: (module: ModulePower) => number,
): Family<NodeReading> {
  const name = `DCGM_FI_DEV_${field}`;
  const series = Array.from({ length: socketsPerTray }, (_, socket): Series<NodeReading> => {
    const labels = [
      ['cpu', String(socket)],
      ['Hostname', node.name],
    ] as const;
    const valueOf = (reading: NodeReading): number | undefined => {
      const module = modulePowers(node, reading)[socket];
      return module === undefined ? undefined : wattsOf(module);
    };
    return { name, labels, valueOf };
  });
  return { name, help, type: 'gauge', style: 'six', series };
}

function seriesOf(node: Node, gpu: Gpu, field: Field): readonly Series<NodeReading>[] {
  const read = (isBound: boolean, xid?: number) => (reading: NodeReading) => {
    const moment = reading[gpu.index];
    if (moment === undefined || moment.isBound !== isBound) return undefined;
    if (xid !== undefined && moment.xid !== xid) return undefined;
    return field.valueOf(moment, node.kind);
  };
  return boundStates(gpu).flatMap((isBound): Series<NodeReading>[] => {
    const labels = gpuLabels(node, gpu, isBound);
    if (field.name !== 'DCGM_FI_DEV_XID_ERRORS') return [{ name: field.name, labels, valueOf: read(isBound) }];
    return xidsOf(gpu).map(([xid, message]) => ({
      name: field.name,
      labels: [...labels, ['err_code', String(xid)], ['err_msg', message]],
      valueOf: read(isBound, xid),
    }));
  });
}

/** Whether the GPU is ever seen with a pod, and ever without. */
function boundStates(gpu: Gpu): readonly boolean[] {
  if (gpu.engine === undefined) return [false];
  return gpu.engine.story.goneStep === undefined ? [true] : [true, false];
}

function xidsOf(gpu: Gpu): readonly (readonly [number, string])[] {
  const none = [0, 'No Error'] as const;
  return gpu.lostStep === undefined ? [none] : [none, [79, 'GPU has fallen off the bus']];
}

function gpuLabels(node: Node, gpu: Gpu, isBound: boolean): SeriesLabels {
  const own = [
    ['gpu', String(gpu.index)],
    ['UUID', gpu.uuid],
    ['pci_bus_id', node.kind.busIds[gpu.index] ?? ''],
    ['device', `nvidia${gpu.index}`],
    ['modelName', node.kind.modelName],
    ['Hostname', node.name],
    ['DCGM_FI_DRIVER_VERSION', node.kind.driver],
  ] as const;
  if (!isBound || gpu.engine === undefined) return own;
  return [...own, ['container', 'vllm'], ['namespace', 'inference'], ['pod', gpu.engine.pod]];
}

function gauge(name: string, help: string, valueOf: Field['valueOf']): Field {
  return { name: `DCGM_FI_${name}`, help, type: 'gauge', style: 'integer', valueOf };
}

function ratio(name: string, help: string, valueOf: Field['valueOf']): Field {
  return { ...gauge(name, help, valueOf), style: 'six' };
}

function counter(name: string, help: string, valueOf: Field['valueOf']): Field {
  return { ...gauge(name, help, valueOf), type: 'counter' };
}
