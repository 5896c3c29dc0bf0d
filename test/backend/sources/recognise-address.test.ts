import { afterAll, beforeAll, expect, test } from 'vitest';

import { systemClock } from '#backend/clock.ts';
import { recogniseAddress } from '#backend/sources/recognise-address.ts';
import { startSampleFleet, type SampleFleet } from '#electron/sample-fleet/server.ts';
import { startFaultServer, type FaultServer } from '../../fakes/fault-server.ts';

let fleet: SampleFleet;
let server: FaultServer;
beforeAll(async () => {
  fleet = await startSampleFleet({ now: () => systemClock.now(), historyHours: 1 });
  server = await startFaultServer();
});
afterAll(async () => {
  await fleet.close();
  await server.close();
});

const recognised = async (address: string) => recogniseAddress(address, { clock: systemClock });
const node = '/nodes/dal-b200-01/metrics';

test('a metrics page is scraped', async () => {
  const url = `${fleet.url}${node}`;
  expect(await recognised(url)).toMatchObject({ ok: true, value: { kind: 'scrape', targets: [{ url }] } });
  expect(await recognised(url.replace('http://', ''))).toMatchObject({ ok: true, value: { kind: 'scrape' } });
});

test('several metrics pages are one source', async () => {
  const text = `${fleet.url}${node}, ${fleet.url}/nodes/dal-b200-02/metrics`;
  const found = await recognised(text);
  expect(found).toMatchObject({ ok: true, value: { kind: 'scrape', name: expect.stringMatching(/and 1 more$/) } });
});

test('a list is taken when one of it answers, and keeps those that do not', async () => {
  const bad = server.url('N01');
  expect(await recognised(`${fleet.url}${node}\n${bad}`)).toMatchObject({
    ok: true,
    value: { kind: 'scrape', targets: [{ url: `${fleet.url}${node}` }, { url: bad }] },
  });
});

test.each(['/graph?g0.expr=up', '/query', '/targets?search=', '/api/v1/query?query=up'])(
  'a page of a server, %s, leads to the server',
  async (page) => {
    expect(await recognised(`${fleet.url}/prometheus${page}`)).toMatchObject({
      ok: true,
      value: { kind: 'prometheus', url: `${fleet.url}/prometheus` },
    });
  },
);

test('a Prometheus server is asked for its past too', async () => {
  expect(await recognised(`${fleet.url}/prometheus/`)).toMatchObject({
    ok: true,
    value: { kind: 'prometheus', url: `${fleet.url}/prometheus`, use: 'live', backfillHours: 168 },
  });
});

test('a list of targets is followed', async () => {
  expect(await recognised(`${fleet.url}/sd`)).toMatchObject({
    ok: true,
    value: { kind: 'discovery', url: `${fleet.url}/sd` },
  });
});

test.each([
  ['nothing', () => '  ', /Enter the address/],
  ['no address', () => 'http://', /is not an address/],
  ['nobody there', () => server.url('N01'), /refused/i],
  ['a login page', () => server.url('N10/html'), /HTML|login/i],
  ['a path that is not there', () => `${fleet.url}/elsewhere`, /404/],
  ['two bad pages', () => `${server.url('N01')} ${fleet.url}/elsewhere`, /refused/i],
  ['a path', () => '/var/log/gpus.xml', /chosen in the window/],
  ['a file', () => 'gpus.xml', /./],
])('%s is refused, with what came back', async (_, address, reason) => {
  expect(await recognised(address())).toEqual({ ok: false, failure: expect.stringMatching(reason) });
});
