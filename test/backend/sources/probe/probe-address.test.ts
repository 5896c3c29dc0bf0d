import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { probe } from '#backend/sources/probe/probe.ts';
import { startSampleFleet, type SampleFleet } from '#electron/sample-fleet/server.ts';
import { goodMetrics } from '../../../fakes/fault-server.ts';

let fleet: SampleFleet;
let exporter: { readonly url: string; close(): Promise<void> };
beforeAll(async () => {
  fleet = await startSampleFleet({ now: () => systemClock.now(), historyHours: 1 });
  exporter = await startExporter();
});
afterAll(async () => {
  await fleet.close();
  await exporter.close();
});

/** Metrics at one path, a page for people at another, beneath `/prom` a server whose start page leads to its screens. */
async function startExporter(): Promise<typeof exporter> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics')
      return void response.writeHead(200, { 'content-type': 'text/plain' }).end(goodMetrics);
    if (request.url === '/prom') return void response.writeHead(302, { location: '/prom/graph' }).end();
    if (request.url === '/prom/api/v1/query') {
      const data = { resultType: 'vector', result: [] };
      return void response.writeHead(200).end(JSON.stringify({ status: 'success', data }));
    }
    if (request.url === '/') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

const probed = async (input: string) => await probe(input, { clock: systemClock, format: null });

test('a server is asked for what it knows of GPUs and engines now', async () => {
  const { answer, signals, jobs } = await probed(`${fleet.url}/prometheus`);
  expect(answer).toMatchObject({ valid: true, format: 'prometheus-api', kind: 'prometheus' });
  expect(answer.gpus.length).toBeGreaterThan(100);
  expect(answer.power.boardWatts).toBeGreaterThan(10_000);
  expect(signals.map(({ of }) => of)).toEqual(expect.arrayContaining(['gpu', 'engine']));
  expect(jobs).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'vllm', tells: ['engine'] })]));
});

test('a server whose start page leads elsewhere is a server', async () => {
  const { answer, jobs } = await probed(`${exporter.url}/prom`);
  expect(answer).toMatchObject({ format: 'prometheus-api', kind: 'prometheus', samples: 0 });
  expect(jobs).toEqual([]);
});

test('a list of targets is followed', async () => {
  const { answer } = await probed(`${fleet.url}/sd`);
  // An engine of the fleet may be restarting just now: then its target is down, and the list not whole.
  expect(answer).toMatchObject({ format: 'prometheus-text', kind: 'dcgm-exporter+engine' });
  expect(answer.problems.filter(({ kind }) => kind === 'down').length).toBeLessThan(3);
  expect(answer.gpus.length).toBeGreaterThan(100);
});

test.each(['', '/'])('an address without a path leads to the metrics (%j)', async (path) => {
  expect((await probed(exporter.url + path)).answer).toMatchObject({
    valid: true,
    samples: 2,
    tokens: { output: 12345 },
  });
});

test('hosts need no scheme, and may be several', async () => {
  const host = exporter.url.replace('http://', '');
  expect((await probed(host)).answer).toMatchObject({ input: host, valid: true, samples: 2 });
  const two = await probed(`${host} 127.0.0.1:1`);
  expect(two.answer).toMatchObject({ valid: false, samples: 2, gpus: [{ powerWatts: 312.5 }] });
  expect(two.answer.problems).toEqual([
    { kind: 'down', line: null, message: expect.stringMatching(/127\.0\.0\.1:1.*refused/) },
  ]);
});

test('an address where nothing can be read says why', async () => {
  expect((await probed(`${exporter.url}/nothing`)).answer).toMatchObject({
    valid: false,
    problems: [{ kind: 'status' }],
  });
  expect((await probed('127.0.0.1:1')).answer).toMatchObject({ valid: false, problems: [{ kind: 'not-found' }] });
});

test('what is neither a file nor an address is a file that is not there', async () => {
  for (const input of ['metrics.txt', './nothing.prom', 'some words'])
    expect((await probed(input)).answer).toMatchObject({ valid: false, problems: [{ kind: 'unreadable' }] });
});
