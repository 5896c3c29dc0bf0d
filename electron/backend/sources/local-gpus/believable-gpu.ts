import type { GpuSample } from '#shared/model/sample.ts';
import { believableReadings, type GpuReadings } from '../believable-readings.ts';
import type { ProblemList } from '../read-value.ts';

const NOT_READ = {
  smActive: null,
  tensorActive: null,
  dramActive: null,
  nvlinkBytes: null,
  nvlinkBytesPerSecond: null,
  pcieBytesPerSecond: null,
  xid: null,
} as const;

/** What the driver of this machine says of one GPU, in base units. Profiling activity, link traffic and XIDs need DCGM. */
export type LocalGpu = Omit<GpuReadings, keyof typeof NOT_READ> &
  Pick<
    GpuSample,
    | 'index'
    | 'driverVersion'
    | 'cudaVersion'
    | 'boardSerial'
    | 'domain'
    | 'tray'
    | 'migDevices'
    | 'processes'
    | 'node'
    | 'origin'
  > & { readonly uuid: string; readonly productName: string };

/** The sample of a GPU that the driver described, without what cannot be true. */
export function believableGpu({ uuid, productName, ...gpu }: LocalGpu, problems: ProblemList): GpuSample {
  const { origin, index, driverVersion, cudaVersion, boardSerial, domain, tray, migDevices, processes, node } = gpu;
  return {
    gpu: uuid,
    origin,
    // Spelled as dcgm-exporter's reader spells it, so that a GPU seen by both stays in one seat.
    sku: productName.replaceAll('-', ' '),
    index,
    driverVersion,
    cudaVersion,
    boardSerial,
    domain,
    tray,
    migDevices,
    processes,
    node,
    workloads: [],
    site: null,
    rack: null,
    pool: null,
    ...believableReadings(uuid, { ...gpu, ...NOT_READ }, problems),
  };
}
