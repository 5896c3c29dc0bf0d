import type { ExportTable } from '#renderer/components/csv-text.ts';
import type { DeploymentCapacity, DividedGpuHours, IdleCapacity } from '#shared/contract/idle-schema.ts';

/** The parts that provisioned GPU-hours are divided into, in the order of the bar: work, protection, waste, unknown. */
export const CAPACITY_PARTS = [
  { key: 'load', name: 'load' },
  { key: 'headroom', name: 'headroom' },
  { key: 'tooShort', name: 'too short' },
  { key: 'transition', name: 'reload' },
  { key: 'recoverable', name: 'could go' },
  { key: 'unobserved', name: 'not known' },
] as const satisfies readonly { readonly key: keyof DividedGpuHours; readonly name: string }[];

/** Hours of free GPUs in the same parts, so that one bar shows both. */
export function freeHours(free: IdleCapacity['recoverable']['free'][number]): DividedGpuHours {
  return {
    provisioned: free.gpuHours,
    load: 0,
    headroom: 0,
    tooShort: free.tooShortGpuHours + free.fragmentGpuHours,
    transition: 0,
    recoverable: free.recoverableGpuHours,
    unobserved: 0,
  };
}

/** `deepseek-r1`, with its role where it has one. */
export function deploymentName({ model, role }: Pick<DeploymentCapacity, 'model' | 'role'>): string {
  return role === null ? model : `${model}, ${role}`;
}

/** A product without its maker, which is the same on every row. */
export function productName(sku: string): string {
  return sku.replace(/^NVIDIA /u, '');
}

export function capacityExport({ recoverable }: IdleCapacity): ExportTable {
  const hours = CAPACITY_PARTS.map(({ key, name }) => ({ key, name }));
  return {
    columns: [
      { head: 'What' },
      { head: 'Pool' },
      { head: 'Product' },
      { head: 'Replicas, mean' },
      { head: 'GPUs of a replica' },
      { head: 'Provisioned', unit: 'GPU-h' },
      ...hours.map(({ name }) => ({ head: name, unit: 'GPU-h' })),
      { head: 'Recoverable value', unit: 'USD' },
      { head: 'Headroom cost', unit: 'USD' },
      { head: 'Cash', unit: 'USD' },
      { head: 'Shortage', unit: 'h' },
    ],
    rows: [
      ...recoverable.deployments.map((row) => [
        deploymentName(row),
        row.pool,
        row.sku,
        row.replicas,
        row.gpusPerReplica,
        row.hours.provisioned,
        ...hours.map(({ key }) => row.hours[key]),
        row.recoverable.value,
        row.headroom.value,
        row.cash.value,
        row.deficitHours,
      ]),
      ...recoverable.free.map((row) => [
        'free GPUs',
        row.pool,
        row.sku,
        null,
        null,
        row.gpuHours,
        ...hours.map(({ key }) => freeHours(row)[key]),
        row.recoverable.value,
        null,
        null,
        null,
      ]),
    ],
  };
}
