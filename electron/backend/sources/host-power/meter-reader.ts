import type { Location } from '#shared/model/gpu.ts';
import type { MeterSample } from '#shared/model/sample.ts';
import { labelsOf, locationOf, type Labels } from '../label-reader.ts';
import type { Series } from '../prometheus/series.ts';
import { measured, type ProblemList, type SeriesValues } from '../read-value.ts';
import { mappedMeters } from './mapped-meters.ts';
import { METER_METRICS, SENSOR_NAMES, type MeterMetric } from './meter-metrics.ts';
import type { MeterPlan, MeterReaderOptions } from './meter-plan.ts';

/**
 * Finds the meters in a list of series, once per layout, and gives a function that reads their samples from the values of
 * one scrape: one sample per place, boundary and meter, by the most trusted metric that has a value.
 */
export function createMeterReader(
  series: readonly Series[],
  options: MeterReaderOptions,
): (values: SeriesValues, problems: ProblemList) => MeterSample[] {
  const found = METER_METRICS.flatMap((metric) => plansOf(metric, series, options.targetLabels));
  const standard = found.filter((plan) => plan.described.node !== null);
  const plans = [...mappedMeters(series, options), ...standard];
  return (values, problems) => {
    const samples = new Map<string, MeterSample>();
    for (const plan of plans) {
      const { node, rack, boundary, meter } = plan.described;
      const key = JSON.stringify([node ?? rack, boundary, meter]);
      const sample = samples.has(key) ? null : meterSample(plan, values, problems);
      if (sample !== null) samples.set(key, sample);
    }
    if (standard.length < found.length) problems.add({ kind: 'unread', message: NOWHERE });
    return [...samples.values()];
  };
}

const NOWHERE = 'Power of a node is told, but not of which node: give this target a label `node`.';

function plansOf(
  metric: MeterMetric,
  series: readonly Series[],
  targetLabels: Readonly<Record<string, string>>,
): MeterPlan[] {
  const name = metric.names.find((wanted) => series.some((one) => one.name === wanted));
  if (name === undefined) return [];
  const sensorOf = sensorNames(series);
  const parts = series.flatMap((one, index) => {
    if (one.name !== name) return [];
    const labels = labelsOf(one.labels, targetLabels);
    const part = metric.partOf(labels, sensorOf(one));
    return part === null ? [] : [{ index, part, place: placeOf(labels) }];
  });
  return [...Map.groupBy(parts, ({ place }) => place.node)].flatMap(([, list]): MeterPlan[] => {
    const [first] = list;
    if (first === undefined) return [];
    // A part that is listed twice, as a supply by two chassis, adds once.
    const own = metric.combine === 'sum' ? [...new Map(list.map((one) => [one.part, one])).values()] : list;
    const { origin, boundary, combine, wattsMax } = metric;
    const plan = {
      described: { ...first.place, meter: origin, boundary, origin },
      combine,
      quantity: 'power' as const,
      scale: 1,
      wattsMax,
      parts: own.map(({ index }) => ({ series: index, name, contradictedBy: contradiction(metric, series, index) })),
    };
    return [plan];
  });
}

/** Kepler names the node beside its BMC; all others stand where their labels say. */
function placeOf(labels: Labels): Location {
  const location = locationOf(labels);
  return { ...location, node: labels('node_name') ?? location.node };
}

const SUPPLY_LABELS = ['chassis_id', 'power_supply', 'power_supply_id'];

function contradiction({ contradictedBy }: MeterMetric, series: readonly Series[], index: number): number | null {
  const own = series[index];
  const found = series.findIndex(
    (one) =>
      one.name === contradictedBy && SUPPLY_LABELS.every((label) => one.labels.get(label) === own?.labels.get(label)),
  );
  return found === -1 ? null : found;
}

/** The name of a sensor as the driver gives it, or as the label of its series in old releases. */
function sensorNames(series: readonly Series[]): (one: Series) => string {
  const keyOf = (one: Series): string => JSON.stringify(SENSOR_NAMES.by.map((label) => one.labels.get(label)));
  const named = new Map(
    series
      .filter((one) => one.name === SENSOR_NAMES.metric)
      .map((one) => [keyOf(one), one.labels.get(SENSOR_NAMES.label) ?? '']),
  );
  return (one) => named.get(keyOf(one)) ?? one.labels.get('sensor') ?? '';
}

/** Null where the scrape does not say what the boundary draws: a sum without one of its parts would be too small. */
function meterSample(plan: MeterPlan, values: SeriesValues, problems: ProblemList): MeterSample | null {
  const place = plan.described.node ?? plan.described.rack;
  const read = partValues(plan, values, problems, place);
  if (read === null || read.length === 0) return null;
  const isSum = plan.combine === 'sum';
  const total = isSum ? read.reduce((sum, value) => sum + value, 0) : Math.max(...read);
  // A machine that answers draws power: zero is how exporters write what a BMC does not tell.
  if (total === 0) return null;
  const sample = { ...plan.described, parts: isSum ? read.length : 1, watts: null, energyCounterJoules: null };
  if (plan.quantity === 'energy') return { ...sample, energyCounterJoules: total };
  const wattsMax = plan.wattsMax * sample.parts;
  if (total <= wattsMax) return { ...sample, watts: total };
  const message = `${plan.parts[0]?.name} of ${place} reads ${total} W, above ${wattsMax} W: check the unit`;
  problems.add({ kind: 'implausible', message });
  return null;
}

function partValues(
  plan: MeterPlan,
  values: SeriesValues,
  problems: ProblemList,
  place: string | null,
): number[] | null {
  const read: number[] = [];
  for (const { series, name, contradictedBy } of plan.parts) {
    const raw = values(series);
    if (raw === undefined) continue;
    // ipmi_exporter writes NaN for a sensor without a reading: that is no trouble.
    const value = Number.isNaN(raw) ? null : measured(raw, `${name} of ${place}`, problems);
    const isHidden = value === 0 && contradictedBy !== null && (values(contradictedBy) ?? 0) > 0;
    if (value !== null && !isHidden) read.push(value * plan.scale);
    else if (plan.combine === 'sum') return null;
  }
  return read;
}
