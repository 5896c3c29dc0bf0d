import { describe, expect, test } from 'vitest';

import { chassisSerialOf, nvlinkDomainOf, rackOfDomain, trayOf } from '#shared/model/gpu-place.ts';

const CLUSTER = 'A1B2C3D4-0000-4000-8000-000000000007';

describe('an NVLink domain', () => {
  test.each([
    [
      'two cliques of one cluster are two domains',
      { clusterUuid: CLUSTER, cliqueId: '2' },
      `${CLUSTER.toLowerCase()}/2`,
    ],
    ['a clique that nobody tells is the first', { clusterUuid: CLUSTER, cliqueId: null }, `${CLUSTER.toLowerCase()}/0`],
    ['zeros end at the node', { clusterUuid: '00000000-0000-0000-0000-000000000000', cliqueId: '0' }, null],
    ['no cluster, no domain', { clusterUuid: null, cliqueId: '0' }, null],
  ])('%s', (_, fabric, domain) => {
    expect(nvlinkDomainOf(fabric)).toBe(domain);
  });

  test('tells one rack for all cliques of its cluster', () => {
    const [one, other] = ['1', '2'].map((cliqueId) => rackOfDomain(nvlinkDomainOf({ clusterUuid: CLUSTER, cliqueId })));
    expect(one).toBe(`NVLink ${CLUSTER.toLowerCase()}`);
    expect(other).toBe(one);
    expect(rackOfDomain(null)).toBeNull();
  });
});

describe('a tray', () => {
  test.each([
    [{ chassisSerial: '182', slot: '14', host: '1', trayIndex: '4' }, 'chassis 182, slot 14, host 1'],
    [{ chassisSerial: '182', slot: '14', host: null, trayIndex: '4' }, 'chassis 182, slot 14'],
    [{ chassisSerial: null, slot: '14', host: '1', trayIndex: '4' }, 'tray 4'],
    [{ chassisSerial: null, slot: '1', host: '1', trayIndex: '0' }, 'tray 0'],
    [{ chassisSerial: null, slot: '0', host: '1', trayIndex: '0' }, null],
    [{ chassisSerial: '182', slot: null, host: '1', trayIndex: null }, null],
  ])('of %o is %s', (mounting, tray) => {
    expect(trayOf(mounting)).toBe(tray);
  });
});

describe('a chassis serial number', () => {
  test.each([
    ['1820000000001', '1820000000001'],
    // Sixteen bytes that hold the letters of a number, as some releases of DCGM write them.
    ['31383230-3030-3030-3030-303031000000', '1820000000001'],
    ['3f26f0de-f26b-deaa-0000-000000000000', '3f26f0de-f26b-deaa-0000-000000000000'],
    ['00000000-0000-0000-0000-000000000000', null],
    ['0', null],
    [null, null],
  ])('written as %s is %s', (text, serial) => {
    expect(chassisSerialOf(text)).toBe(serial);
  });
});
