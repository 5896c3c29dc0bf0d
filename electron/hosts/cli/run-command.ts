import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { dataFolderOf } from '#electron/hosts/data-folder.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { assertNever } from '#shared/lib/assert.ts';
import { succeed, type Result } from '#shared/lib/result.ts';
import { alertsReport } from './alerts.ts';
import { readCommand, type Command } from './arguments.ts';
import { costReport } from './cost.ts';
import { EXIT, type CommandFailure, type ExitCode } from './exit-codes.ts';
import { commandHelp, generalHelp } from './help.ts';
import { nowReport } from './now.ts';
import { open } from './open.ts';
import { reachBackend, reachSnapshot } from './reach-backend.ts';
import type { Report } from './report.ts';
import { sourcesReport } from './sources.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs one command line to its end and gives the exit code. Failures are said on standard error. */
export async function runCommand(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const command = readCommand(argv);
  if (!command.ok) {
    surroundings.say(`tokenwatt: ${command.failure.message}`);
    return EXIT.wrongUse;
  }
  const outcome = await carryOut(command.value, surroundings);
  if (outcome.ok) return outcome.value;
  surroundings.say(`tokenwatt: ${outcome.failure.message}`);
  return outcome.failure.code;
}

/** The commands that hold a backend are loaded when they run: the others need not wait for it. */
async function carryOut(command: Command, surroundings: Surroundings): Promise<Result<ExitCode, CommandFailure>> {
  switch (command.kind) {
    case 'help':
      surroundings.out(command.command === null ? generalHelp() : commandHelp(command.command));
      return succeed(EXIT.complete);
    case 'version':
      surroundings.out(programVersion());
      return succeed(EXIT.complete);
    case 'now':
      return await ask(command, surroundings, (client) => nowReport(client, command.basis));
    case 'cost':
      return await ask(command, surroundings, (client) => costReport(client, command));
    case 'alerts':
      return await ask(command, surroundings, alertsReport);
    case 'sources':
      return await ask(command, surroundings, sourcesReport);
    case 'serve':
      return await (await import('./serve.ts')).serve(command, surroundings);
    case 'probe':
      return succeed(await (await import('./probe.ts')).probeInputs(command, surroundings));
    case 'report':
      return await (await import('./write-report.ts')).report(command, surroundings);
    case 'secret':
      return await (await import('./secret.ts')).secret(command, surroundings);
    case 'export':
      return await (await import('./export-facts.ts')).exportFacts(command, surroundings);
    case 'snapshot':
      return await (await import('./snapshot.ts')).snapshot(command, surroundings);
    case 'open':
      return await open(command, surroundings);
    case 'sample-fleet':
      return succeed(await runSampleFleet(command.arguments, surroundings.stop));
    default:
      return assertNever(command);
  }
}

type Question = { readonly data: string | null; readonly snapshot?: string | null; readonly isJson: boolean };

/** Reaches a backend, makes a report and prints it: figures to standard output, warnings to standard error. */
async function ask(
  { data, snapshot = null, isJson }: Question,
  { env, out, say }: Surroundings,
  report: (client: BackendClient) => Promise<Result<Report, CommandFailure>>,
): Promise<Result<ExitCode, CommandFailure>> {
  const reached = await (snapshot === null ? reachBackend(data ?? dataFolderOf(env)) : reachSnapshot(snapshot));
  if (!reached.ok) return reached;
  const made = await report(reached.value.client);
  await reached.value.close();
  if (!made.ok) return made;
  const { json, text, warnings } = made.value;
  out(isJson ? JSON.stringify(json, null, 2) : text);
  for (const warning of warnings) say(`warning: ${warning}`);
  return succeed(warnings.length > 0 ? EXIT.dataQuality : EXIT.complete);
}

function programVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** The sample fleet as it is, in the foreground: it prints its own addresses. */
async function runSampleFleet(args: readonly string[], stop: AbortSignal): Promise<ExitCode> {
  const program = fileURLToPath(new URL('../../sample-fleet/main.ts', import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  stop.addEventListener('abort', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0 || code === null ? EXIT.complete : code === 2 ? EXIT.wrongUse : EXIT.failure;
}
