import { cappedGpus, strandedCost } from '#shared/cost/stranded-capacity.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import { STRANDED_CAUSES, type FreeGpus, type Stranded, type StrandedRow } from '#shared/contract/idle-schema.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { Coverage, Figure, FigureInput } from '#shared/model/figure.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import type { FactRow, GpuDimension } from '#backend/store/store.ts';
import type { GpuFactSums } from '#shared/model/fact.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import type { AnswerContext } from '../answer-context.ts';
import { dollars, percent, short } from '../figure-text.ts';
import { definedOnly } from '../priced-groups.ts';
import { idleFigure, inputOf, measured } from './idle-figure.ts';
import type { ProductPrice } from './prices.ts';

/** GPU time and clock by pool, node, product and state. */
export async function readStates(
  context: AnswerContext,
  window: TimeRange,
  scope: CallScope,
): Promise<readonly FactRow<GpuFactSums>[]> {
  return await context.store.gpuFacts({
    window,
    scope: definedOnly<GpuDimension>(scope),
    by: ['pool', 'node', 'sku', 'state'],
    stepSeconds: null,
    columns: ['observedSeconds', 'smCycles'],
  });
}

type PriceOf = (pool: string | null, sku: string) => ProductPrice;

/** Capacity that is paid for and cannot be used: failed GPUs, speed lost to caps and heat, and pieces too small. */
export function strandedOf(
  rows: readonly FactRow<GpuFactSums>[],
  free: readonly FreeGpus[],
  known: KnownPrices,
): Stranded {
  const priced = [...unhealthyRows(rows), ...cappedRows(rows), ...fragmentRows(free)].map((row): StrandedRow => {
    const rate = known.priceOf(row.pool, row.sku).fixedRate;
    const hours = { unhealthy: 0, capped: 0, fragments: 0, [row.cause]: row.gpuHours };
    const amount = rate === null ? null : strandedCost(hours, rate)[row.cause];
    const { inputs, ...place } = row;
    return { ...place, usd: amount, cost: rowFigure({ ...place, inputs }, amount, known) };
  });
  const sorted = priced.toSorted((one, other) => (other.usd ?? 0) - (one.usd ?? 0) || other.gpuHours - one.gpuHours);
  return { value: totalFigure(sorted, known.coverage), rows: sorted };
}

/** A row before it is priced; `inputs` say where its GPU-hours come from, where they are not simply counted. */
type Draft = Omit<StrandedRow, 'usd' | 'cost'> & { readonly inputs: readonly FigureInput[] };

type KnownPrices = { readonly priceOf: PriceOf; readonly coverage: Coverage };

function rowFigure(row: Draft, value: number | null, { priceOf, coverage }: KnownPrices): Figure {
  const { fixedRate: rate, provenance } = priceOf(row.pool, row.sku);
  return idleFigure(
    {
      value,
      unit: 'USD',
      formula:
        row.cause === 'capped'
          ? 'throttled GPU-hours × share of the clock that was lost × fixed rate'
          : 'GPU-hours that could not be used × fixed rate',
      working:
        value === null || rate === null
          ? '–'
          : `${short(row.gpuHours)} GPU-h × ${dollars(rate)}/GPU-h = ${dollars(value)}`,
      inputs: [
        measured('GPU-hours that could not be used', row.gpuHours, 'GPU-h', row.because),
        ...row.inputs,
        inputOf('Fixed rate', rate, 'USD/GPU-h', {
          source: `mean of these GPUs without energy: ${provenance?.note ?? 'no price in the cost book'}`,
          quality: provenance?.quality ?? 'assumed',
        }),
      ],
    },
    coverage,
  );
}

function placeOf(row: FactRow<GpuFactSums>): Pick<Draft, 'pool' | 'node' | 'sku'> {
  return { pool: row.by[0] ?? null, node: row.by[1] ?? null, sku: row.by[2] ?? UNKNOWN_SKU };
}

function inState(rows: readonly FactRow<GpuFactSums>[], state: GpuState): FactRow<GpuFactSums>[] {
  return rows.filter((row) => row.by[3] === state && (row.sums.observedSeconds ?? 0) > 0);
}

