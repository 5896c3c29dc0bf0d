import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { LocalGpuFailure } from '../local-gpus/local-gpu-reader.ts';
import type { ToNvml } from './nvml-messages.ts';

/** A process that holds NVML, as a host starts it. */
export type NvmlChild = {
  /** Number of the process, null where none could be started. */
  readonly pid: number | null;
  send(message: ToNvml): void;
  onMessage(hear: (message: unknown) => void): void;
  /** `how` it ended, such as `signal SIGSEGV` or `code 1`. Called once. */
  onExit(hear: (how: string) => void): void;
  /** Ends it without asking. A process that is stuck in the driver goes only when the driver lets it. */
  kill(): void;
};

/** Starts the NVML process. A host whose own program is no Node, such as the packaged window, brings another. */
export type StartNvmlChild = () => Result<NvmlChild, LocalGpuFailure>;

/** All of the environment that the loader, the driver and Windows look at. */
const PASSED_ON = [
  'PATH',
  'LD_LIBRARY_PATH',
  'SystemRoot',
  'windir',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES',
];

export function forkNvmlChild(extra: Readonly<Record<string, string>> = {}): Result<NvmlChild, LocalGpuFailure> {
  if (process.versions['electron'] !== undefined)
    return fail({ kind: 'absent', message: 'NVML is not read from the window: there, nvidia-smi is.' });
  const passed = PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const child = fork(fileURLToPath(new URL('nvml-child.ts', import.meta.url)), {
    env: { ...Object.fromEntries(passed), ...extra },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return succeed({
    pid: child.pid ?? null,
    // The answer to a message that cannot be sent is the exit.
    send: (message) => void child.send(message, () => undefined),
    onMessage: (hear) => void child.on('message', hear),
    onExit: (hear) => {
      let isTold = false;
      const tell = (how: string): void => {
        if (!isTold) hear(how);
        isTold = true;
      };
      child.on('error', (error) => {
        if (child.pid === undefined) tell(error.message);
      });
      child.on('exit', (code, signal) => tell(signal === null ? `code ${code}` : `signal ${signal}`));
    },
    kill: () => void child.kill('SIGKILL'),
  });
}
