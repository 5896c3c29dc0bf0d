import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { getMetricsFromIterator } from 'prom2javascript';
import type { BenchRow } from './bench-row.ts';
import { dcgmBody } from './dcgm-body.ts';

// What npm has for this job, looked up in 2026-11. Tried, and both in this table: parse-prometheus-text-format 1.1.1 (the
// most used, 240,000 downloads a month) and prom2javascript 0.2.0 (15,000), which is the faster. "Fastest npm parser"
// below is the faster one of each round. Found but not tried: metrics-object-parser (a fork of the first), exposition and
// prom2json-se, which a list of the registry's packages in use does not name.

const BODY_BYTES = 10_000_000;
const BODIES = 5;
const ROUNDS = 7;
const MB = 1e6;
/** Our readers need some microseconds for what takes the others a second: one timing spans several of our reads. */
const READS_PER_ROUND = 10;

type Throughput = {
  readonly repeat: number;
  readonly first: number;
  readonly format: number;
  readonly javascript: number;
};

/** Our reader beside the npm parsers on the same bodies, in alternating rounds. */
export async function benchParser(): Promise<BenchRow[]> {
  const bodies = Array.from({ length: BODIES }, (_, poll) => dcgmBody(BODY_BYTES, poll));
  const rounds: Throughput[] = [];
  // The first round warms up all four and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    const throughput = {
      repeat: repeatThroughput(bodies),
      first: firstThroughput(bodies),
      format: await throughputOf(bodyOf(bodies, round), (body) => parsePrometheusTextFormat(body.toString('utf8'))),
      javascript: await throughputOf(bodyOf(bodies, round), (body) =>
        getMetricsFromIterator(body.toString('utf8').split('\n').values()),
      ),
    };
    if (round > 0) rounds.push(throughput);
  }
  return rowsOf(rounds);
}

function rowsOf(rounds: readonly Throughput[]): BenchRow[] {
  const fastest = (round: Throughput) => Math.max(round.format, round.javascript);
  const repeatRatio = medianOf(rounds.map((round) => round.repeat / fastest(round)));
  const firstRatio = medianOf(rounds.map((round) => round.first / fastest(round)));
  const firstSpeed = medianOf(rounds.map((round) => round.first));
  const reference =
    `parse-prometheus-text-format ${shownSpeed(medianOf(rounds.map((round) => round.format)))}, ` +
    `prom2javascript ${shownSpeed(medianOf(rounds.map((round) => round.javascript)))}`;
  return [
    {
      name: 'parser: 10 MB dcgm-exporter body, layout known',
      ours: shownSpeed(medianOf(rounds.map((round) => round.repeat))),
      reference,
      ratio: `${repeatRatio.toFixed(1)}x`,
      target: '>= 4x the fastest npm parser',
      met: repeatRatio >= 4,
    },
    {
      name: 'parser: 10 MB dcgm-exporter body, first read',
      ours: shownSpeed(firstSpeed),
      reference,
      ratio: `${firstRatio.toFixed(1)}x`,
      target: '>= 150 MB/s',
      met: firstSpeed >= 150,
    },
  ];
}

function repeatThroughput(bodies: readonly Buffer[]): number {
  const reader = createExpositionReader();
  reader.read(bodyOf(bodies, 0), 'prometheus-text');
  const start = performance.now();
  let bytes = 0;
  for (let poll = 1; poll <= READS_PER_ROUND; poll++) {
    const body = bodyOf(bodies, poll);
    if (!reader.read(body, 'prometheus-text').ok) throw new Error('our own body was refused');
    bytes += body.length;
  }
  return megabytesPerSecond(bytes, start);
}

function firstThroughput(bodies: readonly Buffer[]): number {
  const start = performance.now();
  let bytes = 0;
  for (const body of bodies) {
    createExpositionReader().read(body, 'prometheus-text');
    bytes += body.length;
  }
  return megabytesPerSecond(bytes, start);
}

async function throughputOf(body: Buffer, parse: (body: Buffer) => unknown): Promise<number> {
  const start = performance.now();
  await parse(body);
  return megabytesPerSecond(body.length, start);
}

function megabytesPerSecond(bytes: number, start: number): number {
  return bytes / MB / ((performance.now() - start) / 1000);
}

function bodyOf(bodies: readonly Buffer[], poll: number): Buffer {
  return bodies[poll % bodies.length]!;
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!;
}

function shownSpeed(speed: number): string {
  return `${speed.toFixed(0)} MB/s`;
}

if (import.meta.main) console.table(await benchParser());
