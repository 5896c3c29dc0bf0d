import { freeCapacity, type FreeGpuHours, type FreeNode } from '#shared/cost/idle/free-capacity.ts';
import { holdTimeOf } from '#shared/cost/idle/hold-time.ts';
import { serviceLevelOf } from '#shared/cost/service-level.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { FreeGpus } from '#shared/contract/idle-schema.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import { UNKNOWN_SKU, type GpuSeat } from '#shared/model/gpu.ts';
import type { GpuDimension } from '#backend/store/store.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import type { AnswerContext } from '../answer-context.ts';
import { dollars, short } from '../figure-text.ts';
import { definedOnly } from '../priced-groups.ts';
import type { PlacedDeployment } from './deployments.ts';
import type { StepWindow } from './engine-facts.ts';
import { idleFigure, inputOf, measured } from './idle-figure.ts';
import type { ProductPrice } from './prices.ts';

/** Free GPUs of one pool and product, node by node in each step. */
export type FreePool = {
  readonly pool: string | null;
  readonly sku: string;
  /** Smallest replica of the pool and product, GPUs; null where none runs there. */
  readonly gpusPerReplica: number | null;
  readonly gpusPerNode: number;
  /** Nodes that were free at some time. */
  readonly nodes: number;
  readonly steps: readonly (readonly FreeNode[])[];
};

/** What was free, by pool and product. A node's GPUs are counted from its seats. */
export async function freePools(
  context: AnswerContext,
  asked: StepWindow,
  known: {
    readonly scope: CallScope;
    readonly seats: readonly GpuSeat[];
    readonly deployments: readonly PlacedDeployment[];
    /** How long anything was heard in each step, s. */
    readonly heardSeconds: readonly number[];
  },
): Promise<FreePool[]> {
  if (asked.steps === 0) return [];
  const { window, stepSeconds, steps } = asked;
  const rows = await context.store.gpuFacts({
    window,
    scope: { ...definedOnly<GpuDimension>(known.scope), state: 'unallocated' },
    by: ['pool', 'sku', 'node'],
    stepSeconds,
    columns: ['observedSeconds'],
  });
  const sizes = nodeSizes(known.seats);
  const groups = Map.groupBy(rows, (row) => JSON.stringify([row.by[0], row.by[1]]));
  return [...groups.values()].map((list) => {
    const [pool = null, sku] = list[0]?.by ?? [];
    const product = sku ?? UNKNOWN_SKU;
    const byStep: FreeNode[][] = Array.from({ length: steps }, () => []);
    for (const row of list) {
      const step = Math.round((row.start - window.from) / (stepSeconds * 1000));
      const freeGpus = (row.sums.observedSeconds ?? 0) / stepSeconds;
      const gpus = sizes.get(sizeKey(row.by[2] ?? null, product)) ?? 0;
      byStep[step]?.push({ freeGpus, gpus, heardShare: (known.heardSeconds[step] ?? 0) / stepSeconds });
    }
    const nodes = new Set(list.map((row) => row.by[2] ?? null));
    return {
      pool,
      sku: product,
      gpusPerReplica: smallestReplica(known.deployments, pool, product),
      gpusPerNode: Math.max(0, ...[...nodes].map((node) => sizes.get(sizeKey(node, product)) ?? 0)),
      nodes: nodes.size,
      steps: byStep,
    };
  });
}

function sizeKey(node: string | null, sku: string): string {
  return JSON.stringify([node, sku]);
}

/** GPUs by node and product. GPUs whose node nobody names are no node. */
export function nodeSizes(seats: readonly GpuSeat[]): ReadonlyMap<string, number> {
  const named = seats.filter(({ node }) => node !== null);
  const groups = Map.groupBy(named, ({ node, sku }) => sizeKey(node, sku));
  return new Map([...groups].map(([key, list]) => [key, new Set(list.map(({ gpu }) => gpu)).size]));
}

/** GPUs of the largest node of a pool and product. */
export function gpusPerNodeOf(seats: readonly GpuSeat[], pool: string | null, sku: string): number {
  const own = seats.filter((seat) => seat.pool === pool && seat.sku === sku);
  return Math.max(0, ...nodeSizes(own).values());
}

function smallestReplica(deployments: readonly PlacedDeployment[], pool: string | null, sku: string): number | null {
  const own = deployments.filter((one) => one.pool === pool && one.sku === sku && one.gpusPerReplica >= 1);
  return own.length === 0 ? null : Math.min(...own.map(({ gpusPerReplica }) => gpusPerReplica));
}

/** Hold time of free GPUs: that of any model, longer where the rent is reserved or committed. */
export function freeHold(revision: CostBookRevision, price: ProductPrice) {
  return holdTimeOf(serviceLevelOf(revision, '*').holdHours, price.terms);
}

export function dividedFree(pool: FreePool, stepHours: number, holdHours: number) {
  return freeCapacity(pool.steps, {
    stepHours,
    holdSteps: Math.max(1, Math.ceil(holdHours / stepHours)),
    gpusPerReplica: pool.gpusPerReplica,
  });
}

/** Free GPUs of a pool as the answer shows them. */
export function freeGpus(
  pool: FreePool,
  hours: FreeGpuHours,
  known: { readonly price: ProductPrice; readonly hold: ReturnType<typeof freeHold> },
): FreeGpus {
  const rate = known.price.fixedRate;
  const value = rate === null ? null : hours.recoverable * rate;
  const seconds = hours.free * SECONDS_PER_HOUR;
  const unit =
    pool.gpusPerReplica === null
      ? `whole nodes of ${pool.gpusPerNode} GPUs`
      : `whole nodes, or replicas of ${short(pool.gpusPerReplica)} GPUs`;
  return {
    pool: pool.pool,
    sku: pool.sku,
    gpuHours: hours.free,
    recoverableGpuHours: hours.recoverable,
    tooShortGpuHours: hours.tooShort,
    fragmentGpuHours: hours.fragments,
    recoverable: idleFigure(
      {
        value,
        unit: 'USD',
        formula: `free GPU-hours of ${unit}, free for at least the hold time, × fixed rate`,
        working:
          value === null || rate === null
            ? '–'
            : `${short(hours.recoverable)} GPU-h × ${dollars(rate)}/GPU-h = ${dollars(value)}`,
        inputs: [
          measured('Free', hours.free, 'GPU-h', 'GPUs that nothing was bound to'),
          measured('Too short to use', hours.tooShort, 'GPU-h', 'free for less than the hold time'),
          measured('In pieces too small', hours.fragments, 'GPU-h', `less than ${unit}`),
          measured('Recoverable', hours.recoverable, 'GPU-h', 'the rest'),
          inputOf('Hold time', known.hold.hours * SECONDS_PER_HOUR, 's', {
            source: known.hold.because,
            quality: 'assumed',
          }),
          inputOf('Fixed rate', rate, 'USD/GPU-h', {
            source: `mean of these GPUs without energy: ${known.price.provenance?.note ?? 'no price in the cost book'}`,
            quality: known.price.provenance?.quality ?? 'assumed',
          }),
        ],
      },
      { observedSeconds: seconds, expectedSeconds: seconds },
    ),
  };
}
