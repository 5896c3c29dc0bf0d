import type { ExportTable } from '#renderer/components/csv-text.ts';
import type { IdleCapacity, IdleCostPart, IdleHourOfWeek } from '#shared/contract/idle-schema.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import { formatFigure, formatWithUnit } from '#shared/units/format-quantity.ts';

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

const WEEKDAY_WORDS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** Steps of the ramp from all at work to all idle. */
export const STEPS = 6;

/** One hour of the week as the map shows it. */
export type HourCell = {
  readonly hour: IdleHourOfWeek;
  /** Which of the six steps its idle share lies in, from 0; null where the window holds no such hour. */
  readonly step: number | null;
  /** In a sentence, for the tip and for who cannot see the colour. */
  readonly words: string;
};

/** Seven days of twenty-four hours, Monday first. */
export function hourCells({ hoursOfWeek }: Pick<IdleCapacity, 'hoursOfWeek'>): readonly (readonly HourCell[])[] {
  return WEEKDAYS.map((_, weekday) => hoursOfWeek.slice(weekday * 24, weekday * 24 + 24).map(cellOf));
}

function cellOf(hour: IdleHourOfWeek): HourCell {
  const when = hourWords(hour);
  if (hour.times === 0 || hour.allGpuHours <= 0) return { hour, step: null, words: `${when}: not in this range` };
  const share = hour.gpuHours / hour.allGpuHours;
  const money = formatFigure(hour.usd, 'USD', { currency: 'before' }).text;
  const times = hour.times === 1 ? 'once' : `${hour.times} times`;
  return {
    hour,
    step: Math.min(STEPS - 1, Math.max(0, Math.floor(share * STEPS))),
    words: `${when}: ${formatWithUnit(share, 'ratio')} idle, ${money} in all, seen ${times}`,
  };
}

export function hourWords({ weekday, hour }: Pick<IdleHourOfWeek, 'weekday' | 'hour'>): string {
  const text = (value: number): string => `${String(value).padStart(2, '0')}:00`;
  return `${WEEKDAY_WORDS[weekday] ?? ''} ${text(hour)} to ${text((hour + 1) % 24)}`;
}

/** How many cells of the map a step stands for. */
export function countOfStep(cells: readonly (readonly HourCell[])[], step: number): number {
  return cells.flat().filter((cell) => cell.step === step).length;
}

/** The figure of one hour of the week, from what the answer says of it. */
export function hourFigure({ hour }: HourCell, { wasteEnergy, zone }: IdleCapacity): Figure {
  const { usd, gpuHours, allGpuHours, kilowattHours, times, gpuTime, energy } = hour;
  const measured = { quality: 'measured' } as const;
  const money = (value: number | null): string => formatFigure(value, 'USD', { currency: 'before' }).text;
  return {
    value: usd,
    unit: 'USD',
    absence: usd === null ? 'no-price' : null,
    formula: `cost of loaded-idle and unallocated GPUs in this hour of the week (${zone}), their energy included`,
    working:
      gpuTime === null || energy === null
        ? '–'
        : `${money(gpuTime.usd)} GPU time + ${money(energy.usd)} energy = ${money(usd)}`,
    parts:
      gpuTime === null || energy === null
        ? []
        : [
            { key: 'capital', label: 'GPU time', value: gpuTime.usd, unit: 'USD' },
            { key: 'energy', label: 'Energy', value: energy.usd, unit: 'USD' },
          ],
    inputs: [
      { label: 'Idle GPU time', value: gpuHours, unit: 'GPU-h', source: 'state of each GPU per interval', ...measured },
      ...priceInputs(gpuTime, { of: 'GPU time', unit: 'USD/GPU-h', by: `${formatWithUnit(gpuHours, 'GPU-h')}` }),
      { label: 'All GPU time', value: allGpuHours, unit: 'GPU-h', source: 'owned in these hours', ...measured },
      {
        label: 'Facility energy of idle GPUs',
        value: kilowattHours,
        unit: 'kWh',
        source: 'meters, with PUE',
        ...measured,
      },
      ...priceInputs(energy, { of: 'energy', unit: 'USD/kWh', by: formatWithUnit(kilowattHours, 'kWh') }),
      { label: 'Such hours in the range', value: times, unit: 'count', source: `clock of ${zone}`, ...measured },
    ],
    coverage: wasteEnergy.coverage,
    powerBoundary: wasteEnergy.powerBoundary,
    notes: [
      'All hours of the week add to the idle waste of the range, which explains rates and energy line by line. Coverage is that of the range.',
    ],
  };
}

/** The mean price that was paid in these hours, and what it comes to. */
function priceInputs(
  part: IdleCostPart | null,
  of: { readonly of: string; readonly unit: 'USD/GPU-h' | 'USD/kWh'; readonly by: string },
): FigureInput[] {
  if (part === null) return [];
  const price = formatFigure(part.price, of.unit, { currency: 'before' }).text;
  const source = 'mean over these GPUs and hours, of the prices in the cost book';
  return [
    { label: `Price of ${of.of}`, value: part.price, unit: of.unit, source, quality: 'entered' },
    { label: `Cost of ${of.of}`, value: part.usd, unit: 'USD', source: `${of.by} × ${price}`, quality: 'measured' },
  ];
}

export function hoursExport({ hoursOfWeek, zone }: Pick<IdleCapacity, 'hoursOfWeek' | 'zone'>): ExportTable {
  return {
    columns: [
      { head: 'Weekday' },
      { head: 'Hour', unit: zone },
      { head: 'Times in the range' },
      { head: 'Idle GPU time', unit: 'GPU-h' },
      { head: 'All GPU time', unit: 'GPU-h' },
      { head: 'Idle cost', unit: 'USD' },
      { head: 'Idle facility energy', unit: 'kWh' },
    ],
    rows: hoursOfWeek.map((row) => [
      WEEKDAY_WORDS[row.weekday] ?? '',
      row.hour,
      row.times,
      row.times === 0 ? null : row.gpuHours,
      row.times === 0 ? null : row.allGpuHours,
      row.times === 0 ? null : row.usd,
      row.times === 0 ? null : row.kilowattHours,
    ]),
  };
}
