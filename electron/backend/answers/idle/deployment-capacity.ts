import {
  capacityValue,
  cashAvoidable,
  type CapacityValue,
  type ReplicaPrice,
} from '#shared/cost/idle/capacity-value.ts';
import { poolSteps, shownCapacity, type EngineStep } from '#shared/cost/idle/engine-steps.ts';
import { holdTimeOf } from '#shared/cost/idle/hold-time.ts';
import {
  headroomSensitivity,
  recoverableCapacity,
  type RecoverableCapacity,
  type ReleaseRule,
} from '#shared/cost/idle/recoverable-capacity.ts';
import { releaseSteps, wholeNodeGpuHours } from '#shared/cost/idle/release-by-step.ts';
import type { HeadroomRule, PoolStep } from '#shared/cost/idle/required-replicas.ts';
import type { ServiceLevel } from '#shared/model/cost-book.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { usdPerGpuHour, usdPerKilowattHour, watts } from '#shared/units/quantities.ts';
import type { StepWindow } from './engine-facts.ts';
import type { PlacedDeployment } from './deployments.ts';
import type { ProductPrice } from './prices.ts';

/** Where a value of the rules comes from. */
export type Known = {
  readonly value: number;
  readonly source: string;
  readonly quality: 'measured' | 'entered' | 'assumed';
};

/** What a deployment is held to, with where each value comes from. Null capacity: nobody knows what a replica can serve. */
export type DeploymentRules = {
  readonly level: ServiceLevel;
  readonly capacity: Known | null;
  readonly stepsSeen: number;
  readonly hold: Known;
  readonly transition: Known;
};

export function rulesOf(
  deployment: PlacedDeployment,
  known: {
    readonly level: ServiceLevel;
    readonly isEntered: boolean;
    readonly price: ProductPrice;
    /** Steps of its engines over the longer past that speed is told from. */
    readonly past: readonly EngineStep[];
    readonly pastStepSeconds: number;
    readonly pastWords: string;
  },
): DeploymentRules {
  const { level, price, past } = known;
  const shown = shownCapacity(past, known.pastStepSeconds);
  const hold = holdTimeOf(level.holdHours, price.terms);
  const byLevel = known.isEntered ? ('entered' as const) : ('assumed' as const);
  return {
    level,
    stepsSeen: past.length,
    capacity:
      level.capacityPerReplica !== null
        ? { value: level.capacityPerReplica, source: 'service level in the cost book', quality: 'entered' }
        : shown === null
          ? null
          : {
              value: shown.tokensPerSecond,
              source: `95th percentile of ${shown.steps} hours of its own replicas with work, ${known.pastWords}`,
              quality: 'measured',
            },
    hold: { value: hold.hours, source: hold.because, quality: byLevel },
    transition: transitionOf(deployment, level, byLevel),
  };
}

function transitionOf(
  { loadingHours, starts }: PlacedDeployment,
  level: ServiceLevel,
  byLevel: 'entered' | 'assumed',
): Known {
  if (level.transitionHours !== null)
    return { value: level.transitionHours, source: 'service level', quality: byLevel };
  if (loadingHours !== null)
    return { value: loadingHours, source: `mean loading time of ${starts} starts`, quality: 'measured' };
  const source = 'no start was seen: the look-ahead, which covers a reload';
  return { value: level.lookAheadSeconds / SECONDS_PER_HOUR, source, quality: 'assumed' };
}

/** A deployment over a window of steps, divided. */
export type DividedDeployment = {
  readonly steps: readonly PoolStep[];
  readonly capacity: RecoverableCapacity;
  readonly need: HeadroomRule;
  readonly release: ReleaseRule;
  /** Whether it can be said what was needed: a capacity is known, or nothing was asked for at all. */
  readonly isKnown: boolean;
};

/** Nothing was asked for, so no replica's worth is needed to divide it by. */
const ANY_CAPACITY = 1;

export function divided(
  rows: readonly EngineStep[],
  asked: StepWindow,
  rules: DeploymentRules,
  heardSeconds: readonly number[],
): DividedDeployment {
  const seen = poolSteps(rows, { steps: asked.steps, stepSeconds: asked.stepSeconds, heardSeconds });
  const isQuiet = seen.every(({ demand }) => (demand ?? 0) === 0);
  const isKnown = rules.capacity !== null || isQuiet;
  const steps = isKnown ? seen : seen.map(({ replicas }) => ({ replicas, demand: null }));
  const { level } = rules;
  const need: HeadroomRule = {
    capacityPerReplica: rules.capacity?.value ?? ANY_CAPACITY,
    headroom: level.headroom,
    // An instant of a step may lie at its end: a reload reaches into the steps after it.
    lookAheadSteps: 1 + Math.ceil(level.lookAheadSeconds / asked.stepSeconds),
    replicasMin: level.replicasMin,
  };
  const stepHours = asked.stepSeconds / SECONDS_PER_HOUR;
  const release: ReleaseRule = {
    stepHours,
    holdSteps: Math.max(1, Math.ceil(rules.hold.value / stepHours)),
    transitionHours: rules.transition.value,
  };
  return { steps, capacity: recoverableCapacity(steps, need, release), need, release, isKnown };
}

/** What the hours of a deployment are worth; null where its product has no price. */
export function valueOf(
  { capacity, release }: Pick<DividedDeployment, 'capacity' | 'release'>,
  price: ProductPrice,
  size: { readonly gpusPerReplica: number; readonly gpusPerNode: number },
): { readonly value: CapacityValue; readonly cash: number; readonly price: ReplicaPrice } | null {
  if (price.fixedRate === null) return null;
  const replica: ReplicaPrice = {
    gpusPerReplica: size.gpusPerReplica,
    fixedRate: usdPerGpuHour(price.fixedRate),
    loadedIdlePower: price.loadedIdle?.power ?? watts(0),
    // The power is the facility's already.
    pue: 1,
    tariff: price.loadedIdle?.tariff ?? usdPerKilowattHour(0),
  };
  const value = capacityValue(capacity.hours, replica);
  const isReturnable = price.terms?.kind === 'rented' && price.terms.commitment === null;
  const returnable = isReturnable ? wholeNodeGpuHours(releaseSteps(capacity, release), size) : null;
  return { value, cash: cashAvoidable(value, replica, returnable), price: replica };
}

export function sensitivityOf({ steps, need, release, isKnown }: DividedDeployment) {
  return isKnown ? headroomSensitivity(steps, need, release) : [];
}