function unhealthyRows(rows: readonly FactRow<GpuFactSums>[]): Draft[] {
  return inState(rows, 'unhealthy').map((row) => ({
    cause: 'unhealthy',
    ...placeOf(row),
    gpuHours: (row.sums.observedSeconds ?? 0) / SECONDS_PER_HOUR,
    because: 'failed, drained or off the bus',
    inputs: [],
  }));
}

/** GPUs' worth of speed that power or heat took: throttled time x (1 - its clock / the clock of serving). */
function cappedRows(rows: readonly FactRow<GpuFactSums>[]): Draft[] {
  return inState(rows, 'throttled').flatMap((row) => {
    const place = placeOf(row);
    const clock = clockOf([row]);
    const target =
      clockOf(inState(rows, 'serving').filter((other) => other.by[1] === row.by[1] && other.by[2] === row.by[2])) ??
      clockOf(inState(rows, 'serving').filter((other) => other.by[2] === row.by[2]));
    const hours = (row.sums.observedSeconds ?? 0) / SECONDS_PER_HOUR;
    if (clock === null || target === null || target <= 0) return [];
    const gpuHours = cappedGpus(hours, clock / target);
    if (gpuHours <= 0) return [];
    const because = `clock ${percent(1 - clock / target)} under that of serving, for ${short(hours)} GPU-h`;
    const inputs = [
      measured('Throttled GPU time', hours, 'GPU-h', 'state of each GPU per interval'),
      measured('Its clock, of that of serving', clock / target, 'ratio', 'mean SM clocks of both'),
    ];
    return [{ cause: 'capped' as const, ...place, gpuHours, because, inputs }];
  });
}

/** Mean SM clock, Hz, of rows that tell it. */
function clockOf(rows: readonly FactRow<GpuFactSums>[]): number | null {
  const told = rows.filter((row) => row.sums.smCycles !== null);
  const seconds = sumOf(told, (row) => row.sums.observedSeconds ?? 0);
  return seconds > 0 ? sumOf(told, (row) => row.sums.smCycles ?? 0) / seconds : null;
}

function fragmentRows(free: readonly FreeGpus[]): Draft[] {
  return free
    .filter(({ fragmentGpuHours }) => fragmentGpuHours > LEAST_HOURS)
    .map(({ pool, sku, fragmentGpuHours }) => ({
      cause: 'fragments',
      pool,
      node: null,
      sku,
      gpuHours: fragmentGpuHours,
      because: 'free in pieces smaller than a node and a replica',
      inputs: [],
    }));
}

/** What is left of a difference of sums is rounding. */
const LEAST_HOURS = 1e-6;

const CAUSE_WORDS = {
  unhealthy: 'Failed or drained',
  capped: 'Speed lost to power or heat',
  fragments: 'Free in pieces too small',
} as const;

function totalFigure(rows: readonly StrandedRow[], coverage: Coverage) {
  const isPriced = rows.every(({ usd }) => usd !== null);
  const of = (cause: StrandedRow['cause'], read: (row: StrandedRow) => number): number =>
    sumOf(
      rows.filter((row) => row.cause === cause),
      read,
    );
  const usdOf = (row: StrandedRow): number => row.usd ?? 0;
  const value = isPriced ? sumOf(rows, usdOf) : null;
  const parts = STRANDED_CAUSES.map((cause) => ({
    key: cause,
    label: CAUSE_WORDS[cause],
    value: of(cause, usdOf),
    unit: 'USD' as const,
  }));
  return idleFigure(
    {
      value,
      unit: 'USD',
      formula:
        'GPU-hours that could not be used × fixed rate, by cause; throttled time counts by the clock that it lost',
      working: value === null ? '–' : `${parts.map((part) => dollars(part.value)).join(' + ')} = ${dollars(value)}`,
      parts: value === null ? [] : parts,
      inputs: STRANDED_CAUSES.map((cause) =>
        measured(
          CAUSE_WORDS[cause],
          of(cause, ({ gpuHours }) => gpuHours),
          'GPU-h',
          SOURCES[cause],
        ),
      ),
      notes: [
        'Throttled GPUs are at work: their loss lies within the cost of serving. Pieces too small lie within free time.',
      ],
    },
    coverage,
  );
}

const SOURCES = {
  unhealthy: 'GPUs with a fatal XID, or off the bus',
  capped: 'throttled GPU time × (1 − its clock ÷ the clock of serving)',
  fragments: 'free GPUs of nodes that are neither wholly free nor have room for a replica',
} as const;
