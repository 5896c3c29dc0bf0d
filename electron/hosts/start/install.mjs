// Plain JavaScript that runs on Node 20.19 with nothing installed: it is what installs everything else.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Installs the locked packages when they are absent or other than locked. Throws when that fails.
 * @param {(line: string) => void} say
 */
export async function installMissing(say) {
  const why = installReason({
    locked: readJson(join(ROOT, 'package-lock.json')),
    installed: readJson(join(ROOT, 'node_modules', '.package-lock.json')),
    hasNode: existsSync(nodeProgram()),
  });
  if (why === null) return;
  say(`${why}: installing, which takes about a minute…`);
  const code = await run(npm(), ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) throw new Error(`npm ci ended with exit code ${code}; what it said is above`);
}

/**
 * Why packages must be installed, or null when they are as locked. npm leaves a record of what it installed; packages
 * for other platforms are optional in the lock and absent from the record.
 * @param {{ locked: any, installed: any, hasNode: boolean }} found
 * @returns {string | null}
 */
export function installReason({ locked, installed, hasNode }) {
  if (installed === null) return 'The packages are not installed';
  if (!hasNode) return 'Node 24 is not installed beside the packages';
  const wanted = locked.packages;
  const present = installed.packages;
  const isOther = (/** @type {string} */ path) => present[path]?.version !== wanted[path]?.version;
  const isMissing = (/** @type {string} */ path) => path !== '' && !wanted[path].optional && !wanted[path].devOptional;
  const differs = Object.keys(present).some(isOther) || Object.keys(wanted).filter(isMissing).some(isOther);
  return differs ? 'The packages are not those of package-lock.json' : null;
}

/** The Node 24 among the packages, which reads TypeScript. */
export function nodeProgram() {
  return join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * Runs a TypeScript program of this project under Node 24, and gives its exit code. The program hears when we are gone,
 * and the signals of a terminal reach it by themselves; the others are handed on.
 * @param {string} program
 * @param {readonly string[]} args
 */
export function runProgram(program, args) {
  const stdio = /** @type {const} */ (['inherit', 'inherit', 'inherit', 'ipc']);
  return run([nodeProgram()], [join(ROOT, program), ...args], stdio);
}

/** npm as it was called, else the one on the path. */
function npm() {
  const program = process.env['npm_execpath'];
  if (program !== undefined && program.endsWith('.js')) return [process.execPath, program];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** @returns {Promise<number>} */
function run([program, ...before], args, stdio = ['ignore', 'ignore', 'inherit']) {
  return new Promise((resolve, reject) => {
    const isScript = program.endsWith('.cmd');
    const child = spawn(program, [...before, ...args], { cwd: ROOT, stdio, shell: isScript });
    const handOn = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', handOn).on('SIGHUP', handOn);
    const watch = watchParent(() => handOn('SIGTERM'));
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(watch);
      process.off('SIGTERM', handOn).off('SIGHUP', handOn);
      resolve(code ?? 1);
    });
  });
}

/** npm ends its shell when it is told to stop, but the shell does not tell us: then we only see that it is gone. */
function watchParent(onGone) {
  const parent = process.ppid;
  const isUnderNpm = process.env['npm_lifecycle_event'] !== undefined;
  return setInterval(() => isUnderNpm && process.ppid !== parent && onGone(), 500);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
