import { engineMomentAt } from '#electron/sample-fleet/world/engine-moment.ts';
import { engineStep } from '#electron/sample-fleet/world/engine-rates.ts';
import type { Engine, Node } from '#electron/sample-fleet/world/fleet-plan.ts';
import { instantOfStep, momentAt, stepSeconds as worldStepSeconds } from '#electron/sample-fleet/world/grid.ts';
import { lifeAt } from '#electron/sample-fleet/world/story.ts';
import type { World } from '#electron/sample-fleet/world/world.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/*
 * What of a world's capacity could be given back, from the functions that make the world alone: the demand of its engines,
 * their speed and their lives. Nothing of sampling, of the store or of the cost core has a part in it.
 */

/** The rules of the economics reference, section 6.2, with its defaults. */
export type TruthRules = {
  readonly weights: { readonly input: number; readonly cached: number; readonly output: number };
  readonly headroom: number;
  readonly lookAheadSeconds: number;
  readonly replicasMin: number;
  readonly holdHours: number;
  readonly stepSeconds: number;
};

/** GPU-hours of one deployment, or free ones of one pool and product. */
export type TruePool = {
  readonly key: string;
  readonly provisioned: number;
  readonly load: number;
  readonly recoverable: number;
};

type Work = { readonly ready: number; readonly served: number; readonly asked: number };

export function trueCapacity(
  world: World,
  { nodes, window }: { readonly nodes: readonly Node[]; readonly window: TimeRange },
  rules: TruthRules,
): { readonly deployments: readonly TruePool[]; readonly free: readonly TruePool[] } {
  const engines = nodes.flatMap((node) => node.engines);
  const deployments = Map.groupBy(engines, ({ model, pool, kind, gpuIndexes }) =>
    [model.name, pool, kind.modelName, gpuIndexes.length].join(' '),
  );
  const pools = Map.groupBy(nodes, ({ pool, kind }) => `${pool} ${kind.modelName}`);
  return {
    deployments: [...deployments].map(([key, engines]) => deploymentTruth(world, { key, engines, window, rules })),
    free: [...pools].map(([key, nodes]) => freeTruth(world, { key, nodes, window, rules })),
  };
}

type Ask<Part> = { readonly key: string; readonly window: TimeRange; readonly rules: TruthRules } & Part;

function deploymentTruth(world: World, ask: Ask<{ readonly engines: readonly Engine[] }>): TruePool {
  const { engines, rules, window, key } = ask;
  const gpus = engines[0]!.gpuIndexes.length;
  const speeds = engines
    .flatMap((engine) => workOf(world, engine, { window, seconds: 3600, rules }))
    .filter(({ ready, served }) => ready >= 0.9 * 3600 && served > 0)
    .map(({ ready, served }) => served / ready)
    .toSorted((one, other) => one - other);
  const mu = quantile(speeds, 0.95);
  const work = engines.map((engine) => workOf(world, engine, { window, seconds: rules.stepSeconds, rules }));
  const steps = work[0]!.map((_, step) => {
    const now = work.map((list) => list[step]!);
    const replicas = now.filter(({ ready }) => ready >= rules.stepSeconds / 2).length;
    const watched = Math.max(...now.map(({ ready }) => ready));
    return { replicas, demand: now.reduce((sum, one) => sum + one.asked, 0) / watched };
  });
  const hours = rules.stepSeconds / 3600;
  const ahead = 1 + Math.ceil(rules.lookAheadSeconds / rules.stepSeconds);
  const required = steps.map(({ replicas }, step) => {
    const peak = Math.max(...steps.slice(step, step + ahead).map(({ demand }) => demand));
    return Math.min(replicas, Math.max(rules.replicasMin, Math.ceil(((1 + rules.headroom) * peak) / mu)));
  });
  const excess = steps.map(({ replicas }, step) => replicas - required[step]!);
  return {
    key,
    provisioned: gpus * hours * steps.reduce((sum, { replicas }) => sum + replicas, 0),
    load: gpus * hours * steps.reduce((sum, { demand }, step) => sum + Math.min(demand / mu, required[step]!), 0),
    recoverable: gpus * heldHours(excess, { hours, hold: rules.holdHours, lost: reloadHours(ask) }),
  };
}

