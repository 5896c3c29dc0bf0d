import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron } from '#electron/hosts/start/find-electron.ts';

type ProgramHelp = {
  /** Names it goes by, the first that is found wins. */
  readonly names: readonly string[];
  /** Environment variable that names its path. */
  readonly variable: string;
  readonly install: string;
  /** A build server must have it: there a missing one fails instead of being skipped. */
  readonly isNeededInCi: boolean;
};

/** Programs that some tests need and no package brings. */
export const PROGRAMS = {
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    variable: 'TOKENWATT_CHROMIUM',
    install: 'apt-get install chromium',
    isNeededInCi: true,
  },
  prometheus: {
    names: ['prometheus'],
    variable: 'TOKENWATT_PROMETHEUS',
    install: 'apt-get install prometheus',
    isNeededInCi: true,
  },
  promtool: {
    names: ['promtool'],
    variable: 'TOKENWATT_PROMTOOL',
    install: 'apt-get install prometheus',
    isNeededInCi: true,
  },
  'victoria-metrics': {
    names: ['victoria-metrics', 'victoria-metrics-prod'],
    variable: 'TOKENWATT_VICTORIA_METRICS',
    install: 'apt-get install victoria-metrics',
    isNeededInCi: true,
  },
  cc: { names: ['cc', 'gcc', 'clang'], variable: 'TOKENWATT_CC', install: 'apt-get install gcc', isNeededInCi: false },
  electron: {
    names: [],
    variable: 'TOKENWATT_ELECTRON',
    install: 'npx install-electron',
    isNeededInCi: false,
  },
} as const satisfies Readonly<Record<string, ProgramHelp>>;

export type ProgramName = keyof typeof PROGRAMS;

/**
 * Path of a program, or null where the machine lacks it: `describe.skipIf(machineHas('chromium') === null)`. Name the
 * program in the test's title too, since a skipped test is reported by name. Throws on a build server that needs it.
 */
export function machineHas(name: ProgramName): string | null {
  const path = pathOf(name);
  const { install, isNeededInCi } = PROGRAMS[name];
  if (path === null && isNeededInCi && isBuildServer()) throw new Error(`${name} is missing: ${install}`);
  return path;
}

export function isBuildServer(): boolean {
  return process.env['CI'] === 'true' || process.env['CI'] === '1';
}

/** As `machineHas`, without the strictness of a build server. */
export function pathOf(name: ProgramName): string | null {
  const { names, variable }: ProgramHelp = PROGRAMS[name];
  const named = process.env[variable];
  if (named !== undefined && named !== '') return isProgram(named) ? named : null;
  if (name === 'electron') return findElectron(fileURLToPath(new URL('..', import.meta.url)), process.env);
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((candidate) => folders.map((folder) => join(folder, candidate)));
  return candidates.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
