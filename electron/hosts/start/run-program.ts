import { spawn } from 'node:child_process';

export type RunOptions = {
  readonly cwd: string;
  /** Ended after this long; 0 for no limit. */
  readonly limitMs?: number;
  /** Leaves out what it prints. */
  readonly isQuiet?: boolean;
};

/** Runs a program to its end; null when it did not start or was ended by a signal. Ctrl-C reaches it by itself. */
export function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<number | null> {
  const { cwd, limitMs = 0, isQuiet = false } = options;
  return new Promise((resolve) => {
    const output = isQuiet ? 'ignore' : 'inherit';
    const child = spawn(program, args, { cwd, stdio: ['ignore', output, output], timeout: limitMs });
    const end = () => child.kill('SIGTERM');
    process.once('SIGTERM', end).once('disconnect', end);
    const done = (code: number | null) => {
      process.off('SIGTERM', end).off('disconnect', end);
      resolve(code);
    };
    child.on('error', () => done(null));
    child.on('exit', done);
  });
}
