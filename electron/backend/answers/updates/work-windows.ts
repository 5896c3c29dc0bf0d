import { tokensIn } from '#shared/cost/token-count.ts';
import { stratumOf } from '#shared/cost/savings/stratum.ts';
import { unusableBecause, type Unusable } from '#shared/cost/savings/usable-window.ts';
import type { WindowsOfSides, WorkWindow } from '#shared/cost/savings/work-window.ts';
import type { TokenWeights } from '#shared/model/token-basis.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import type { PoolWindow } from './pool-facts.ts';
import { WINDOW_SECONDS, type Sides } from './sides.ts';

/** What windows are made into work with. */
export type WorkRule = {
  readonly model: string;
  readonly dayOf: (at: EpochMs) => string;
  /** Weights of the time before the change, on both sides. */
  readonly weights: TokenWeights;
  readonly sides: Sides;
  /** Null: warm-up is not over. */
  readonly settledFrom: EpochMs | null;
  /** Instants of restarts, lost engines and lost GPUs, and of replicas that came or went. */
  readonly incidents: readonly EpochMs[];
  readonly scalings: readonly EpochMs[];
  /** The change is one of the power limit: its value is then no condition of the work. */
  readonly isPowerCapChange: boolean;
};

export type Dropped = { readonly [Reason in Unusable]: { readonly before: number; readonly after: number } };

export type UsableWindows = WindowsOfSides & { readonly dropped: Dropped };

export const UNUSABLE = [
  'telemetry',
  'mixed fingerprints',
  'incident',
  'scaling',
  'washout',
] as const satisfies readonly Unusable[];

/** Windows on either side that may be compared, and why the others may not. Windows without any fact count as telemetry. */
export function usableWindows(windows: readonly PoolWindow[], rule: WorkRule): UsableWindows {
  const { sides } = rule;
  const levels = levelsOf(windows);
  const incidents = aboutInstants(rule.incidents, AFTER_INCIDENT);
  const scalings = aboutInstants(rule.scalings, AFTER_SCALING);
  const kept = { before: [] as WorkWindow[], after: [] as WorkWindow[] };
  const counts = Object.fromEntries(UNUSABLE.map((reason) => [reason, { before: 0, after: 0 }])) as {
    [Reason in Unusable]: { before: number; after: number };
  };
  const seen = { before: 0, after: 0 };
  for (const [index, window] of windows.entries()) {
    const side = sideOf(window.start, sides);
    if (side === null) continue;
    seen[side] += 1;
    const reason = unusableBecause({
      telemetryShare: telemetryShareOf(window, levels[index]),
      // Other changes end the sides, and the time in which replicas changed one by one is on neither.
      fingerprints: 1,
      hasIncident: (window.engine.restarts ?? 0) > 0 || incidents.has(placeOf(window.start)),
      isScaling: scalings.has(placeOf(window.start)),
      isWashout: side === 'after' && (rule.settledFrom === null || window.start < rule.settledFrom),
    });
    if (reason === null) kept[side].push(workWindowOf(window, rule));
    else counts[reason][side] += 1;
  }
  counts.telemetry.before += unheard(sides.before, windows, seen.before);
  counts.telemetry.after += unheard(sides.after, windows, seen.after);
  const rolling = secondsOf({ from: sides.before.to, to: sides.after.from });
  counts['mixed fingerprints'].after += Math.round(rolling / WINDOW_SECONDS);
  return { ...kept, dropped: counts };
}

function sideOf(start: EpochMs, { before, after }: Sides): 'before' | 'after' | null {
  if (start >= before.from && start < before.to) return 'before';
  return start >= after.from && start < after.to ? 'after' : null;
}

/** Windows of a side that have no fact at all; what lies before the first fact was never to be heard. */
function unheard(side: TimeRange, windows: readonly PoolWindow[], seen: number): number {
  const first = windows[0]?.start ?? side.to;
  const expected = secondsOf({ from: first > side.from ? first : side.from, to: side.to }) / WINDOW_SECONDS;
  return Math.max(0, Math.round(expected) - seen);
}

/** Windows that an instant spoils: its own, and these many after it, while caches fill again. */
const AFTER_INCIDENT = 2;
const AFTER_SCALING = 1;

