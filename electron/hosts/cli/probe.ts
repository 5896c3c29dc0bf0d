import type { Probe, ProbeFormat } from '#backend/sources/probe/probe-answer.ts';
import { probe } from '#backend/sources/probe/probe.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { jobsText } from './jobs-text.ts';
import { signalsText } from './signals-text.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { plainText } from './plain-text.ts';
import type { Surroundings } from './surroundings.ts';
import { tableText } from './text-table.ts';

export type ProbeCommand = {
  readonly kind: 'probe';
  readonly inputs: readonly string[];
  readonly isJson: boolean;
  readonly format: ProbeFormat | null;
};

/** Reads each input as a poll would, and prints what was found; one that cannot be read whole makes the exit code 1. */
export async function probeInputs(
  { inputs, isJson, format }: ProbeCommand,
  { clock, out, say }: Pick<Surroundings, 'clock' | 'out' | 'say'>,
): Promise<ExitCode> {
  let areAllValid = true;
  for (const [index, input] of inputs.entries()) {
    // One after the other: an input may be large, and the answers come in the order asked.
    const { answer, signals, jobs } = await probe(input, { clock, format });
    areAllValid &&= answer.valid;
    out(
      isJson
        ? JSON.stringify(answer)
        : `${index === 0 ? '' : '\n'}${textOf(answer)}${jobsText(jobs)}${signalsText(signals)}`,
    );
    if (!isJson) for (const line of problemLines(answer)) say(line);
  }
  return areAllValid ? EXIT.complete : EXIT.failure;
}

function textOf({ input, valid, format, samples, kind, engine, gpus, power, tokens, requests }: Probe): string {
  const rows = [
    ['input', input],
    ['readable', valid ? 'all of it' : 'not all of it: see the messages'],
    ['format', format],
    ['samples', formatWithUnit(samples, 'count')],
    ['kind', kind],
    ...(engine === null ? [] : engineRows(engine)),
    ...(gpus.length === 0
      ? []
      : [['GPUs', `${gpus.length} (${[...new Set(gpus.map(({ name }) => name ?? 'unnamed'))].join(', ')})`]]),
    ...(power.boardWatts === null ? [] : [['power', `${formatWithUnit(power.boardWatts, 'W')}, GPU board`]]),
    ...(power.moduleWatts === null
      ? []
      : [['power', `${formatWithUnit(power.moduleWatts, 'W')}, superchip module, GPU boards included`]]),
    ...(tokens === null ? [] : tokenRows(tokens)),
    ...(requests === null
      ? []
      : [
          ['running', countText(requests.running)],
          ['waiting', countText(requests.waiting)],
        ]),
  ];
  return tableText(rows);
}

function engineRows({ name, version, versionFrom, models }: NonNullable<Probe['engine']>): readonly string[][] {
  const known = version === null ? 'unknown' : `${version}${versionFrom === null ? '' : ` (from ${versionFrom})`}`;
  return [
    ['engine', name],
    ['version', known],
    ['models', models.join(', ')],
  ];
}

function tokenRows({ input, cachedInput, output }: NonNullable<Probe['tokens']>): readonly string[][] {
  return [
    ['input tokens', formatWithUnit(input, 'token')],
    ['cached input tokens', formatWithUnit(cachedInput, 'token')],
    ['output tokens', formatWithUnit(output, 'token')],
  ];
}

function countText(count: number | null): string {
  return formatWithUnit(count, 'count');
}

function problemLines({ input, problems }: Probe): readonly string[] {
  return problems.map(
    ({ line, message }) => `${plainText(input)}${line === null ? '' : `:${line}`}: ${plainText(message)}`,
  );
}
