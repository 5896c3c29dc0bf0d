import { DCGM_TABLE } from '../dcgm/dcgm-table.ts';
import type { GpuTable } from './gpu-table.ts';
import { NVIDIA_GPU_EXPORTER_TABLE } from './nvidia-gpu-exporter.ts';
import { TRITON_TABLE } from './triton.ts';

/** All exporters of GPUs, the one that tells most first: a card that two of them write on one page is the first one's. */
export const GPU_TABLES: readonly GpuTable[] = [DCGM_TABLE, NVIDIA_GPU_EXPORTER_TABLE, TRITON_TABLE];

/** What only a probe shows: not worth the series that it would take out of a server. */
const SHOWN_ONLY: ReadonlySet<string> = new Set(['memoryFreeBytes', 'memoryReservedBytes']);

/** Names of all metrics that tell of GPUs: what to ask a server for. */
export const GPU_METRICS: readonly string[] = GPU_TABLES.flatMap(({ fields, infoMetric }) => [
  ...fields.filter(({ reading }) => !SHOWN_ONLY.has(reading)).map(({ name }) => name),
  ...(infoMetric === null ? [] : [infoMetric]),
]);
