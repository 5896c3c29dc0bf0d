import { nvlinkDomainOf, trayOf } from '#shared/model/gpu-place.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import { labelsOf } from '../label-reader.ts';
import type { Series } from '../prometheus/series.ts';
import { measured, type ProblemList, type SeriesValues } from '../read-value.ts';
import { cudaVersionOf, describedByLabels, podOf, type Described } from './gpu-labels.ts';
import { DCGM_FIELDS, isDcgmBlank, type DcgmReading } from './dcgm-fields.ts';

/** Largest believable board power where the limit is unknown, W (policy table of the faults reference, section 3). */
const POWER_MAX_WATTS = 2500;

/** No board has a power limit beyond this, W: a larger one is in milliwatts, and would believe any power. */
const POWER_LIMIT_MAX_WATTS = 10_000;

/** Shares of time are 0 to 1; rounding may push one a little over. */
const SHARE_MAX = 1.01;

/** Power may stand above the limit for moments: a reading beyond this multiple of it is not believed. */
const POWER_OVER_LIMIT_MAX = 1.5;

type Slot = { readonly series: number; readonly scale: number; readonly name: string };
type GpuPlan = {
  readonly described: Described;
  readonly slots: { readonly [Reading in DcgmReading]?: Slot };
};

/**
 * Finds the GPUs in a list of series, once per layout, and gives a function that reads their samples from the values of
 * one scrape. A reading repeated in several series of one GPU (MIG instances, sharing pods, HPC jobs) is taken once.
 */
export function createGpuReader(
  series: readonly Series[],
  targetLabels: Readonly<Record<string, string>>,
): (values: SeriesValues, problems: ProblemList) => GpuSample[] {
  const plans = gpuPlans(series, targetLabels);
  return (values, problems) =>
    plans.filter((plan) => isPresent(plan, values)).map((plan) => gpuSample(plan, values, problems));
}

/** A server's series outlive the GPU behind them: without a single value in this scrape, the GPU was not in it. */
function isPresent(plan: GpuPlan, values: SeriesValues): boolean {
  return Object.values(plan.slots).some((slot) => values(slot.series) !== undefined);
}

function gpuPlans(series: readonly Series[], targetLabels: Readonly<Record<string, string>>): GpuPlan[] {
  const seriesByName = Map.groupBy(series.keys(), (index) => series[index]?.name ?? '');
  const plans = new Map<string, { described: Described; slots: { [Reading in DcgmReading]?: Slot } }>();
  for (const field of DCGM_FIELDS) {
    for (const index of seriesByName.get(field.name) ?? []) {
      const labels = labelsOf(series[index]?.labels ?? new Map(), targetLabels);
      const uuid = labels('UUID') ?? labels('uuid');
      if (uuid === null) continue;
      const plan = plans.get(uuid) ?? { described: describedByLabels(uuid, labels), slots: {} };
      plan.slots[field.reading] ??= { series: index, scale: field.scale, name: field.name };
      const pod = podOf(labelsOf(series[index]?.labels ?? new Map(), {}));
      // With shared GPUs, the row of the card itself names no pod, and stands before those that do.
      if (plan.described.workloads.length === 0 && pod !== null)
        plan.described = { ...plan.described, workloads: [{ ...pod, share: 1 }] };
      plans.set(uuid, plan);
    }
  }
  return [...plans.values()];
}

function gpuSample(plan: GpuPlan, values: SeriesValues, problems: ProblemList): GpuSample {
  const read = (reading: DcgmReading): number | null => {
    const slot = plan.slots[reading];
    const raw = slot === undefined ? undefined : values(slot.series);
    if (slot === undefined || raw === undefined || isDcgmBlank(raw)) return null;
    const value = measured(raw, `${slot.name} of ${plan.described.gpu}`, problems);
    return value === null ? null : value * slot.scale;
  };
  const limit = read('powerLimitWatts');
  const powerLimitWatts = believable(limit, POWER_LIMIT_MAX_WATTS, 'power limit, W,', plan.described.gpu, problems);
  const share = (reading: DcgmReading): number | null =>
    believable(read(reading), SHARE_MAX, reading, plan.described.gpu, problems);
  const { fabric, mounting, ...described } = plan.described;
  const label = (reading: DcgmReading): string | null => read(reading)?.toString() ?? null;
  return {
    ...described,
    cudaVersion: described.cudaVersion ?? cudaVersionOf(read('cudaVersion') ?? Number.NaN),
    domain: nvlinkDomainOf({ ...fabric, cliqueId: fabric.cliqueId ?? label('cliqueId') }),
    tray: trayOf({
      ...mounting,
      slot: mounting.slot ?? label('slotNumber'),
      trayIndex: mounting.trayIndex ?? label('trayIndex'),
      host: mounting.host ?? label('hostId'),
    }),
    energyCounterJoules: read('energyCounterJoules'),
    powerWatts: believable(read('powerWatts'), powerMax(powerLimitWatts), 'power, W,', plan.described.gpu, problems),
    // dcgm-exporter gives module power by CPU socket: it is read as the node's, not as a GPU's.
    moduleWatts: null,
    powerLimitWatts,
    utilisation: share('utilisation') ?? share('graphicsActive'),
    smActive: share('smActive'),
    tensorActive: share('tensorActive'),
    dramActive: share('dramActive'),
    memoryUsedBytes: read('memoryUsedBytes'),
    smClockHertz: read('smClockHertz'),
    temperatureCelsius: read('temperatureCelsius'),
    clockEventReasons: read('clockEventReasons'),
    xid: read('xid'),
  };
}

function powerMax(limitWatts: number | null): number {
  return limitWatts === null || limitWatts === 0 ? POWER_MAX_WATTS : limitWatts * POWER_OVER_LIMIT_MAX;
}

function believable(
  value: number | null,
  most: number,
  name: string,
  gpu: string,
  problems: ProblemList,
): number | null {
  if (value === null || value <= most) return value;
  problems.add({ kind: 'implausible', message: `${name} of ${gpu} reads ${value}, above ${most}: check the unit` });
  return null;
}
