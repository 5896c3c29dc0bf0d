import { z } from 'zod';
import { capacityValue, type ReplicaPrice } from '#shared/cost/idle/capacity-value.ts';
import { recoverableCapacity, sumOfParts } from '#shared/cost/idle/recoverable-capacity.ts';
import { usdPerGpuHour, usdPerKilowattHour, watts } from '#shared/units/quantities.ts';
import { AMOUNT, kindOf, POSITIVE } from './kind.ts';

const COUNT = z.number().int().nonnegative();

const INPUT = z
  .object({
    dt_hours: POSITIVE,
    gpus_per_replica: AMOUNT,
    rate_usd_per_gpu_h: AMOUNT,
    mu_eq_tok_s_per_replica: POSITIVE,
    headroom: AMOUNT,
    lookahead_steps: COUNT,
    n_min: COUNT,
    hold_steps: COUNT,
    overhead_hours: AMOUNT,
    loaded_idle_kw_per_gpu: AMOUNT,
    pue: AMOUNT,
    tariff_usd_per_kwh: AMOUNT,
    /** One number where it did not change. */
    replicas_available: z.union([COUNT, z.array(COUNT)]),
    demand_eq_tok_s: z.array(AMOUNT.nullable()),
  })
  .refine(({ replicas_available: replicas, demand_eq_tok_s: demand }) => {
    return typeof replicas === 'number' || replicas.length === demand.length;
  }, 'replicas_available and demand_eq_tok_s must have one value for each step');

type Input = z.infer<typeof INPUT>;

/** A pool's replica-hours divided into needed and recoverable. Economics reference, section 6. */
export const idleWaste = kindOf('idle_waste', INPUT, (input) => {
  const { steps, hours, releases, deficitSteps, utilisation } = recoverableCapacity(
    poolOf(input),
    {
      capacityPerReplica: input.mu_eq_tok_s_per_replica,
      headroom: input.headroom,
      lookAheadSteps: input.lookahead_steps,
      replicasMin: input.n_min,
    },
    { stepHours: input.dt_hours, holdSteps: input.hold_steps, transitionHours: input.overhead_hours },
  );
  const value = capacityValue(hours, priceOf(input));
  return {
    required: steps.map((step) => step.required),
    excess: steps.map((step) => step.excess),
    deficit_steps: deficitSteps,
    provisioned_replica_h: hours.provisioned,
    load_replica_h: hours.load,
    headroom_replica_h: hours.headroom,
    too_short_replica_h: hours.tooShort,
    transition_replica_h: hours.transition,
    recoverable_replica_h: hours.recoverable,
    check_sum: sumOfParts(hours),
    release_runs: releases.length,
    utilization: utilisation,
    recoverable_gpu_h: value.recoverableGpuHours,
    recoverable_value_usd: value.recoverable,
    headroom_value_usd: value.headroom,
    unrecoverable_surplus_value_usd: value.unrecoverable,
    avoidable_energy_usd: value.avoidableEnergy,
  };
});

function poolOf(input: Input) {
  const { replicas_available: replicas, demand_eq_tok_s: demands } = input;
  return demands.map((demand, at) => ({
    replicas: typeof replicas === 'number' ? replicas : (replicas[at] ?? 0),
    demand,
  }));
}

function priceOf(input: Input): ReplicaPrice {
  return {
    gpusPerReplica: input.gpus_per_replica,
    fixedRate: usdPerGpuHour(input.rate_usd_per_gpu_h),
    loadedIdlePower: watts(input.loaded_idle_kw_per_gpu * 1000),
    pue: input.pue,
    tariff: usdPerKilowattHour(input.tariff_usd_per_kwh),
  };
}