function placeOf(at: EpochMs): number {
  return Math.floor(at / (WINDOW_SECONDS * 1000));
}

function aboutInstants(instants: readonly EpochMs[], after: number): ReadonlySet<number> {
  return new Set(instants.flatMap((at) => Array.from({ length: after + 1 }, (_, step) => placeOf(at) + step)));
}

/** Engines and GPUs that a group has about a window, in seconds of both: the most within half an hour either way. */
type Level = { readonly engines: number; readonly gpus: number };

const REACH = 6;

function levelsOf(windows: readonly PoolWindow[]): Level[] {
  return windows.map((_, index) => {
    const near = windows.slice(Math.max(0, index - REACH), index + REACH + 1);
    return {
      engines: Math.max(...near.map((window) => window.engine.observedSeconds ?? 0)),
      gpus: Math.max(...near.map((window) => window.gpu.observedSeconds ?? 0)),
    };
  });
}

/** The least of what was heard of engines and of GPUs, against what there is of both. */
function telemetryShareOf({ engine, gpu }: PoolWindow, level: Level | undefined): number {
  if (level === undefined || level.engines <= 0 || level.gpus <= 0) return 0;
  return Math.min((engine.observedSeconds ?? 0) / level.engines, (gpu.observedSeconds ?? 0) / level.gpus);
}

/** GPU energy is used where it covers this share of the window. */
const ENERGY_SHARE_MIN = 0.95;

function workWindowOf(window: PoolWindow, rule: WorkRule): WorkWindow {
  const { engine, gpu, start } = window;
  const gpuSeconds = gpu.observedSeconds ?? 0;
  const requests = (engine.requestsStopped ?? 0) + (engine.requestsLength ?? 0);
  const perRequest = (count: number | null): number | null =>
    count === null || requests <= 0 ? null : count / requests;
  const [input, cached] = [engine.inputTokens ?? 0, engine.cachedTokens];
  const isMetered = gpu.energyJoules !== null && (gpu.energySeconds ?? 0) >= ENERGY_SHARE_MIN * gpuSeconds;
  const conditions = {
    inputTokensPerRequest: perRequest(engine.inputTokens),
    outputTokensPerRequest: perRequest(engine.outputTokens),
    cacheHitRate: cached === null || input <= 0 ? null : Math.min(1, cached / input),
  };
  return {
    start,
    day: rule.dayOf(start),
    stratum: stratumOf({
      model: rule.model,
      sku: [...window.gpuSecondsBySku.keys()].toSorted().join(' + '),
      precision: null,
      recipe: null,
      concurrencyPerGpu:
        engine.runningRequestSeconds === null || gpuSeconds <= 0 ? null : engine.runningRequestSeconds / gpuSeconds,
      ...conditions,
      powerClass: powerClassOf(window, rule),
    }),
    gpuSeconds,
    joules: isMetered ? gpu.energyJoules : null,
    weightedTokens: tokensIn('billed', { input, cached, output: engine.outputTokens ?? 0 }, rule.weights),
    requestSeconds: engine.runningRequestSeconds,
    ...conditions,
  };
}

const CAPPED_SHARE = 0.1;
const LIMIT_STEP_WATTS = 50;

/** Whether power or heat held a tenth of the time back, and the power limit to 50 W; null where nobody tells either. */
function powerClassOf({ gpu }: PoolWindow, { isPowerCapChange }: WorkRule): string | null {
  const seconds = gpu.observedSeconds ?? 0;
  if (seconds <= 0) return null;
  const capped = Math.max(gpu.powerCappedSeconds ?? 0, gpu.heatCappedSeconds ?? 0) / seconds;
  const isKnown = gpu.powerCappedSeconds !== null || gpu.heatCappedSeconds !== null;
  const limit =
    gpu.powerLimitWattSeconds === null || isPowerCapChange
      ? []
      : [`${Math.round(gpu.powerLimitWattSeconds / seconds / LIMIT_STEP_WATTS) * LIMIT_STEP_WATTS} W`];
  const parts = [...limit, ...(isKnown && capped > CAPPED_SHARE ? ['held back'] : [])];
  return parts.length === 0 ? null : parts.join(', ');
}
