import { systemClock } from '#backend/clock.ts';
import { readSecret } from './read-secret.ts';
import { runCommand } from './run-command.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Runs one command line with this process's own streams, and stops it when the process is told to stop. */
export async function runInProcess(argv: readonly string[]): Promise<ExitCode> {
  try {
    return await runCommand(argv, {
      env: process.env,
      clock: systemClock,
      out: (text) => process.stdout.write(`${text.trimEnd()}\n`),
      say: (text) => process.stderr.write(`${text.trimEnd()}\n`),
      input: readSecret,
      stop: stopOfProcess(),
    });
  } catch (error) {
    // Our own mistake: the stack is for the report of it.
    process.stderr.write(`tokenwatt: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`);
    return EXIT.failure;
  }
}

/** Ends the process with a code, also where a closing connection still holds it. */
export function endProcess(code: ExitCode): void {
  process.exitCode = code;
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(code), 500).unref();
}

let stopping: AbortController | null = null;

/** Aborts on the signals that ask a process to stop, and when the process that started us is gone. */
function stopOfProcess(): AbortSignal {
  if (stopping !== null) return stopping.signal;
  const controller = new AbortController();
  stopping = controller;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // The second time the process ends at once, whatever it waits for.
    process.on(signal, () => (controller.signal.aborted ? process.exit(EXIT.failure) : controller.abort()));
  }
  process.once('disconnect', () => controller.abort());
  // A reader that stops early, such as head, is not a failure.
  process.stdout.on('error', () => process.exit(EXIT.complete));
  return controller.signal;
}
