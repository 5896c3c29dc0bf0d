import { stepsOf, stepsPerHour } from './grid.ts';

/** One stop and start of an engine's process. Steps count from the anchor. */
export type Outage = {
  readonly downStep: number;
  /** When the new process starts: counters and its start time begin here; until then connections are refused. */
  readonly processStep: number;
  /** When the weights are loaded; until then the process answers 503. */
  readonly readyStep: number;
  /** The release that comes up, where the stop is an update. */
  readonly release?: string;
  /** What it comes up with, where other launch arguments are given. */
  readonly launch?: Launch;
};

/** Launch arguments of an engine that its metrics tell of. */
export type Launch = { readonly cacheDtype: string; readonly gpuMemoryUtilization: string };

export const launchDefault: Launch = { cacheDtype: 'auto', gpuMemoryUtilization: '0.9' };

/** What happens to one engine over the life of the world. */
export type EngineStory = {
  readonly release: string;
  /** First start and later ones, in order. */
  readonly outages: readonly [Outage, ...Outage[]];
  /** A short restart at seven minutes past each hour from the anchor on. */
  readonly restartsHourly?: boolean;
  /** No requests from this step on. */
  readonly quietFromStep?: number;
  /** The pod is gone from this step on. */
  readonly goneStep?: number;
  /** From the given release on, this many times the tokens at the same load. */
  readonly speedUp?: SpeedUp;
  /** Before this step its requests asked for less, by this factor. */
  readonly loadGrowth?: { readonly step: number; readonly factor: number };
};

export type SpeedUp = { readonly release: string; readonly factor: number };

/** State of one engine in one step. `absent`: no pod; `starting`: pod without a listening process. */
export type EngineLife = {
  readonly phase: 'absent' | 'starting' | 'loading' | 'ready';
  readonly processStep: number;
  readonly release: string;
  readonly launch: Launch;
};

const hourlyRestartStep = stepsOf(0, 7);

/** The instants the sample fleet is known for, in steps from the anchor. */
export const storySteps = {
  powerCap: { pool: 'code', step: -stepsOf(12 * 24), watts: 1100 },
  updateWithoutEffect: -stepsOf(10 * 24),
  updateAsLoadGrows: { step: -stepsOf(9 * 24 + 12), loadFactor: 1.35 },
  updateThatHelps: -stepsOf(9 * 24),
  otherArguments: -stepsOf(6 * 24),
  updateTooRecent: -stepsOf(26),
  restart: -stepsOf(9),
  gpuLost: -stepsOf(7),
  quietReplicas: -stepsOf(5),
  hourlyRestart: hourlyRestartStep,
  bmcSilent: { node: 'dal-b200-03', from: -stepsOf(3), to: -stepsOf(1) },
} as const;

/** A stop at `downStep`, 30 s without a process, and four minutes down in all. */
export function outageAt(downStep: number, change: Pick<Outage, 'release' | 'launch'> = {}): Outage {
  return { downStep, processStep: downStep + 1, readyStep: downStep + stepsOf(0, 4), ...change };
}

export function lifeAt(story: EngineStory, step: number): EngineLife {
  let release = story.release;
  let launch = launchDefault;
  let last: Outage = story.outages[0];
  for (const outage of story.outages) {
    if (outage.downStep > step) break;
    last = outage;
    release = outage.release ?? release;
    launch = outage.launch ?? launch;
  }
  if (story.restartsHourly === true && step >= hourlyRestartStep) last = hourlyOutage(step);
  return { phase: phaseOf(story, last, step), processStep: last.processStep, release, launch };
}

function phaseOf(story: EngineStory, last: Outage, step: number): EngineLife['phase'] {
  if (story.goneStep !== undefined && step >= story.goneStep) return 'absent';
  if (step < last.processStep) return 'starting';
  return step < last.readyStep ? 'loading' : 'ready';
}

/** The live restart: down for 90 s, the first 30 s of them without a process. */
function hourlyOutage(step: number): Outage {
  const downStep = step - ((step - hourlyRestartStep) % stepsPerHour);
  return { downStep, processStep: downStep + 1, readyStep: downStep + 3 };
}

/** Steps in (from, to] at which the engine's process starts anew, each a reset of its counters. */
export function processStartsBetween(story: EngineStory, from: number, to: number): readonly number[] {
  const starts = story.outages.map((outage) => outage.processStep);
  if (story.restartsHourly === true) {
    const first = hourlyRestartStep + 1;
    const hours = Math.max(0, Math.ceil((from + 1 - first) / stepsPerHour));
    for (let start = first + hours * stepsPerHour; start <= to; start += stepsPerHour) starts.push(start);
  }
  return starts.filter((start) => start > from && start <= to && start < (story.goneStep ?? Infinity));
}
