import { measured, type ProblemList, type SeriesValues } from '../read-value.ts';
import type { CardPlan, Row } from './card-plan.ts';
import type { GpuReading } from './gpu-table.ts';

/**
 * How a reading that stands in several rows of one card becomes one. The exporter copies what is the board's into the row
 * of each MIG instance, sharing pod and job: it is taken once. Source: telemetry reference, section 1.5.
 */
const RULES: { readonly [Reading in GpuReading]?: 'largest' | 'summed' | 'weighted' } = {
  // Copies are sampled one after another: the largest is the newest, and never falls when slices come and go.
  energyCounterJoules: 'largest',
  // A row for the device stands beside rows for the processes of each pod.
  utilisation: 'largest',
  // Each instance has memory of its own.
  memoryUsedBytes: 'summed',
  // Each instance is as busy as its share of the card is large.
  graphicsActive: 'weighted',
  smActive: 'weighted',
  tensorActive: 'weighted',
  dramActive: 'weighted',
};

/** A reading of a card from the values of one scrape, in base units; null where no row has a value. */
export function readSlot(
  plan: CardPlan,
  reading: GpuReading,
  values: SeriesValues,
  problems: ProblemList,
): number | null {
  const slot = plan.slots[reading];
  if (slot === undefined) return null;
  const { name, scale } = slot.field;
  const valueOf = ({ series }: Row): number | null => {
    const raw = values(series);
    if (raw === undefined || plan.isBlank(raw)) return null;
    const value = reading === 'temperatureCelsius' ? finite(raw) : measured(raw, `${name} of ${plan.gpu}`, problems);
    return value === null ? null : value * scale;
  };
  const [only, ...others] = slot.rows;
  if (only !== undefined && others.length === 0 && only.instance === null) return valueOf(only);
  const known = slot.rows.flatMap(({ series, instance }) => {
    const value = valueOf({ series, instance });
    return value === null ? [] : [{ instance, value }];
  });
  return combined(RULES[reading], known, plan.instances);
}

/** The driver reports temperatures below zero. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

type Known = { readonly instance: string | null; readonly value: number };

function combined(
  rule: (typeof RULES)[GpuReading],
  known: readonly Known[],
  shareOfInstance: ReadonlyMap<string, number>,
): number | null {
  const [first] = known;
  if (first === undefined) return null;
  const largest = (list: readonly Known[]) => list.reduce((most, { value }) => Math.max(most, value), 0);
  const byInstance = [...Map.groupBy(known, ({ instance }) => instance)];
  switch (rule) {
    case undefined:
      return first.value;
    case 'largest':
      return largest(known);
    case 'summed':
      return byInstance.reduce((total, [, list]) => total + largest(list), 0);
    case 'weighted':
      return byInstance.reduce(
        (total, [instance, list]) =>
          total + largest(list) * (instance === null ? 1 : (shareOfInstance.get(instance) ?? 0)),
        0,
      );
  }
}
