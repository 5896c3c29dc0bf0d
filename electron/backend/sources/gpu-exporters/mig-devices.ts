import type { MigDevice } from '#shared/model/sample.ts';
import type { SeriesValues } from '../read-value.ts';
import type { CardPlan, Slot } from './card-plan.ts';

/** The GPU instances of a card with their memory; null where no row names one. Exporters know no compute instances. */
export function migDevicesOf(plan: CardPlan, values: SeriesValues): readonly MigDevice[] | null {
  if (plan.instances.size === 0) return null;
  return [...plan.instances.keys()].map((gpuInstance) => {
    const bytesOf = (slot: Slot | undefined): number | null => {
      const row = slot?.rows.find(({ instance }) => instance === gpuInstance);
      const value = slot === undefined || row === undefined ? undefined : values(row.series);
      const isGiven = value !== undefined && Number.isFinite(value) && value >= 0 && !plan.isBlank(value);
      return isGiven && slot !== undefined ? value * slot.field.scale : null;
    };
    const memoryUsedBytes = bytesOf(plan.slots.memoryUsedBytes);
    const free = bytesOf(plan.slots.memoryFreeBytes);
    const memoryTotalBytes =
      memoryUsedBytes === null || free === null
        ? null
        : memoryUsedBytes + free + (bytesOf(plan.slots.memoryReservedBytes) ?? 0);
    return { gpuInstance, computeInstance: null, memoryUsedBytes, memoryTotalBytes };
  });
}
