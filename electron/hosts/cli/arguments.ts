import { parseArgs, type ParseArgsConfig } from 'node:util';
import { PROBE_FORMATS } from '#backend/sources/probe/probe-answer.ts';
import { BREAKDOWN_DIMENSIONS, type BreakdownDimension } from '#shared/contract/backend-api.ts';
import { assertNever } from '#shared/lib/assert.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { TOKEN_BASES, type TokenBasis } from '#shared/model/token-basis.ts';
import { secretName } from '#shared/contract/access-schema.ts';
import { COMMANDS, isCommandName, type CommandHelp, type CommandName } from './commands.ts';
import { textOf, type OptionValues, type WrongUse } from './option-values.ts';
import { readExportCommand, type ExportCommand } from './export-arguments.ts';
import type { ProbeCommand } from './probe.ts';
import type { SecretCommand } from './secret.ts';
import { readReportCommand, type ReportCommand } from './report-arguments.ts';
import { readSnapshotCommand, type SnapshotCommand } from './snapshot-arguments.ts';
import { readServe, type ServeCommand } from './serve-arguments.ts';

export type Command =
  | { readonly kind: 'help'; readonly command: CommandName | null }
  | { readonly kind: 'version' }
  | NowCommand
  | CostCommand
  | { readonly kind: 'alerts'; readonly data: string | null; readonly isJson: boolean }
  | { readonly kind: 'sources'; readonly data: string | null; readonly isJson: boolean }
  | ExportCommand
  | ProbeCommand
  | ReportCommand
  | { readonly kind: 'open'; readonly data: string | null; readonly opensBrowser: boolean }
  | { readonly kind: 'sample-fleet'; readonly arguments: readonly string[] }
  | SecretCommand
  | SnapshotCommand
  | ServeCommand;

/** Whom a question is asked: a snapshot, else whoever holds the data folder. */
export type Asked = { readonly data: string | null; readonly snapshot: string | null };

export type NowCommand = Asked & { readonly kind: 'now'; readonly isJson: boolean; readonly basis: TokenBasis };

export type CostCommand = Asked & {
  readonly kind: 'cost';
  readonly isJson: boolean;
  readonly basis: TokenBasis;
  readonly by: BreakdownDimension;
  /** As typed: what `now` means is known when the backend answers. */
  readonly from: string;
  readonly to: string;
};

/** Reads the arguments after the program's name. */
export function readCommand(argv: readonly string[]): Result<Command, WrongUse> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h') return succeed({ kind: 'help', command: null });
  if (name === '--version' || name === '-v') return succeed({ kind: 'version' });
  if (name === 'help') return readHelp(rest);
  if (!isCommandName(name)) return fail({ message: `there is no command "${name}"; tokenwatt help lists them` });
  if (rest.includes('--help') || rest.includes('-h')) return succeed({ kind: 'help', command: name });
  const options = readOptions(name, rest);
  return options.ok ? readValues(name, options.value) : options;
}

function readHelp([command]: readonly string[]): Result<Command, WrongUse> {
  if (command === undefined) return succeed({ kind: 'help', command: null });
  if (isCommandName(command)) return succeed({ kind: 'help', command });
  return fail({ message: `there is no command "${command}"; tokenwatt help lists them` });
}

type Typed = { readonly values: OptionValues; readonly inputs: readonly string[] };

function readOptions(name: CommandName, args: readonly string[]): Result<Typed, WrongUse> {
  const command: CommandHelp = COMMANDS[name];
  const options: NonNullable<ParseArgsConfig['options']> = command.options;
  const allowPositionals = command.arguments !== undefined;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals });
    return succeed({ values, inputs: positionals });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    return fail({ message: `${message}; tokenwatt help ${name} lists the options` });
  }
}

function readValues(name: CommandName, { values, inputs }: Typed): Result<Command, WrongUse> {
  const data = textOf(values, 'data');
  const isJson = values['json'] === true;
  switch (name) {
    case 'now': {
      const basis = readOneOf(TOKEN_BASES, 'basis', textOf(values, 'basis') ?? 'billed');
      return basis.ok
        ? succeed({ kind: 'now', data, snapshot: textOf(values, 'snapshot'), isJson, basis: basis.value })
        : basis;
    }
    case 'cost':
      return readCost(values);
    case 'sources':
    case 'alerts':
      return succeed({ kind: name, data, isJson });
    case 'probe':
      return readProbe(values, inputs);
    case 'export':
      return readExportCommand(values, inputs);
    case 'report':
      return readReportCommand(values);
    case 'secret':
      return readSecretCommand(data, inputs);
    case 'snapshot':
      return readSnapshotCommand(values, inputs);
    case 'open':
      return succeed({ kind: 'open', data, opensBrowser: values['no-open'] !== true });
    case 'sample-fleet':
      return succeed({ kind: 'sample-fleet', arguments: passedOn(values) });
    case 'serve':
      return readServe(values);
    default:
      return assertNever(name);
  }
}

function readProbe(values: OptionValues, inputs: readonly string[]): Result<ProbeCommand, WrongUse> {
  if (inputs.length === 0) return fail({ message: 'probe wants files or addresses; tokenwatt help probe shows how' });
  const typed = textOf(values, 'format');
  const format = typed === null ? succeed(null) : readOneOf(PROBE_FORMATS, 'format', typed);
  if (!format.ok) return format;
  return succeed({ kind: 'probe', inputs, isJson: values['json'] === true, format: format.value });
}

function readSecretCommand(data: string | null, inputs: readonly string[]): Result<SecretCommand, WrongUse> {
  const [action, name] = inputs;
  if (action === 'list' && inputs.length === 1) return succeed({ kind: 'secret', data, action, name: null });
  if ((action !== 'set' && action !== 'remove') || name === undefined || inputs.length > 2) {
    return fail({ message: 'secret wants set NAME, remove NAME or list; the value comes by standard input' });
  }
  const parsed = secretName.safeParse(name);
  return parsed.success
    ? succeed({ kind: 'secret', data, action, name: parsed.data })
    : fail({ message: parsed.error.issues[0]?.message ?? 'this is no name of a secret' });
}

function readCost(values: OptionValues): Result<CostCommand, WrongUse> {
  const basis = readOneOf(TOKEN_BASES, 'basis', textOf(values, 'basis') ?? 'billed');
  if (!basis.ok) return basis;
  const by = readOneOf(BREAKDOWN_DIMENSIONS, 'by', textOf(values, 'by') ?? 'model');
  if (!by.ok) return by;
  return succeed({
    kind: 'cost',
    data: textOf(values, 'data'),
    snapshot: textOf(values, 'snapshot'),
    isJson: values['json'] === true,
    basis: basis.value,
    by: by.value,
    from: textOf(values, 'from') ?? 'now-24h',
    to: textOf(values, 'to') ?? 'now',
  });
}

function readOneOf<Member extends string>(
  members: readonly Member[],
  option: string,
  text: string,
): Result<Member, WrongUse> {
  const member = members.find((candidate) => candidate === text);
  return member === undefined ? fail({ message: `--${option} is one of ${members.join(', ')}` }) : succeed(member);
}

function passedOn(values: OptionValues): readonly string[] {
  return Object.entries(values).flatMap(([option, value]) => (typeof value === 'string' ? [`--${option}`, value] : []));
}
