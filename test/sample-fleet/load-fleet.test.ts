import { afterAll, beforeAll, expect, test } from 'vitest';

import { startLoadFleet } from '#electron/sample-fleet/load-fleet.ts';
import { epochMs } from '#shared/time/instant.ts';

import { sampleLines, valuesOf } from './exposition-lines.ts';

let now = epochMs(Date.parse('2026-11-24T15:00:00Z'));
let fleet: Awaited<ReturnType<typeof startLoadFleet>>;
beforeAll(async () => {
  fleet = await startLoadFleet({ targets: 3, gpusPerTarget: 12, hasEngines: true, now: () => now });
});
afterAll(() => fleet.close());

async function textOf(path: string): Promise<string> {
  return (await fetch(`${fleet.url}${path}`)).text();
}

test('a node of the load fleet has 61 series on each of its GPUs, and GPUs of their own', async () => {
  const lines = [...sampleLines(await textOf('/t/0/metrics')), ...sampleLines(await textOf('/t/2/metrics'))];
  expect(lines).toHaveLength(2 * 12 * 61);
  expect(new Set(lines.map((line) => line.labels['UUID'])).size).toBe(24);
});

test('counters of the load fleet grow, keep their parts in order, and gauges stay in bounds', async () => {
  const first = [valuesOf(await textOf('/t/1/metrics')), valuesOf(await textOf('/e/1/metrics'))];
  now = epochMs(now + 86_400_000);
  const second = [valuesOf(await textOf('/t/1/metrics')), valuesOf(await textOf('/e/1/metrics'))];
  for (const [at, before] of first.entries()) {
    const isCounter = /(_total|_bucket|_count|_sum|ENERGY_CONSUMPTION|VIOLATION)\[/;
    const counters = [...before].filter(([series, value]) => isCounter.test(series) && value > 0);
    expect(counters.length).toBeGreaterThan(50);
    for (const [series, value] of counters) expect(second[at]!.get(series)!, series).toBeGreaterThanOrEqual(value);
  }
  const lines = sampleLines(await textOf('/e/1/metrics'));
  const buckets = lines
    .filter((line) => line.name === 'vllm:e2e_request_latency_seconds_bucket')
    .map((line) => line.value);
  expect(buckets).toEqual(buckets.toSorted((left, right) => left - right));
  const power = sampleLines(await textOf('/t/1/metrics')).filter((line) => line.name === 'DCGM_FI_DEV_POWER_USAGE');
  expect(power.every((line) => line.value >= 400 && line.value < 900)).toBe(true);
});

test('service discovery of the load fleet lists targets that answer, and nothing else does', async () => {
  const groups = (await (await fetch(`${fleet.url}/sd`)).json()) as { labels: Record<string, string> }[];
  expect(groups).toHaveLength(6);
  for (const { labels } of groups) expect((await fetch(`${fleet.url}${labels['__metrics_path__']}`)).status).toBe(200);
  expect((await fetch(`${fleet.url}/t/3/metrics`)).status).toBe(404);
});
