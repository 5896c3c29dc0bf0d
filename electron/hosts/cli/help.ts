import { COMMANDS, type CommandHelp, type CommandName } from './commands.ts';
import { tableText } from './text-table.ts';

/** The page that `tokenwatt help` prints. */
export function generalHelp(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => [`  ${name}`, summary]);
  return `Tokenwatt: what a million tokens costs, what capacity idles, and what each update saved.

Usage: tokenwatt <command> [options]

${tableText(rows)}
  help COMMAND  options and examples of one command

Exit codes
  0  complete
  1  failure, or an input of probe that could not be read whole
  2  wrong use
  3  done, but less than 95 % of the GPU time was observed, a source is not fresh, or an alert is open
  4  refused input, or a file that is there already
  5  locked by another Tokenwatt

Figures go to standard output, messages to standard error. Secrets are never taken as arguments.
From a checkout, write \`npm run -s tokenwatt -- <command>\`.
`;
}

/** The page that `tokenwatt help COMMAND` prints. */
export function commandHelp(name: CommandName): string {
  const command: CommandHelp = COMMANDS[name];
  const rows = Object.entries(command.options).map(([option, { value, help }]) => [
    `  --${option}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  return `tokenwatt ${name}: ${command.summary}

Usage: tokenwatt ${name}${command.arguments === undefined ? '' : ` ${command.arguments}`} [options]

Options
${tableText(rows)}

Examples
${command.examples.map((example) => `  ${example}`).join('\n')}
`;
}
