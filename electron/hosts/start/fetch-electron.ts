import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** The download is about 100 MB; on a line that cannot do it in this time the browser is the better start. */
const FETCH_LIMIT_MS = 60_000;

/** Fetches Electron's program once; a failure is remembered beside the packages, and forgotten with them. */
export async function fetchElectron(root: string): Promise<boolean> {
  const install = join(root, 'node_modules', 'electron', 'install.js');
  const code = await runProgram(process.execPath, [install], { cwd: root, limitMs: FETCH_LIMIT_MS, isQuiet: true });
  if (code !== 0) writeFileSync(failureMark(root), '');
  return code === 0;
}

export function hasFailedToFetch(root: string): boolean {
  return existsSync(failureMark(root));
}

function failureMark(root: string): string {
  return join(root, 'node_modules', '.tokenwatt-electron-failed');
}
