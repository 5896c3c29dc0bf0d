/*
 * How many replicas a pool needed at each step of a window. Source: economics reference, section 6.2.
 */

/** One step of a pool. */
export type PoolStep = {
  /** N(t): replicas that could serve. */
  readonly replicas: number;
  /** D(t): weighted tokens asked for per second; null where it was not observed. */
  readonly demand: number | null;
};

/** What the service level asks of a pool. */
export type HeadroomRule = {
  /** mu: weighted tokens per second that one replica serves within its latency targets, from its own p95 under load. */
  readonly capacityPerReplica: number;
  /** h: spare share of the demand, such as 0.2. */
  readonly headroom: number;
  /** L: steps that a reload takes, this one included; the demand of all of them must be served. */
  readonly lookAheadSteps: number;
  /** n_min: replicas that stay, whatever the demand. */
  readonly replicasMin: number;
};

/** A step divided: required + excess = replicas, and load + headroom = required. */
export type DividedStep = {
  readonly replicas: number;
  /** Null where the demand is not known: then nothing is known to be needed or free. */
  readonly required: number | null;
  readonly excess: number;
  /** Replicas' worth of work that was served. */
  readonly load: number;
  readonly headroom: number;
  /** More was needed than there was: a warning, never waste. */
  readonly hasDeficit: boolean;
};

/**
 *   req(t) = min(N, max(n_min, ceil((1 + h) x max of D over t .. t+L-1 / mu)))        excess = N - req
 *   load(t) = D / mu, at most req        headroom(t) = req - load
 *
 * The look-ahead ends with the window, and passes over steps that were not observed.
 */
export function divideSteps(steps: readonly PoolStep[], rule: HeadroomRule): DividedStep[] {
  return steps.map((step, at) => {
    if (step.demand === null) return { ...UNKNOWN, replicas: step.replicas };
    const ahead = steps.slice(at, at + Math.max(1, rule.lookAheadSteps));
    const peak = Math.max(...ahead.map((one) => one.demand ?? 0));
    const wanted = Math.max(rule.replicasMin, wholeReplicas(((1 + rule.headroom) * peak) / rule.capacityPerReplica));
    const required = Math.min(step.replicas, wanted);
    const load = Math.min(step.demand / rule.capacityPerReplica, required);
    return {
      replicas: step.replicas,
      required,
      excess: step.replicas - required,
      load,
      headroom: required - load,
      hasDeficit: wanted > step.replicas,
    };
  });
}

const UNKNOWN = { required: null, excess: 0, load: 0, headroom: 0, hasDeficit: false } as const;

/** 1.1 x 200,000 / 20,000 is 11.000000000000002 in binary, and eleven replicas are enough. */
const ROUNDING = 1e-12;

function wholeReplicas(exact: number): number {
  return Math.ceil(exact * (1 - ROUNDING));
}
