import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import type { SignalGroup, SignalStep } from '#shared/model/signal.ts';
import { DCGM_FIELDS } from '../dcgm/dcgm-fields.ts';
import type { GpuReading } from '../gpu-exporters/gpu-table.ts';
import { signalOf, type SignalQuestion } from './signal-state.ts';
import type { TargetRead } from './target-read.ts';

/** The GPUs of all targets, those of dcgm-exporter apart from those that a driver told, for each has gaps of its own. */
export function gpuGroups(reads: readonly TargetRead[]): readonly SignalGroup[] {
  const byReader = Map.groupBy(reads, ({ by }) => by);
  return [...byReader].flatMap(([by, list]) => {
    const gpus = [...new Map(list.flatMap((read) => read.gpus).map((gpu) => [gpu.gpu, gpu])).values()];
    if (gpus.length === 0) return [];
    const signals = QUESTIONS.filter(({ isOf }) => isOf(gpus)).map((question) =>
      signalOf({ ...question, from: fromOf(question, by), gap: gapOf(question, by) }, gpus, list),
    );
    return [{ of: 'gpu', name: namesOf(gpus), count: gpus.length, signals }];
  });
}

function namesOf(gpus: readonly GpuSample[]): string {
  return [...new Set(gpus.map(({ sku }) => sku))].join(', ');
}

type GpuQuestion = Omit<SignalQuestion<GpuSample>, 'gap' | 'from'> & {
  /** The label that holds it, where no metric does. */
  readonly byLabel?: string;
  /** Whether these GPUs could tell it at all. */
  readonly isOf: (gpus: readonly GpuSample[]) => boolean;
  /** What makes dcgm-exporter tell it: a row of its collector file, or a setting. */
  readonly dcgm: SignalStep;
  /** What a driver that was asked without DCGM cannot tell, and what would. */
  readonly driver: Readonly<Record<'nvidia-smi' | 'nvml', SignalStep | null>>;
};

const always = (): boolean => true;
const USE_DCGM: SignalStep = { text: 'Only dcgm-exporter tells it: run it beside the driver.', copy: null };
const USE_NVML: SignalStep = {
  text: 'Only NVML and dcgm-exporter have an energy counter: connect one of them.',
  copy: null,
};
const NOT_TOLD: SignalStep = { text: 'The driver does not tell it for this card.', copy: null };
const WITH_DCGM = { 'nvidia-smi': USE_DCGM, nvml: USE_DCGM } as const;
const BY_DRIVER = { 'nvidia-smi': NOT_TOLD, nvml: NOT_TOLD } as const;

/** A row of dcgm-exporter's collector file. */
function row(field: string, type: 'gauge' | 'counter' | 'label', help: string): SignalStep {
  const text = 'Add this row to the collector file of dcgm-exporter, and restart it.';
  return { text, copy: `${field}, ${type}, ${help}` };
}

/** Fields of a reading: DCGM 4.6 renamed them, and the name on the wire is whatever the collector file says. */
function fields(reading: GpuReading): SignalQuestion<GpuSample>['metrics'] {
  const [first, ...rest] = DCGM_FIELDS.filter((field) => field.reading === reading).map(({ name }) => name);
  return { present: first === undefined ? [] : [first], other: rest };
}

const NO_METRIC = { present: [], other: [] } as const;
const PROFILING = 'Profiling fields need the capability SYS_ADMIN and a free profiling counter.';

