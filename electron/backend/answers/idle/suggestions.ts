import type { ScheduledExcess } from '#shared/cost/idle/weekly-pattern.ts';
import type { Suggestion } from '#shared/contract/idle-schema.ts';
import type { FigureInput } from '#shared/model/figure.ts';
import type { WallClock } from '#shared/time/zone-clock.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { dollars, percent, short } from '../figure-text.ts';
import type { DeploymentRules, DividedDeployment } from './deployment-capacity.ts';
import type { PlacedDeployment } from './deployments.ts';
import { dividedFree, type freeHold, type FreePool } from './free-gpus.ts';
import { idleFigure, inputOf, measured } from './idle-figure.ts';
import type { ProductPrice } from './prices.ts';
import { hoursPerMonth, scheduleWords, schedulesOf } from './schedule.ts';

export type Past = { readonly clocks: readonly WallClock[]; readonly zone: string; readonly stepSeconds: number };

/** A deployment over the past that schedules are told from. */
export type PastDeployment = {
  readonly deployment: PlacedDeployment;
  readonly divided: DividedDeployment;
  readonly rules: DeploymentRules;
  readonly price: ProductPrice;
  readonly gpusPerNode: number;
};

/** Replicas of a deployment that were beyond need in the same hours on nearly all days. */
export function replicaSuggestions(of: PastDeployment, past: Past): Suggestion[] {
  const { deployment, divided, rules } = of;
  if (!divided.isKnown) return [];
  const excess = divided.capacity.steps.map((step) => (step.required === null ? null : step.excess));
  const times = { holdHours: rules.hold.value, transitionHours: rules.transition.value };
  const replicas = divided.steps.at(-1)?.replicas ?? 0;
  return schedulesOf(past.clocks, excess, times).map((found) => {
    const gpus = found.level * deployment.gpusPerReplica;
    const { key, model, pool, sku, role } = deployment;
    return {
      ...common(found, past),
      id: `replicas ${found.schedule} ${key}`,
      kind: 'replicas',
      deployment: { key, model, pool, sku, role },
      pool,
      sku,
      title: `${amountWords(of, found.level, replicas)}, ${scheduleWords(found)}`,
      replicas: found.level,
      gpus,
      usdPerMonth: monthFigure(of.price, { gpus, found, transitionHours: times.transitionHours }),
      assumptions: replicaAssumptions(of, found),
    };
  });
}

function common(found: ScheduledExcess, { zone }: Past) {
  const { schedule, fromHour, toHour, days } = found;
  return { schedule, fromHour, toHour, days, zone };
}

/** `3 of 12 nodes of kimi-k2` where replicas fill nodes, else `2 of 8 replicas of gpt-oss-120b (2 GPUs each)`. */
function amountWords({ deployment, gpusPerNode }: PastDeployment, level: number, replicas: number): string {
  const { model, gpusPerReplica } = deployment;
  const nodes = gpusPerNode > 0 ? (level * gpusPerReplica) / gpusPerNode : 0;
  if (nodes >= 1 && Number.isInteger(nodes)) {
    const all = Math.ceil((replicas * gpusPerReplica) / gpusPerNode);
    return `${nodes} of ${all} ${all === 1 ? 'node' : 'nodes'} of ${model}`;
  }
  const each = gpusPerReplica === 1 ? '1 GPU each' : `${short(gpusPerReplica)} GPUs each`;
  return `${level} of ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} of ${model}, ${each}`;
}

function replicaAssumptions({ rules, divided }: PastDeployment, { days }: ScheduledExcess): string[] {
  const { level, capacity, hold, transition } = rules;
  const served =
    capacity === null ? [] : [`A replica serves ${short(capacity.value)} weighted tok/s: ${capacity.source}.`];
  return [
    `Held on nearly all of ${days} days seen; the coming weeks are taken to be like them.`,
    ...served,
    `${percent(level.headroom)} of headroom stays, demand is looked ahead ${divided.need.lookAheadSteps} hours, and ${level.replicasMin} replicas stay in any case.`,
    `A release lasts at least ${short(hold.value)} h (${hold.source}) and loses ${short(transition.value * 60)} min to drain and reload (${transition.source}).`,
  ];
}

function monthFigure(
  price: ProductPrice,
  of: { readonly gpus: number; readonly found: ScheduledExcess; readonly transitionHours: number },
) {
  const rate = price.fixedRate;
  const hours = hoursPerMonth(of.found, of.transitionHours);
  const value = rate === null ? null : of.gpus * hours * rate;
  const inputs: FigureInput[] = [
    measured('GPUs', of.gpus, 'count', 'beyond need in these hours on nearly all days seen'),
    measured('Hours a week', of.found.hoursPerWeek, 'count', scheduleWords(of.found)),
    measured('Releases a week', of.found.releasesPerWeek, 'count', 'each loses the time of drain and reload'),
    measured('Drain and reload', of.transitionHours * SECONDS_PER_HOUR, 's', 'of each release'),
    inputOf('Fixed rate', rate, 'USD/GPU-h', {
      source: `mean of these GPUs without energy: ${price.provenance?.note ?? 'no price in the cost book'}`,
      quality: price.provenance?.quality ?? 'assumed',
    }),
  ];
  return idleFigure(
    {
      value,
      unit: 'USD',
      formula: 'GPUs × (hours a week − releases × drain and reload) × 730 ÷ 168 × fixed rate: an opportunity, not cash',
      working:
        value === null || rate === null
          ? '–'
          : `${short(of.gpus)} GPUs × ${short(hours)} h a month × ${dollars(rate)}/GPU-h = ${dollars(value)}`,
      inputs,
    },
    price.coverage,
  );
}

/** Free GPUs of a pool that were free in the same hours on nearly all days, in whole nodes or replicas. */
export function freeSuggestions(
  pool: FreePool,
  known: {
    readonly price: ProductPrice;
    readonly hold: ReturnType<typeof freeHold>;
    /** Nodes of the pool and product, free or not. */
    readonly nodes: number;
  },
  past: Past,
): Suggestion[] {
  const { usable } = dividedFree(pool, past.stepSeconds / SECONDS_PER_HOUR, known.hold.hours);
  const found = schedulesOf(past.clocks, usable, { holdHours: known.hold.hours, transitionHours: 0 });
  return found.map((one) => ({
    ...common(one, past),
    id: `free ${one.schedule} ${pool.pool ?? ''} · ${pool.sku}`,
    kind: 'free',
    deployment: null,
    pool: pool.pool,
    sku: pool.sku,
    title: `${freeWords(pool, one.level, known.nodes)}, ${scheduleWords(one)}`,
    replicas: null,
    gpus: one.level,
    usdPerMonth: monthFigure(known.price, { gpus: one.level, found: one, transitionHours: 0 }),
    assumptions: [
      `Free on nearly all of ${one.days} days seen; the coming weeks are taken to be like them.`,
      `Only whole nodes, or room for a whole replica, count; free for at least ${short(known.hold.hours)} h (${known.hold.because}).`,
      'Nobody keeps these GPUs in reserve on purpose: nothing in the data can tell.',
    ],
  }));
}

function freeWords(pool: FreePool, gpus: number, nodes: number): string {
  const where = pool.pool === null ? '' : ` in ${pool.pool}`;
  const whole = pool.gpusPerNode > 0 ? gpus / pool.gpusPerNode : 0;
  if (whole >= 1 && Number.isInteger(whole))
    return `${whole} of ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${where}, free`;
  return `${gpus} free GPUs${where}`;
}
