import type { MigDevice } from '#shared/model/sample.ts';
import type { Series } from '../prometheus/series.ts';
import type { SeriesValues } from '../read-value.ts';
import { isDcgmBlank } from './dcgm-fields.ts';

const MEBIBYTE = 1024 * 1024;

/** Used, free and reserved add up to a slice's memory. Source: telemetry reference, section 1.4. */
const USED = 'DCGM_FI_DEV_FB_USED';
const OTHERS = ['DCGM_FI_DEV_FB_FREE', 'DCGM_FI_DEV_FB_RESERVED'];

/** The GPU instances that dcgm-exporter's rows name, by the UUID of their card. It knows no compute instances. */
export function migRows(series: readonly Series[], values: SeriesValues): ReadonlyMap<string, readonly MigDevice[]> {
  const cards = new Map<string, Map<string, MigDevice>>();
  series.forEach(({ name, labels }, index) => {
    const [uuid, gpuInstance] = [labels.get('UUID') ?? labels.get('uuid'), labels.get('GPU_I_ID')];
    if (uuid === undefined || gpuInstance === undefined || gpuInstance === '' || !name.startsWith('DCGM_')) return;
    const slices = cards.get(uuid) ?? new Map<string, MigDevice>();
    cards.set(uuid, slices);
    const slice = slices.get(gpuInstance) ?? {
      gpuInstance,
      computeInstance: null,
      memoryUsedBytes: null,
      memoryTotalBytes: null,
    };
    slices.set(gpuInstance, withMemory(slice, name, values(index)));
  });
  return new Map([...cards].map(([uuid, slices]) => [uuid, [...slices.values()]]));
}

function withMemory(slice: MigDevice, name: string, mebibytes: number | undefined): MigDevice {
  if (mebibytes === undefined || !Number.isFinite(mebibytes) || mebibytes < 0 || isDcgmBlank(mebibytes)) return slice;
  const isUsed = name === USED;
  if (!isUsed && !OTHERS.includes(name)) return slice;
  const bytes = mebibytes * MEBIBYTE;
  const memoryTotalBytes = (slice.memoryTotalBytes ?? 0) + bytes;
  return { ...slice, memoryTotalBytes, memoryUsedBytes: isUsed ? bytes : slice.memoryUsedBytes };
}