const QUESTIONS: readonly GpuQuestion[] = [
  {
    name: 'gpu-energy',
    label: 'GPU energy',
    isOf: always,
    isHeard: (gpu) => gpu.energyCounterJoules !== null,
    metrics: fields('energyCounterJoules'),
    note: 'Power is added up over time instead.',
    dcgm: row('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'counter', 'Energy since the driver was loaded (mJ).'),
    driver: { 'nvidia-smi': USE_NVML, nvml: NOT_TOLD },
  },
  {
    name: 'gpu-power',
    label: 'GPU power',
    isOf: always,
    isHeard: (gpu) => gpu.powerWatts !== null,
    metrics: fields('powerWatts'),
    note: 'Without it and without energy, the energy cost is unknown.',
    dcgm: row('DCGM_FI_DEV_POWER_USAGE', 'gauge', 'Power draw (W).'),
    driver: BY_DRIVER,
  },
  {
    name: 'gpu-power-limit',
    label: 'Power limit',
    isOf: always,
    isHeard: (gpu) => gpu.powerLimitWatts !== null,
    metrics: fields('powerLimitWatts'),
    note: 'Implausible power is then told by a limit that fits any board.',
    dcgm: row('DCGM_FI_DEV_ENFORCED_POWER_LIMIT', 'gauge', 'Power limit in force (W).'),
    driver: BY_DRIVER,
  },
  {
    name: 'gpu-utilisation',
    label: 'Utilisation',
    isOf: always,
    isHeard: (gpu) => gpu.utilisation !== null,
    metrics: {
      present: [...fields('utilisation').present, ...fields('graphicsActive').present],
      other: fields('utilisation').other,
    },
    note: 'With MIG on, the driver tells none: only the graphics engine activity does.',
    dcgm: row('DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'gauge', 'Share of time in which the graphics engine was active.'),
    driver: WITH_DCGM,
  },
  {
    name: 'gpu-activity',
    label: 'DRAM, tensor activity',
    isOf: always,
    isHeard: (gpu) => gpu.dramActive !== null || gpu.tensorActive !== null || gpu.smActive !== null,
    metrics: {
      present: [...fields('dramActive').present, ...fields('tensorActive').present, ...fields('smActive').present],
      other: [...fields('dramActive').other, ...fields('tensorActive').other, ...fields('smActive').other],
    },
    note: `Idle is then told by the engines' requests alone. ${PROFILING}`,
    dcgm: row('DCGM_FI_PROF_DRAM_ACTIVE', 'gauge', 'Share of cycles in which the memory interface was busy.'),
    driver: WITH_DCGM,
  },
  {
    name: 'gpu-memory',
    label: 'Memory used',
    isOf: always,
    isHeard: (gpu) => gpu.memoryUsedBytes !== null,
    metrics: fields('memoryUsedBytes'),
    note: 'A loaded model cannot be told from an empty card.',
    dcgm: row('DCGM_FI_DEV_FB_USED', 'gauge', 'Framebuffer memory used (MiB).'),
    driver: BY_DRIVER,
  },
  {
    name: 'gpu-throttling',
    label: 'Throttle reasons',
    isOf: always,
    isHeard: (gpu) => gpu.clockEventReasons !== null,
    metrics: fields('clockEventReasons'),
    note: 'Throttled time then counts as serving.',
    dcgm: row('DCGM_FI_DEV_CLOCKS_EVENT_REASONS', 'gauge', 'Bit mask of the reasons for the present clocks.'),
    driver: BY_DRIVER,
  },
  {
    name: 'gpu-faults',
    label: 'Faults (XID)',
    isOf: always,
    isHeard: (gpu) => gpu.xid !== null,
    metrics: fields('xid'),
    note: 'A failed GPU is then only told by its silence.',
    dcgm: row('DCGM_FI_DEV_XID_ERRORS', 'gauge', 'Last XID error.'),
    driver: WITH_DCGM,
  },
  {
    name: 'gpu-model',
    label: 'Product name',
    isOf: always,
    isHeard: (gpu) => gpu.sku !== UNKNOWN_SKU,
    metrics: NO_METRIC,
    byLabel: 'modelName',
    note: 'The cost book prices GPUs by it.',
    dcgm: { text: 'Update dcgm-exporter: old releases do not name the product.', copy: null },
    driver: BY_DRIVER,
  },
  {
    name: 'gpu-driver',
    label: 'Driver version',
    isOf: always,
    isHeard: (gpu) => gpu.driverVersion !== null,
    metrics: NO_METRIC,
    byLabel: 'DCGM_FI_DRIVER_VERSION',
    note: 'A driver update is then not seen as one.',
    dcgm: row('DCGM_FI_DRIVER_VERSION', 'label', 'Driver version.'),
    driver: BY_DRIVER,
  },
  {
    name: 'gpu-workload',
    label: 'Workload (pod)',
    isOf: always,
    // A card without workload names no pod: only where no card names one, something may be missing.
    anyIsEnough: true,
    isHeard: (gpu) => gpu.workloads.length > 0,
    metrics: NO_METRIC,
    byLabel: 'pod',
    note: 'Engines are placed on GPUs by node instead.',
    dcgm: { text: 'On Kubernetes, let dcgm-exporter label GPUs with pods.', copy: 'DCGM_EXPORTER_KUBERNETES=true' },
    driver: BY_DRIVER,
  },
  {
    name: 'gpu-node',
    label: 'Node',
    isOf: always,
    isHeard: (gpu) => gpu.node !== null,
    metrics: NO_METRIC,
    byLabel: 'Hostname',
    note: 'Engines are placed on GPUs by it where no pod tells.',
    dcgm: { text: 'Start dcgm-exporter without --no-hostname.', copy: null },
    driver: { 'nvidia-smi': { text: 'A saved file does not name its machine.', copy: null }, nvml: NOT_TOLD },
  },
];

function fromOf({ byLabel }: GpuQuestion, by: TargetRead['by']): string | null {
  if (by !== 'metrics') return by === 'nvml' ? 'NVML' : 'nvidia-smi';
  return byLabel === undefined ? null : `label ${byLabel}`;
}

function gapOf(question: GpuQuestion, by: TargetRead['by']): SignalStep | null {
  return by === 'metrics' ? question.dcgm : question.driver[by];
}
