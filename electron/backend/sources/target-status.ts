import { isNotice, SAMPLE_NOTICES, type SampleProblem, type Scrape } from '#shared/model/sample.ts';
import type { SourceState, TargetHealth } from '#shared/model/source-health.ts';
import type { EpochMs } from '#shared/time/instant.ts';

const LATE_INTERVALS = 1.5;
const STALE_INTERVALS = 3;

/** What is remembered of one target's answers, to say how it is. */
export type TargetStatus = {
  readonly heard: (
    at: EpochMs,
    samples: number,
    signal: TargetHealth['signal'],
    problems: readonly SampleProblem[],
  ) => void;
  readonly failed: (at: EpochMs, reason: string) => void;
  /** An answer without trouble in which nothing is known: a reason, not a failure. */
  readonly note: (reason: string | null) => void;
  readonly health: (now: EpochMs, pollSeconds: number) => TargetHealth;
};

export function createTargetStatus(name: string, address: string): TargetStatus {
  let signal: TargetHealth['signal'] = 'unknown';
  let lastHeard: EpochMs | null = null;
  let since: EpochMs | null = null;
  let samples = 0;
  let reason: string | null = null;
  let isDown = false;
  let heldOut = 0;
  let heldOutReason: string | null = null;

  const stateAt = (now: EpochMs, pollSeconds: number): SourceState => {
    if (isDown) return 'down';
    if (lastHeard === null) return 'waiting';
    const age = (now - lastHeard) / 1000;
    if (age <= LATE_INTERVALS * pollSeconds) return 'fresh';
    return age <= STALE_INTERVALS * pollSeconds ? 'late' : 'stale';
  };
  return {
    heard: (at, count, kind, problems) => {
      if (isDown || since === null) since = at;
      isDown = false;
      reason = noticeAmong(problems);
      lastHeard = at;
      samples = count;
      signal = kind;
      const withheld = problems.filter((problem) => !isNotice(problem));
      heldOut += withheld.length;
      heldOutReason = withheld.at(-1)?.message ?? heldOutReason;
    },
    failed: (at, why) => {
      if (!isDown) since = at;
      isDown = true;
      reason = why;
    },
    note: (why) => {
      reason = why;
    },
    health: (now, pollSeconds) => {
      const state = stateAt(now, pollSeconds);
      return { name, address, signal, state, reason, lastHeard, since, samples, heldOut, heldOutReason };
    },
  };
}

/** What a target tells of, by what Tokenwatt could read from it. */
export function signalOf({
  gpus,
  engines,
  meters,
}: Pick<Scrape, 'gpus' | 'engines' | 'meters'>): TargetHealth['signal'] {
  if (gpus.length > 0) return 'gpu';
  if (engines.length > 0) return 'engine';
  return meters.length > 0 ? 'power' : 'unknown';
}

/** The most important of the notices: what is not counted comes before what may be missing. */
function noticeAmong(problems: readonly SampleProblem[]): string | null {
  const first = SAMPLE_NOTICES.find((kind) => problems.some((problem) => problem.kind === kind));
  return problems.find(({ kind }) => kind === first)?.message ?? null;
}

const WORST_FIRST: readonly SourceState[] = ['down', 'stale', 'late', 'waiting', 'fresh'];

/** How a source is as a whole: as its worst target, but down only when no target answers. */
export function stateOfTargets(targets: readonly TargetHealth[]): SourceState {
  const states = new Set(targets.map((target) => target.state));
  if (states.size === 0) return 'waiting';
  if (states.has('down') && states.size > 1) return states.has('stale') ? 'stale' : 'late';
  return WORST_FIRST.find((state) => states.has(state)) ?? 'waiting';
}
