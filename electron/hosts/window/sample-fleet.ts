import { createInterface } from 'node:readline';
import { utilityProcess } from 'electron';

/** The sample fleet says its addresses in its first line; it has this long to do so. */
const START_LIMIT_MS = 30_000;

export type SampleFleetHolder = {
  /** The fleet's first line, which names its addresses; null when it did not start. One fleet at a time. */
  greeting(): Promise<string | null>;
  stop(): void;
};

/**
 * Holds the sample fleet for the backend, as a utility process. The backend cannot start it itself: with the run-as-node
 * fuse off our binary is no Node, and a utility process can only be made here. It outlives a restart of the backend, so
 * that its counters go on.
 */
export function createSampleFleetHolder(entry: string): SampleFleetHolder {
  let current: { readonly greeting: Promise<string | null>; stop(): void } | null = null;

  const start = (): NonNullable<typeof current> => {
    const child = utilityProcess.fork(entry, [], {
      serviceName: 'Tokenwatt sample fleet',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const fleet = { greeting: firstLineOf(child), stop: () => void child.kill() };
    child.once('exit', () => {
      if (current === fleet) current = null;
    });
    return fleet;
  };

  return {
    greeting: () => (current ??= start()).greeting,
    stop() {
      current?.stop();
      current = null;
    },
  };
}

function firstLineOf(child: Electron.UtilityProcess): Promise<string | null> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(null), START_LIMIT_MS);
    const settle = (line: string | null): void => {
      clearTimeout(limit);
      resolve(line);
    };
    child.once('exit', () => settle(null));
    // Interfaces keep reading after the first line, so that what comes later does not fill the pipe.
    if (child.stdout === null) settle(null);
    else createInterface({ input: child.stdout }).on('line', settle);
  });
}
