import { chassisSerialOf, type Fabric, type Mounting } from '#shared/model/gpu-place.ts';
import type { GpuSample, GpuWorkload } from '#shared/model/sample.ts';
import { locationOf, type Labels } from '../label-reader.ts';
import { isDcgmBlank } from './dcgm-fields.ts';

/** What the labels of a GPU's series say of it; fabric and mounting may also come as values, of other series. */
export type Described = Pick<
  GpuSample,
  | 'gpu'
  | 'sku'
  | 'index'
  | 'driverVersion'
  | 'cudaVersion'
  | 'boardSerial'
  | 'workloads'
  | 'migDevices'
  | 'processes'
  | 'site'
  | 'rack'
  | 'pool'
  | 'node'
> & { readonly fabric: Fabric; readonly mounting: Mounting };

/**
 * A GPU by its labels. Rows of type label in the collector file stand on every series of the exporter; which names they
 * have is the operator's choice. Source: telemetry reference, sections 1.2, 1.4 and 1.6.
 */
export function describedByLabels(uuid: string, labels: Labels): Described {
  const field = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const text = labels(`DCGM_FI_${name}`);
      if (text !== null && !isBlankText(text)) return text;
    }
    return null;
  };
  return {
    gpu: uuid,
    sku: (labels('modelName') ?? 'unknown GPU').replaceAll('-', ' '),
    index: labels('gpu'),
    driverVersion: field('DRIVER_VERSION', 'SYSTEM_DRIVER_VERSION'),
    cudaVersion: cudaVersionOf(Number(field('CUDA_DRIVER_VERSION') ?? Number.NaN)),
    boardSerial: field('DEV_SERIAL', 'DEV_BOARD_SERIAL'),
    workloads: [],
    migDevices: null,
    processes: null,
    ...locationOf(labels),
    fabric: { clusterUuid: field('DEV_FABRIC_CLUSTER_UUID'), cliqueId: field('DEV_FABRIC_CLIQUE_ID') },
    mounting: {
      chassisSerial: chassisSerialOf(field('DEV_PLATFORM_CHASSIS_SERIAL_NUMBER')),
      slot: field('DEV_PLATFORM_CHASSIS_SLOT_NUMBER'),
      trayIndex: field('DEV_PLATFORM_TRAY_INDEX'),
      host: field('DEV_PLATFORM_HOST_ID'),
    },
  };
}

/** 13000 is CUDA 13.0, 12080 is 12.8; null for what is no version. */
export function cudaVersionOf(number: number): string | null {
  if (!Number.isInteger(number) || number < 1000 || number >= 1e6) return null;
  return `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`;
}

/** DCGM's blanks as a label: its blank texts, or a blank number written out. */
function isBlankText(text: string): boolean {
  return /^<<<.*>>>$|^N\/A$/.test(text) || (/^\d+$/.test(text) && isDcgmBlank(Number(text)));
}

/**
 * The pod that holds the GPU. With honor_labels off, the workload's labels stand under `exported_*`; with it on, a GPU
 * without workload carries the exporter's own pod after relabelling, which must not be billed. Labels of the target are
 * the exporter's own too: only those of the series itself count.
 * Source: telemetry reference, section 0, rule 2.
 */
export function podOf(labels: Labels): Pick<GpuWorkload, 'pod' | 'namespace'> | null {
  const exported = labels('exported_pod');
  if (exported !== null) return { pod: exported, namespace: labels('exported_namespace') };
  const pod = labels('pod') ?? labels('pod_name');
  const container = labels('exported_container') ?? labels('container') ?? labels('container_name') ?? '';
  if (pod === null || /dcgm-exporter/.test(pod) || /dcgm-exporter/.test(container)) return null;
  return { pod, namespace: labels('namespace') ?? labels('pod_namespace') };
}
