import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildMissing, RENDERER_BUILD, WINDOW_BUILD } from '#electron/hosts/start/build-missing.ts';
import { runProgram } from '#electron/hosts/start/run-program.ts';
import { pathOf, PROGRAMS, type ProgramName } from '../machine-has.ts';
import { lastLine, merged, outcomeOf, type Outcome, type VitestReport } from './outcome.ts';

/** `npm test` once the packages are there: builds, checks, tests, and one last line that counts all of it. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Each is one check of the count. They are the steps of `npm run check`, whose commands stand in package.json. */
const CHECKS = ['check:types', 'check:lint', 'check:format', 'check:unused'] as const;

const outcomes = [await built(), ...CHECKS.map(checked), await tested(process.argv.slice(2))];
const outcome = merged(outcomes);
report(outcome);
process.exitCode = outcome.failed.length === 0 ? 0 : 1;
if (process.connected) process.disconnect();

async function built(): Promise<Outcome> {
  return checkOutcome('build', await buildMissing(ROOT, [RENDERER_BUILD, WINDOW_BUILD], say));
}

function checked(script: (typeof CHECKS)[number]): Outcome {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const path = [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(process.platform === 'win32' ? ';' : ':');
  const options = { cwd: ROOT, shell: true, encoding: 'utf8', env: { ...process.env, PATH: path } } as const;
  const { status, stdout, stderr } = spawnSync(scripts[script] ?? 'false', options);
  say(`${status === 0 ? 'ok  ' : 'FAIL'} ${script}`);
  if (status !== 0) say(stdout + stderr);
  return checkOutcome(script, status === 0);
}

function checkOutcome(name: string, isGood: boolean): Outcome {
  return isGood ? { passed: 1, failed: [], skipped: [] } : { passed: 0, failed: [name], skipped: [] };
}

async function tested(args: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-test-'));
  const file = join(folder, 'report.json');
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await runProgram(
    process.execPath,
    [vitest, 'run', '--config', 'test/vitest.config.ts', ...reporters, ...args],
    {
      cwd: ROOT,
    },
  );
  const found = existsSync(file) ? outcomeOf(JSON.parse(readFileSync(file, 'utf8')) as VitestReport) : null;
  rmSync(folder, { recursive: true });
  if (found === null) return checkOutcome('vitest', false);
  // A run can fail without a failed test, as by an error that no test caught.
  return code === 0 || found.failed.length > 0 ? found : merged([found, checkOutcome('vitest', false)]);
}

function report(outcome: Outcome): void {
  const missing = (Object.keys(PROGRAMS) as ProgramName[]).filter((name) => pathOf(name) === null);
  say('');
  for (const name of outcome.failed) say(`failed   ${name}`);
  for (const name of outcome.skipped) say(`skipped  ${name}`);
  for (const name of missing)
    say(`This machine has no ${name}; tests that need it are skipped. To have them: ${PROGRAMS[name].install}`);
  say(lastLine(outcome));
}
