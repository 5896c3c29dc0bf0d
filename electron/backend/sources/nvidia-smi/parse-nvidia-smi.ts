import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import { chassisSerialOf, nvlinkDomainOf, trayOf } from '#shared/model/gpu-place.ts';
import { modulePowersOf, type ModulePower } from '#shared/model/module-power.ts';
import type { GpuProcess, GpuSample, MigDevice, SampleProblem } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { safeText } from '../http/safe-text.ts';
import { believableGpu } from '../local-gpus/believable-gpu.ts';
import { createProblemList, type ProblemList } from '../read-value.ts';
import { clockEventMask, SMI_FIELDS, smiInstant, smiValue, type SmiReading } from './smi-fields.ts';
import { attributeOf, elementsAt, textAt, type SmiNode } from './smi-tree.ts';

/** What `nvidia-smi -q -x` said of one machine. */
export type NvidiaSmiReport = {
  /** When it was printed, by the clock of the machine in this machine's time zone: nvidia-smi names none. */
  readonly takenAt: EpochMs | null;
  readonly driverVersion: string | null;
  /** Newest CUDA version that the driver can serve, such as `13.0`. */
  readonly cudaVersion: string | null;
  readonly gpus: readonly NvidiaSmiGpu[];
  /** Boards that meter their whole module (GPUs, CPU and memory), each once. */
  readonly modules: readonly ModulePower[];
  /** GPUs that are listed and say nothing: `GPU is lost`. One sentence each. */
  readonly silent: readonly string[];
  readonly problems: readonly SampleProblem[];
};

export type NvidiaSmiGpu = {
  readonly sample: GpuSample;
  /** The product's name as the driver spells it. */
  readonly productName: string;
  readonly pciBusId: string | null;
};

export type NvidiaSmiFailure = { readonly kind: 'not-nvidia-smi' | 'no-gpu'; readonly message: string };

/** How much of a GPU's fate is told in messages. */
const SHOWN_SILENT_MAX = 20;

/**
 * Reads the answer of `nvidia-smi -q -x` as xml2js gives it with `explicitArray` off. `node` is the machine it ran on,
 * null for a saved file. There is no energy counter in it.
 */
export function parseNvidiaSmi(tree: unknown, node: string | null): Result<NvidiaSmiReport, NvidiaSmiFailure> {
  const [log] = elementsAt(tree, 'nvidia_smi_log');
  if (log === undefined)
    return fail({ kind: 'not-nvidia-smi', message: 'This is not the output of nvidia-smi -q -x: no nvidia_smi_log.' });
  const problems = createProblemList();
  const driverVersion = wordOf(textAt(log, 'driver_version'));
  const cudaVersion = wordOf(textAt(log, 'cuda_version'));
  const known = new Map<string, NvidiaSmiGpu>();
  const silent: string[] = [];
  for (const [index, gpu] of elementsAt(log, 'gpu').entries()) {
    const read = readGpu(gpu, { index: String(index), driverVersion, cudaVersion, node }, problems);
    if (read === null) silent.push(silenceOf(gpu, index));
    else addGpu(read, known, problems);
  }
  if (known.size === 0 && silent.length === 0)
    return fail({ kind: 'no-gpu', message: 'nvidia-smi lists no GPU on this machine.' });
  return succeed({
    takenAt: smiInstant(textAt(log, 'timestamp') ?? ''),
    driverVersion,
    cudaVersion,
    gpus: [...known.values()],
    modules: modulePowersOf([...known.values()].map(({ sample }) => sample)),
    silent: silent.slice(0, SHOWN_SILENT_MAX),
    problems: problems.all(),
  });
}

/**
 * A GPU listed twice counts once. Published captures may have one UUID for all cards: at another PCI address it is another
 * card, and told apart by that.
 */
function addGpu(read: NvidiaSmiGpu, known: Map<string, NvidiaSmiGpu>, problems: ProblemList): void {
  const uuid = read.sample.gpu;
  const first = known.get(uuid);
  const isOther = first !== undefined && read.pciBusId !== null && read.pciBusId !== first.pciBusId;
  const gpu = isOther ? `${uuid} at ${read.pciBusId}` : uuid;
  if (known.has(gpu)) problems.add({ kind: 'conflict', message: `GPU ${gpu} is listed twice: the first one counts` });
  else known.set(gpu, isOther ? { ...read, sample: { ...read.sample, gpu } } : read);
  if (isOther)
    problems.add({ kind: 'conflict', message: `Two cards have the UUID ${uuid}: their PCI address tells them apart` });
}

type Seat = Pick<GpuSample, 'index' | 'driverVersion' | 'cudaVersion' | 'node'>;

