import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** A build of ours: its configuration, the file it leaves last, and what it is made from. */
export type Build = {
  readonly name: string;
  readonly config: string;
  readonly output: string;
  readonly sources: readonly string[];
};

const SHARED_SOURCES = ['shared/**/*.ts', 'package-lock.json'];

export const RENDERER_BUILD: Build = {
  name: 'screens',
  config: 'renderer/vite.config.ts',
  output: 'dist/renderer/index.html',
  sources: ['renderer/**/*.*', ...SHARED_SOURCES],
};

export const WINDOW_BUILD: Build = {
  name: 'window',
  config: 'electron/hosts/window/vite.config.ts',
  output: 'dist/window/main.js',
  sources: ['electron/**/*.*', ...SHARED_SOURCES],
};

/** Builds what is absent or older than its sources; false when a build failed, which has then said why. */
export async function buildMissing(
  root: string,
  builds: readonly Build[],
  say: (line: string) => void,
): Promise<boolean> {
  for (const build of builds) {
    const sourcesMs = build.sources
      .flatMap((pattern) => globSync(pattern, { cwd: root }))
      .map((path) => writtenMs(root, path));
    if (!isStale(writtenMs(root, build.output), sourcesMs)) continue;
    say(`Building the ${build.name}…`);
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const args = [vite, 'build', '--config', build.config, '--logLevel', 'warn'];
    if ((await runProgram(process.execPath, args, { cwd: root })) !== 0) return false;
  }
  return true;
}

/** Whether an output must be made again: it is absent (0), or something it is made from was written since. */
export function isStale(outputMs: number, sourcesMs: readonly number[]): boolean {
  return outputMs === 0 || sourcesMs.some((sourceMs) => sourceMs > outputMs);
}

function writtenMs(root: string, path: string): number {
  const full = join(root, path);
  return existsSync(full) ? statSync(full).mtimeMs : 0;
}
