import type { MeterMapping } from '#shared/model/power-boundary.ts';
import { labelsOf, locationOf } from '../label-reader.ts';
import type { Series } from '../prometheus/series.ts';
import type { MeterPlan, MeterReaderOptions } from './meter-plan.ts';

/** No rack draws more than this, W (a GB200 NVL72 about 120 kW; telemetry reference, section 5). */
const RACK_WATTS_MAX = 1_000_000;

/** Meters that the operator maps: series of one mapping that name one place are added, feed by feed. */
export function mappedMeters(series: readonly Series[], options: MeterReaderOptions): MeterPlan[] {
  return options.mappings.flatMap((mapping) => plansOf(mapping, series, options));
}

function plansOf(mapping: MeterMapping, series: readonly Series[], options: MeterReaderOptions): MeterPlan[] {
  const parts = series.flatMap((one, index) => {
    if (one.name !== mapping.metric) return [];
    const labels = labelsOf(one.labels, options.targetLabels);
    const isMapped = Object.entries(mapping.labels).every(([name, value]) => labels(name) === value);
    const place = labels(mapping.placeLabel);
    return isMapped && place !== null ? [{ index, place, location: locationOf(labels) }] : [];
  });
  return [...Map.groupBy(parts, ({ place }) => place)].flatMap(([place, list]) => {
    const [first] = list;
    if (first === undefined) return [];
    const { site, rack, pool } = first.location;
    const where = mapping.place === 'node' ? { node: place, rack } : { node: null, rack: place };
    const meter = `${mapping.metric} ${JSON.stringify(mapping.labels)} of ${options.address}`;
    return [
      {
        described: { site, pool, ...where, meter, boundary: mapping.boundary, origin: 'mapped' as const },
        combine: 'sum' as const,
        quantity: mapping.quantity,
        scale: mapping.scale,
        wattsMax: RACK_WATTS_MAX,
        parts: list.map(({ index }) => ({ series: index, name: mapping.metric, contradictedBy: null })),
      },
    ];
  });
}