/** One GPU, or null for one without identity or without any reading. */
function readGpu(gpu: SmiNode, seat: Seat, problems: ProblemList): NvidiaSmiGpu | null {
  const uuid = textAt(gpu, 'uuid');
  if (uuid === null || !uuid.startsWith('GPU-')) return null;
  const read = (reading: SmiReading) => readingOf(gpu, reading, problems);
  const productName = wordOf(textAt(gpu, 'product_name')) ?? UNKNOWN_SKU;
  const measured = {
    powerWatts: read('powerWatts'),
    moduleWatts: read('modulePowerWatts'),
    powerLimitWatts: read('powerLimitWatts'),
    utilisation: read('utilisation'),
    memoryUsedBytes: read('memoryUsedBytes'),
    smClockHertz: read('smClockHertz'),
    temperatureCelsius: read('temperatureCelsius'),
    clockEventReasons: clockEventMask((path) => textAt(gpu, path)),
    powerHeldSeconds: added(read('powerHeldSeconds'), read('brakeHeldSeconds')),
    heatHeldSeconds: added(read('heatHeldSeconds'), read('hardwareHeldSeconds')),
  };
  if (Object.values(measured).every((value) => value === null)) return null;
  const about = {
    origin: 'nvidia-smi' as const,
    ...placeOf(gpu),
    migDevices: elementsAt(gpu, 'mig_devices/mig_device').flatMap((device) => readMigDevice(device, problems) ?? []),
    processes: processesOf(gpu, problems),
  };
  return {
    sample: believableGpu({ uuid, productName, ...seat, ...about, energyCounterJoules: null, ...measured }, problems),
    productName,
    pciBusId: wordOf(attributeOf(gpu, 'id') ?? textAt(gpu, 'pci/pci_bus_id')),
  };
}

/** Drivers from 575 on count the time of each cause: the sum of what is told; null where neither is. */
function added(one: number | null, other: number | null): number | null {
  return one === null && other === null ? null : (one ?? 0) + (other ?? 0);
}

/** Where the GPU is mounted, and the NVLink domain it has joined; drivers before 570 tell neither. */
function placeOf(gpu: SmiNode): Pick<GpuSample, 'boardSerial' | 'domain' | 'tray'> {
  const word = (path: string) => wordOf(textAt(gpu, path));
  return {
    boardSerial: serialOf(gpu),
    domain: nvlinkDomainOf({ clusterUuid: word('fabric/clusterUuid'), cliqueId: word('fabric/cliqueId') }),
    tray: trayOf({
      chassisSerial: chassisSerialOf(word('platformInfo/chassis_serial_number')),
      slot: word('platformInfo/slot_number'),
      host: word('platformInfo/host_id'),
      trayIndex: word('platformInfo/tray_index'),
    }),
  };
}

/** A board without a serial number of its own says N/A, or only zeros. */
function serialOf(gpu: SmiNode): string | null {
  const serial = wordOf(textAt(gpu, 'serial'));
  return serial === null || /^0+$/.test(serial) ? null : serial;
}

function readMigDevice(device: SmiNode, problems: ProblemList): MigDevice | null {
  const gpuInstance = wordOf(textAt(device, 'gpu_instance_id'));
  if (gpuInstance === null) return null;
  return {
    gpuInstance,
    computeInstance: wordOf(textAt(device, 'compute_instance_id')),
    memoryUsedBytes: readingOf(device, 'memoryUsedBytes', problems),
    memoryTotalBytes: readingOf(device, 'memoryTotalBytes', problems),
  };
}

/** Processes that compute; null where the machine tells none, or only the text that there are none to be seen. */
function processesOf(gpu: SmiNode, problems: ProblemList): readonly GpuProcess[] | null {
  if (elementsAt(gpu, 'processes').length === 0 || NOT_TOLD.has(textAt(gpu, 'processes') ?? '')) return null;
  return elementsAt(gpu, 'processes/process_info').flatMap((process) => {
    const pid = Number(textAt(process, 'pid') ?? Number.NaN);
    const isCompute = /C/.test(textAt(process, 'type') ?? 'C');
    return Number.isInteger(pid) && isCompute
      ? [{ pid, memoryUsedBytes: readingOf(process, 'processMemoryBytes', problems) }]
      : [];
  });
}

/** A reading from the first of its places that holds one, in base units. */
function readingOf(node: SmiNode, reading: SmiReading, problems: ProblemList): number | null {
  const { unit, paths } = SMI_FIELDS[reading];
  for (const path of paths) {
    const text = textAt(node, path);
    const found = text === null ? { kind: 'none' as const } : smiValue(text, unit);
    if (found.kind === 'value') return found.value;
    if (found.kind === 'odd-unit')
      problems.add({
        kind: 'implausible',
        message: `${path} reads "${safeText(text ?? '', [])}", not in ${unit}: held out`,
      });
  }
  return null;
}

function silenceOf(gpu: SmiNode, index: number): string {
  const id = attributeOf(gpu, 'id');
  const said = [textAt(gpu, 'uuid'), textAt(gpu, 'product_name'), textAt(gpu, 'gpu_power_readings')].find(
    (text) => text !== null && /lost|unknown|error|permission/i.test(text),
  );
  const where = id === null ? '' : ` at ${safeText(id, [])}`;
  return `GPU ${index}${where} gives no reading${said === undefined ? '' : `: ${safeText(said ?? '', [])}`}`;
}

/** A container element that holds only words. */
const NOT_TOLD = new Set(['N/A', '[N/A]', 'Insufficient Permissions', 'Unknown Error']);

/** Words by which nvidia-smi says that there is nothing to say. Source: telemetry reference, section 3.2. */
const NOTHING = new Set([
  '',
  'N/A',
  '[N/A]',
  'None',
  'Not Found',
  'GPU is lost',
  'Insufficient Permissions',
  'Unknown Error',
]);

function wordOf(text: string | null): string | null {
  return text === null || NOTHING.has(text) ? null : text.slice(0, 200);
}