/** Hours of each level of excess in runs that last, less what each loses. */
function heldHours(
  excess: readonly number[],
  { hours, hold, lost }: { readonly hours: number; readonly hold: number; readonly lost: number },
): number {
  let total = 0;
  for (let level = 1; level <= Math.max(0, ...excess); level += 1) {
    let run = 0;
    for (const one of [...excess, -1]) {
      if (one >= level) run += hours;
      else {
        if (run >= hold) total += Math.max(0, run - lost);
        run = 0;
      }
    }
  }
  return total;
}

/** Mean time from a stop of an engine to its first answer; where none stopped, the look-ahead. */
function reloadHours({ engines, window, rules }: Ask<{ readonly engines: readonly Engine[] }>): number {
  const downs = engines.flatMap(({ story }) => story.outages.map((outage) => outage.readyStep - outage.downStep));
  const within = downs.filter((steps) => steps > 0 && window.to > window.from);
  const mean = within.reduce((sum, steps) => sum + steps, 0) / within.length;
  return within.length === 0 ? rules.lookAheadSeconds / 3600 : (mean * worldStepSeconds) / 3600;
}

/** What an engine did in each step of a window, from the rates of the world. */
function workOf(
  world: World,
  engine: Engine,
  { window, seconds, rules }: { readonly window: TimeRange; readonly seconds: number; readonly rules: TruthRules },
): Work[] {
  const first = momentAt(world.anchor, window.from).step;
  const width = seconds / worldStepSeconds;
  const steps = Math.floor((window.to - window.from) / 1000 / seconds);
  return Array.from({ length: steps }, (_, step) => {
    let ready = 0;
    let served = 0;
    let running = 0;
    let waiting = 0;
    for (let at = first + step * width; at < first + (step + 1) * width; at += 1) {
      const { life, rates } = engineStep(world.anchor, engine, at);
      if (life.phase !== 'ready') continue;
      const { requestsLight, requestsHeavy, gapsLight, gapsHeavy, inputComputed, inputCached } = rates;
      const output = requestsLight + requestsHeavy + gapsLight + gapsHeavy;
      const { weights } = rules;
      ready += worldStepSeconds;
      served +=
        (output * weights.output + inputComputed * weights.input + inputCached * weights.cached) * worldStepSeconds;
      const moment = engineMomentAt(world, engine, instantOfStep(world.anchor, at));
      running += moment.running;
      waiting += moment.waiting;
    }
    return { ready, served, asked: running > 0 ? served * (1 + waiting / running) : served };
  });
}

function freeTruth(world: World, { key, nodes, window, rules }: Ask<{ readonly nodes: readonly Node[] }>): TruePool {
  const first = momentAt(world.anchor, window.from).step;
  const width = rules.stepSeconds / worldStepSeconds;
  const steps = Math.floor((window.to - window.from) / 1000 / rules.stepSeconds);
  const hours = rules.stepSeconds / 3600;
  const replica = Math.min(...nodes.flatMap(({ engines }) => engines.map(({ gpuIndexes }) => gpuIndexes.length)));
  let free = 0;
  const usable = Array.from({ length: steps }, (_, step) => {
    const middle = first + step * width + width / 2;
    return nodes.reduce((sum, node) => {
      const own = node.gpus.filter((gpu) => {
        const isLost = gpu.lostStep !== undefined && middle >= gpu.lostStep;
        return !isLost && (gpu.engine === undefined || lifeAt(gpu.engine.story, middle).phase === 'absent');
      }).length;
      free += own * hours;
      if (own === node.gpus.length) return sum + own;
      return Number.isFinite(replica) ? sum + Math.floor(own / replica) * replica : sum;
    }, 0);
  });
  return { key, provisioned: free, load: 0, recoverable: heldHours(usable, { hours, hold: rules.holdHours, lost: 0 }) };
}

/** Linear between neighbours in rank, h = (N - 1) x p. */
function quantile(ascending: readonly number[], share: number): number {
  const rank = (ascending.length - 1) * share;
  const below = ascending[Math.floor(rank)]!;
  const above = ascending[Math.ceil(rank)]!;
  return below + (rank - Math.floor(rank)) * (above - below);
}
