import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { LocalGpuFailure } from '../local-gpus/local-gpu-reader.ts';
import { withinDeadline } from '../local-gpus/within-deadline.ts';
import { forkNvmlChild, type NvmlChild, type StartNvmlChild } from './fork-nvml-child.ts';
import type { FromNvml, NvmlAnswer } from './nvml-messages.ts';

export type NvmlProcessOptions = {
  readonly start?: StartNvmlChild;
  readonly monotonicMs?: () => number;
  /** How long the first answer of a process may take, and each later one, ms. */
  readonly deadlinesMs?: { readonly first: number; readonly later: number };
};

/** Without persistence mode, the first call wakes every GPU, seconds each; a healthy reading takes milliseconds. */
const DEADLINES_MS = { first: 60_000, later: 5000 };

/** Waits before a new process, by how many failed in a row, ms; the last one holds for all further. */
const RESTART_WAITS_MS = [1000, 5000, 15_000, 60_000] as const;

type Reading = Extract<NvmlAnswer, { readonly kind: 'reading' }>;

/** Why an answer did not come: the process ended by itself. */
type Ended = { readonly kind: 'ended'; readonly how: string };

type Living = {
  readonly child: NvmlChild;
  /** The answer to the message with this number, or the end of the process. */
  answerTo(id: number): Promise<FromNvml | Ended>;
  hasAnswered: boolean;
};

export type NvmlProcess = {
  ask(signal: AbortSignal): Promise<Result<Reading, LocalGpuFailure>>;
  close(): void;
};

/** Keeps one NVML process at hand: started when asked, ended when it hangs or fails, started again after a wait. */
export function createNvmlProcess(options: NvmlProcessOptions): NvmlProcess {
  const start = options.start ?? forkNvmlChild;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const deadlines = options.deadlinesMs ?? DEADLINES_MS;
  let living: Living | null = null;
  /** A process that was told to end and has not. */
  let dying: NvmlChild | null = null;
  let failures = 0;
  let retryAtMs = -Infinity;
  let last: LocalGpuFailure = { kind: 'failed', message: 'NVML was not asked yet.' };
  let lastId = 0;

  function bringUp(): Result<Living, LocalGpuFailure> {
    const started = start();
    if (!started.ok) return started;
    const child = started.value;
    const waiting = new Map<number, (answer: FromNvml | Ended) => void>();
    child.onExit((how) => {
      if (dying === child) dying = null;
      if (living?.child === child) living = null;
      for (const tell of waiting.values()) tell({ kind: 'ended', how });
      waiting.clear();
    });
    child.onMessage((message) => {
      // The process is ours: what comes over its channel is typed on both sides.
      const answer = message as FromNvml;
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    });
    const answerTo = (id: number): Promise<FromNvml | Ended> =>
      new Promise((resolve) => {
        waiting.set(id, resolve);
        child.send({ kind: 'read', id });
      });
    return succeed({ child, answerTo, hasAnswered: false });
  }

  /** Ends the process, if it has not ended, and waits longer each time before there is a new one. */
  function giveUp(failure: LocalGpuFailure): Result<never, LocalGpuFailure> {
    dying = living?.child ?? null;
    dying?.kill();
    living = null;
    retryAtMs = monotonicMs() + (RESTART_WAITS_MS[failures] ?? RESTART_WAITS_MS[RESTART_WAITS_MS.length - 1] ?? 0);
    failures += 1;
    last = failure;
    return fail(failure);
  }

  return {
    ask: async (signal) => {
      if (dying !== null)
        return fail({ kind: 'failed', message: `${last.message} Its process ${dying.pid} cannot be ended yet.` });
      if (living === null && monotonicMs() < retryAtMs) return fail(last);
      if (living === null) {
        const born = bringUp();
        if (!born.ok) return giveUp(born.failure);
        living = born.value;
      }
      const asked = living;
      const ms = asked.hasAnswered ? deadlines.later : deadlines.first;
      lastId += 1;
      const answer = await withinDeadline(asked.answerTo(lastId), { ms, signal });
      if (answer === 'aborted') return fail({ kind: 'failed', message: 'Reading was stopped.' });
      if (answer === 'late')
        return giveUp({
          kind: 'failed',
          message: `Calls to the driver hang: NVML gave no answer within ${ms / 1000} s. Look at dmesg for XID errors.`,
        });
      switch (answer.kind) {
        case 'reading':
          asked.hasAnswered = true;
          failures = 0;
          return succeed(answer);
        case 'ended':
          return giveUp({ kind: 'failed', message: `The NVML process ended (${answer.how}): it is started again.` });
        case 'absent':
        case 'failed':
          return giveUp({ kind: answer.kind, message: answer.message });
      }
    },
    close: () => {
      living?.child.kill();
      living = null;
    },
  };
}
