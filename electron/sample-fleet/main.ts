import { parseArgs } from 'node:util';

import { epochMs, type EpochMs } from '#shared/time/instant.ts';

import { historyHoursDefault, startSampleFleet, type SampleFleetOptions } from './server.ts';

/** Starts the sample fleet, prints where it is as one line of JSON, and runs until told to stop. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      seed: { type: 'string', default: '7' },
      anchor: { type: 'string' },
      'history-hours': { type: 'string', default: String(historyHoursDefault) },
      'end-with-parent': { type: 'boolean', default: false },
    },
  });
  const options: SampleFleetOptions = {
    port: wholeNumber('port', values.port),
    seed: wholeNumber('seed', values.seed),
    historyHours: wholeNumber('history-hours', values['history-hours']),
    now: () => epochMs(Date.now()),
    ...(values.anchor === undefined ? {} : { anchor: instantOf(values.anchor) }),
  };
  const fleet = await startSampleFleet(options);
  const { url } = fleet;
  const { historyHours } = options;
  const place = { url, sd: `${url}/sd`, prometheus: `${url}/prometheus`, historyHours };
  console.log(JSON.stringify(place));
  const stop = () => void fleet.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (values['end-with-parent']) process.stdin.once('end', stop).once('close', stop).resume();
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} wants a whole number, got "${text}"`);
  return value;
}

function instantOf(text: string): EpochMs {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw new Error(`--anchor wants an ISO instant, got "${text}"`);
  return epochMs(value);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
