import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import { chassisSerialOf } from '#shared/model/gpu-place.ts';
import type { GpuTable } from '../gpu-exporters/gpu-table.ts';
import type { Labels } from '../label-reader.ts';
import { DCGM_FIELDS, isDcgmBlank } from './dcgm-fields.ts';

/** dcgm-exporter: rows of type label in its collector file stand on every series, under the operator's choice of names. */
export const DCGM_TABLE: GpuTable = {
  origin: 'dcgm-exporter',
  infoMetric: null,
  fields: DCGM_FIELDS,
  // With `--use-old-namespace`, and in release 1, the label is in lower case.
  uuidOf: (labels) => labels('UUID') ?? labels('uuid'),
  labelsOf: (labels) => {
    const field = fieldsIn(labels);
    return {
      // With `--replace-blanks-in-model-name`, blanks are dashes.
      sku: (labels('modelName') ?? UNKNOWN_SKU).replaceAll('-', ' '),
      index: labels('gpu'),
      driverVersion: field('DRIVER_VERSION', 'SYSTEM_DRIVER_VERSION'),
      cudaVersion: cudaVersionOf(Number(field('CUDA_DRIVER_VERSION') ?? Number.NaN)),
      boardSerial: field('DEV_SERIAL', 'DEV_BOARD_SERIAL'),
      fabric: { clusterUuid: field('DEV_FABRIC_CLUSTER_UUID'), cliqueId: field('DEV_FABRIC_CLIQUE_ID') },
      mounting: {
        chassisSerial: chassisSerialOf(field('DEV_PLATFORM_CHASSIS_SERIAL_NUMBER')),
        slot: field('DEV_PLATFORM_CHASSIS_SLOT_NUMBER'),
        trayIndex: field('DEV_PLATFORM_TRAY_INDEX'),
        host: field('DEV_PLATFORM_HOST_ID'),
      },
    };
  },
  isBlank: isDcgmBlank,
};

/** Fields as labels by their old and new names. Source: telemetry reference, sections 1.2, 1.4 and 1.6. */
function fieldsIn(labels: Labels): (...names: readonly string[]) => string | null {
  return (...names) => {
    for (const name of names) {
      const text = labels(`DCGM_FI_${name}`);
      if (text !== null && !isBlankText(text)) return text;
    }
    return null;
  };
}

/** DCGM's blanks as a label: its blank texts, or a blank number written out. */
function isBlankText(text: string): boolean {
  return /^<<<.*>>>$|^N\/A$/.test(text) || (/^\d+$/.test(text) && isDcgmBlank(Number(text)));
}

/** 13000 is CUDA 13.0, 12080 is 12.8; null for what is no version. */
export function cudaVersionOf(number: number): string | null {
  if (!Number.isInteger(number) || number < 1000 || number >= 1e6) return null;
  return `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`;
}
