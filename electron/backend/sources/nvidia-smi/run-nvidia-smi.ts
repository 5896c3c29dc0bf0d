import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { safeText } from '../http/safe-text.ts';
import type { LocalGpuFailure } from '../local-gpus/local-gpu-reader.ts';
import { withinDeadline } from '../local-gpus/within-deadline.ts';

/** A machine of 8 idle GPUs without persistence mode takes some seconds; a healthy one half a second. */
const DEADLINE_MS = 20_000;

/** Runs nvidia-smi and gives its answer as a tree. */
export type RunNvidiaSmi = (signal: AbortSignal) => Promise<Result<unknown, LocalGpuFailure>>;

/**
 * Runs nvidia-smi by node-nvidia-smi, which knows neither deadline nor cancel: a call that does not come back in time is
 * left behind, and as long as it has not ended no other is started, so that a sick driver does not fill the machine.
 */
export function createNvidiaSmiRunner(deadlineMs: number = DEADLINE_MS): RunNvidiaSmi {
  let left: Promise<unknown> | null = null;
  return async (signal) => {
    if (left !== null)
      return failed(
        'nvidia-smi hangs: a call has not come back yet. Look at dmesg for XID errors; a reboot may be needed.',
      );
    const call = callPackage();
    left = call.finally(() => {
      left = null;
    });
    const outcome = await withinDeadline(call, { ms: deadlineMs, signal });
    if (outcome === 'late') return failed(`nvidia-smi gave no answer within ${deadlineMs / 1000} s.`);
    if (outcome === 'aborted') return failed('Reading was stopped.');
    return outcome;
  };
}

/** The package parses inside its callback: what is thrown there would end the process, so the value only leaves it. */
async function callPackage(): Promise<Result<unknown, LocalGpuFailure>> {
  const { default: nvidiaSmi } = await import('node-nvidia-smi');
  const { error, data } = await new Promise<{ error: unknown; data: unknown }>((resolve) => {
    nvidiaSmi((cause, tree) => resolve({ error: cause, data: tree }));
  });
  if (error !== null && error !== undefined) return fail(failureOf(error));
  // Nothing on stdout and exit code 0 comes as null without an error.
  return data === null || data === undefined ? failed('nvidia-smi printed nothing.') : succeed(data);
}

/** Exit codes of nvidia-smi that name a cause. Source: its manual page, "Return value". */
const EXIT_CAUSES: Readonly<Record<number, string>> = {
  4: 'this user has no permission: add the user to the group that owns /dev/nvidia*',
  6: 'it found no GPU',
  9: 'the NVIDIA driver is not loaded: run nvidia-smi by hand to see what it says',
  12: 'the NVML library is missing or damaged: install the driver again',
  14: 'the infoROM of a GPU is corrupted',
  15: 'a GPU is lost: it has fallen off the bus, and a reboot may be needed',
};

/** What the shell and Windows' command interpreter exit with when there is no such program. */
const NO_PROGRAM_CODES = [127, 9009];

function failureOf(error: unknown): LocalGpuFailure {
  // Any byte on stderr makes the package give that text alone and drop the data, be they good or not.
  if (typeof error === 'string') return { kind: 'failed', message: `nvidia-smi warns: ${shown(error)}` };
  if (!(error instanceof Error)) return { kind: 'failed', message: 'nvidia-smi failed without saying why.' };
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number' && NO_PROGRAM_CODES.includes(code))
    return { kind: 'absent', message: 'nvidia-smi is not on the PATH: install the NVIDIA driver.' };
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return { kind: 'failed', message: 'nvidia-smi printed more than 1 MiB, the most its package takes: use NVML.' };
  if (typeof code === 'number')
    return {
      kind: 'failed',
      message: `nvidia-smi ended with code ${code}: ${EXIT_CAUSES[code] ?? shown(error.message)}.`,
    };
  return { kind: 'failed', message: `The output of nvidia-smi cannot be read: ${shown(error.message)}` };
}

function shown(text: string): string {
  return safeText(text.trim().replaceAll(/\s+/g, ' '), []);
}

function failed(message: string): { readonly ok: false; readonly failure: LocalGpuFailure } {
  return fail({ kind: 'failed', message });
}
