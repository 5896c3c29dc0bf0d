import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseNvidiaSmiXml } from '#backend/sources/nvidia-smi/parse-nvidia-smi-xml.ts';
import type { NvidiaSmiReport } from '#backend/sources/nvidia-smi/parse-nvidia-smi.ts';
import {
  fabric,
  gpu,
  layeredPower,
  log,
  logAt,
  migDevice,
  oldPower,
  platform,
  reasons,
  splitPower,
} from './smi-xml.ts';

const parse = (xml: string) => parseNvidiaSmiXml(Buffer.from(xml), 'here');
const report = async (xml: string): Promise<NvidiaSmiReport> => {
  const read = await parse(xml);
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
};
const refusal = async (xml: string | Uint8Array) => {
  const read = await parseNvidiaSmiXml(Buffer.from(xml), null);
  return read.ok ? null : read.failure.kind;
};
const MIB = 2 ** 20;
const fabricState = '<fabric><state>Completed</state><status>Success</status></fabric>';
const mounted = platform('1820000000001', 14, 4, 1) + fabric('a1b2c3d4-0000-4000-8000-000000000007', 2);

describe('the output of nvidia-smi -q -x', () => {
  it('becomes a sample in base units', async () => {
    const xml = log(
      '580.1.2',
      13,
      gpu(3, splitPower('gpu', '612.50 W', '640.00 W') + reasons('event', 'sw_power_cap')),
    );
    const { gpus, driverVersion, cudaVersion, problems } = await report(xml);
    expect({ driverVersion, cudaVersion, problems }).toEqual({
      driverVersion: '580.1.2',
      cudaVersion: '12.9',
      problems: [],
    });
    expect(gpus).toEqual([
      {
        productName: 'NVIDIA Test-3',
        pciBusId: '00000003:0A:00.0',
        sample: {
          gpu: 'GPU-00000003-aaaa-bbbb-cccc-000000000000',
          origin: 'nvidia-smi',
          sku: 'NVIDIA Test 3',
          index: '0',
          driverVersion: '580.1.2',
          cudaVersion: '12.9',
          boardSerial: '1234500000001',
          domain: null,
          tray: null,
          workloads: [],
          migDevices: [],
          processes: [],
          moduleWatts: null,
          site: null,
          rack: null,
          pool: null,
          node: 'here',
          energyCounterJoules: null,
          powerWatts: 612.5,
          powerLimitWatts: 1000,
          utilisation: 0.25,
          smActive: null,
          tensorActive: null,
          dramActive: null,
          memoryUsedBytes: 1024 * MIB,
          smClockHertz: 1.515e9,
          temperatureCelsius: 51,
          clockEventReasons: 0x4,
          powerHeldSeconds: null,
          nvlinkBytes: null,
          nvlinkBytesPerSecond: null,
          pcieBytesPerSecond: null,
          heatHeldSeconds: null,
          xid: null,
        },
      },
    ]);
  });

  it.each([
    ['510 and 515', '515.1', 11, oldPower('301.25 W') + reasons('throttle', 'gpu_idle'), 301.25, 400, 0x1],
    ['525', '525.1', 12, oldPower('301.25 W') + reasons('throttle', 'hw_slowdown'), 301.25, 400, 0x8],
    [
      '535 and 536',
      '535.1',
      12,
      layeredPower('gpu', '302.25 W') + layeredPower('module', 'N/A') + reasons('event', 'sync_boost'),
      302.25,
      700,
      0x10,
    ],
    [
      '550',
      '550.54.14',
      12,
      layeredPower('gpu', '303.25 W') + layeredPower('gpu_memory', '44.00 W') + layeredPower('module', 'N/A'),
      303.25,
      700,
      null,
    ],
    [
      'early 570',
      '570.86.15',
      12,
      layeredPower('gpu', '304.25 W') + '<power_smoothing>Insufficient Permissions</power_smoothing>',
      304.25,
      700,
      null,
    ],
    [
      'later 570 and 575',
      '570.124.04',
      12,
      splitPower('gpu', '305.25 W', '1.00 W') + splitPower('gpu_memory', '40.00 W', 'N/A'),
      305.25,
      1000,
      null,
    ],
    [
      '570 on a board without average',
      '570.148.08',
      12,
      splitPower('gpu', 'N/A', '306.25 W') + splitPower('module', 'N/A', 'N/A'),
      306.25,
      1000,
      null,
    ],
    [
      '580',
      '580.1',
      13,
      splitPower('gpu', '307.25 W', '1.00 W') +
        reasons('event') +
        '<clocks_event_reasons_counters><clocks_event_reasons_counters_sw_power_cap>5 us</clocks_event_reasons_counters_sw_power_cap></clocks_event_reasons_counters>',
      307.25,
      1000,
      0,
    ],
    [
      '595',
      '595.1',
      13,
      splitPower('gpu', '308.25 W', '1.00 W').replace('P0', 'Requested functionality has been deprecated') +
        '<edpp_multiplier>N/A</edpp_multiplier>',
      308.25,
      1000,
      null,
    ],
  ])(
    'of driver series %s is read',
    async (_, driver, version, inner, powerWatts, powerLimitWatts, clockEventReasons) => {
      const { gpus, modules } = await report(log(driver, version, gpu(1, inner)));
      expect(gpus.map(({ sample }) => sample)).toMatchObject([
        { powerWatts, powerLimitWatts, clockEventReasons, utilisation: 0.25, driverVersion: driver },
      ]);
      expect(modules).toEqual([]);
    },
  );

  const NO_PLACE = { domain: null, tray: null };
  const PLACE = {
    domain: 'a1b2c3d4-0000-4000-8000-000000000007/2',
    tray: 'chassis 1820000000001, slot 14, host 1',
  };

  it.each([
    ['515', 11, oldPower('150.00 W'), null, NO_PLACE],
    ['525', 12, oldPower('150.00 W') + fabricState, null, NO_PLACE],
    ['535', 12, layeredPower('gpu', '150.00 W') + layeredPower('module', '460.00 W') + fabricState, 460, NO_PLACE],
    ['550', 12, layeredPower('gpu', '150.00 W') + layeredPower('module', '461.00 W') + fabricState, 461, NO_PLACE],
    ['570.86.15', 12, layeredPower('gpu', '150.00 W') + layeredPower('module', '462.00 W') + mounted, 462, PLACE],
    [
      '575',
      12,
      splitPower('gpu', '150.00 W', '1.00 W') + splitPower('module', '463.00 W', '1.00 W') + mounted,
      463,
      PLACE,
    ],
    [
      '580',
      13,
      splitPower('gpu', '150.00 W', '1.00 W') + splitPower('module', 'N/A', '464.00 W') + mounted,
      464,
      PLACE,
    ],
    [
      '595',
      13,
      splitPower('gpu', '150.00 W', '1.00 W') + splitPower('module', '465.00 W', 'N/A') + mounted,
      465,
      PLACE,
    ],
  ])('of a superchip under driver %s is read', async (driver, version, inner, moduleWatts, place) => {
    const { gpus, problems } = await report(log(driver, version, gpu(1, inner), gpu(2, inner)));
    expect(gpus.map(({ sample }) => sample)).toMatchObject([
      { powerWatts: 150, moduleWatts, boardSerial: '1234500000001', ...place },
      { powerWatts: 150, moduleWatts, boardSerial: '1234500000001', ...place },
    ]);
    expect(problems).toEqual([]);
  });

  it('tells the time in which power, and in which heat, held the clocks back', async () => {
    const counted = (name: string, value: string) =>
      `<clocks_event_reasons_counters_${name}>${value}</clocks_event_reasons_counters_${name}>`;
    const counters = [
      counted('sw_power_cap', '2354613 us'),
      counted('sync_boost', '7 us'),
      counted('sw_therm_slowdown', '1000 us'),
      counted('hw_therm_slowdown', 'N/A'),
      counted('hw_power_brake', '0 us'),
    ];
    const inner = `<clocks_event_reasons_counters>${counters.join('')}</clocks_event_reasons_counters>`;
    const { gpus } = await report(log('580.1', 13, gpu(1, inner), gpu(2, '')));
    expect(gpus[0]?.sample.powerHeldSeconds).toBeCloseTo(2.354613, 9);
    expect(gpus[0]?.sample.heatHeldSeconds).toBeCloseTo(0.001, 9);
    expect(gpus[1]?.sample).toMatchObject({ powerHeldSeconds: null, heatHeldSeconds: null });
  });

  it('tells when it was taken, in the time zone of this machine', async () => {
    const { takenAt } = await report(log('580.1', 13, gpu(1, '')));
    expect(takenAt).toBe(new Date(2026, 1, 2, 2, 2, 2).getTime());
    expect((await report(logAt('2026-02-02T02:02:02', '580.1', 13, gpu(1, '')))).takenAt).toBeNull();
  });

  it.each(['event', 'throttle'] as const)(
    'gives all nine clock %s reasons their bit of the NVML mask',
    async (word) => {
      const bits = {
        gpu_idle: 1,
        applications_clocks_setting: 2,
        sw_power_cap: 4,
        hw_slowdown: 8,
        sync_boost: 16,
        sw_thermal_slowdown: 32,
        hw_thermal_slowdown: 64,
        hw_power_brake_slowdown: 128,
        display_clocks_setting: 256,
      };
      for (const [name, bit] of Object.entries(bits)) {
        const { gpus } = await report(log('1', 12, gpu(1, reasons(word, name))));
        expect(gpus[0]?.sample.clockEventReasons, name).toBe(bit);
      }
      const { gpus } = await report(log('1', 12, gpu(1, reasons(word, ...Object.keys(bits)))));
      expect(gpus[0]?.sample.clockEventReasons).toBe(511);
    },
  );

  it('counts the module of a superchip once, as the mean of what its GPUs read', async () => {
    const chip = (number: number, serial: string, module: string) =>
      gpu(number, splitPower('gpu', '150.00 W', '150.00 W') + splitPower('module', module, '9.00 W'), { serial });
    const { gpus, modules } = await report(
      log(
        '580.1',
        13,
        chip(1, '77', '470.00 W'),
        chip(2, '77', '460.00 W'),
        chip(3, '78', '450.00 W'),
        chip(4, '78', 'N/A'),
      ),
    );
    expect(modules.map(({ board, watts }) => ({ board, watts }))).toEqual([
      { board: '77', watts: 465 },
      // Only one of its GPUs has an average; the other gives the instant.
      { board: '78', watts: (450 + 9) / 2 },
    ]);
    expect(gpus.map(({ sample }) => sample.powerWatts)).toEqual([150, 150, 150, 150]);
  });

  it('takes boards that tell no serial, or zeros, for a module each', async () => {
    const chip = (number: number, serial: string) => gpu(number, splitPower('module', '450.00 W', 'N/A'), { serial });
    const { modules } = await report(
      log('580.1', 13, chip(1, '0000000000000'), chip(2, '0000000000000'), chip(3, 'N/A')),
    );
    expect(modules.map(({ watts }) => watts)).toEqual([450, 450, 450]);
  });

  it('lists the slices of a card under MIG, keeps its power whole and gives it no utilisation', async () => {
    const divided = { mig: migDevice(3, 0) + migDevice(5, 1), utilisation: 'N/A' };
    const { gpus } = await report(log('535.1', 12, gpu(1, layeredPower('gpu', '434.00 W'), divided)));
    const memory = { memoryUsedBytes: 12 * MIB, memoryTotalBytes: 19968 * MIB };
    expect(gpus[0]?.sample.migDevices).toEqual([
      { gpuInstance: '3', computeInstance: '0', ...memory },
      { gpuInstance: '5', computeInstance: '1', ...memory },
    ]);
    expect(gpus[0]?.sample).toMatchObject({ utilisation: null, powerWatts: 434 });
  });

  it('tells where the GPU is mounted, its NVLink domain and its processes', async () => {
    const inner =
      platform('1820000000001', 14, 4, 1) +
      fabric('A1B2C3D4-0000-4000-8000-000000000007', 2) +
      '<processes><process_info><pid>77</pid><type>C</type><used_memory>512 MiB</used_memory></process_info>' +
      '<process_info><pid>78</pid><type>G</type><used_memory>22 MiB</used_memory></process_info>' +
      '<process_info><pid>79</pid><type>M+C</type><used_memory>N/A</used_memory></process_info></processes>';
    const { gpus } = await report(log('580.1', 13, gpu(1, inner)));
    expect(gpus[0]?.sample).toMatchObject({
      tray: 'chassis 1820000000001, slot 14, host 1',
      domain: 'a1b2c3d4-0000-4000-8000-000000000007/2',
      processes: [
        { pid: 77, memoryUsedBytes: 512 * MIB },
        { pid: 79, memoryUsedBytes: null },
      ],
    });
  });

  it('tells neither on an HGX machine', async () => {
    const inner = platform('N/A', 'N/A', 'N/A', 'N/A') + fabric('00000000-0000-0000-0000-000000000000', 0);
    const { gpus } = await report(log('580.1', 13, gpu(1, inner)));
    expect(gpus[0]?.sample).toMatchObject({ tray: null, domain: null });
  });

  it('reads a single slice like several', async () => {
    const { gpus } = await report(log('535.1', 12, gpu(1, '', { mig: migDevice(7, 0) })));
    expect(gpus[0]?.sample.migDevices?.map((device) => device.gpuInstance)).toEqual(['7']);
  });

  it.each([
    'N/A',
    '[N/A]',
    '',
    'None',
    'Insufficient Permissions',
    'Requested functionality has been deprecated',
    'Unknown Error',
  ])('takes "%s" for no reading', async (text) => {
    const { gpus, problems } = await report(log('580.1', 13, gpu(1, splitPower('gpu', text, text), { used: text })));
    expect(gpus[0]?.sample).toMatchObject({ powerWatts: null, memoryUsedBytes: null, utilisation: 0.25 });
    expect(problems).toEqual([]);
  });

  it('holds out a number in another unit, and power that cannot be', async () => {
    const milli = await report(log('580.1', 13, gpu(1, splitPower('gpu', '150000 mW', 'N/A'))));
    expect(milli.gpus[0]?.sample.powerWatts).toBeNull();
    expect(milli.problems).toMatchObject([{ kind: 'implausible', message: expect.stringContaining('150000 mW') }]);
    const huge = await report(log('580.1', 13, gpu(1, splitPower('gpu', '150000 W', 'N/A'))));
    expect(huge.gpus[0]?.sample.powerWatts).toBeNull();
    expect(huge.problems).toMatchObject([{ kind: 'implausible', message: expect.stringContaining('above 1500') }]);
  });

  it('keeps a temperature below zero', async () => {
    const { gpus } = await report(log('580.1', 13, gpu(1, '', { temperature: '-4 C' })));
    expect(gpus[0]?.sample.temperatureCelsius).toBe(-4);
  });

  it('names a GPU that is lost beside those that are not', async () => {
    const lost = gpu(2, '').replace(/>[^<>]*\d[^<>]*</g, '>GPU is lost<');
    const { gpus, silent } = await report(log('580.1', 13, gpu(1, ''), lost));
    expect(gpus).toHaveLength(1);
    expect(silent).toEqual(['GPU 1 at 00000002:0A:00.0 gives no reading: GPU is lost']);
  });

  it('counts a UUID that is listed twice once', async () => {
    const { gpus, problems } = await report(log('580.1', 13, gpu(1, ''), gpu(1, '')));
    expect(gpus).toHaveLength(1);
    expect(problems).toMatchObject([{ kind: 'conflict' }]);
  });

  it('tells cards apart by their PCI address where all have one UUID', async () => {
    const masked = gpu(2, '').replace('GPU-00000002-', 'GPU-00000001-');
    const { gpus, problems } = await report(log('580.1', 13, gpu(1, ''), masked));
    const uuid = 'GPU-00000001-aaaa-bbbb-cccc-000000000000';
    expect(gpus.map(({ sample }) => sample.gpu)).toEqual([uuid, `${uuid} at 00000002:0A:00.0`]);
    expect(problems).toMatchObject([{ kind: 'conflict' }]);
  });

  it('is refused without a GPU in it, and when it is something else', async () => {
    expect(await refusal(log('580.1', 13))).toBe('no-gpu');
    expect(await refusal('<html><body>login</body></html>')).toBe('not-nvidia-smi');
  });
});

describe('G13 XML that nvidia-smi would not write', () => {
  const inside = (text: string) => log('1', 12, gpu(1, text));
  const doctype = '<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">';
  const entities = Array.from({ length: 9 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`);

  it.each([
    [
      'a billion laughs',
      inside('&e9;').replace(doctype, `<!DOCTYPE nvidia_smi_log [<!ENTITY e0 "ha">${entities.join('')}]>`),
    ],
    [
      'an external entity',
      inside('&f;').replace(doctype, '<!DOCTYPE nvidia_smi_log [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
    ],
    [
      'a parameter entity',
      inside('').replace(doctype, '<!DOCTYPE nvidia_smi_log [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>'),
    ],
    ['an entity in lower case', inside('').replace(doctype, '<!DOCTYPE nvidia_smi_log [<!entity a "b">]>')],
    ['another document type', inside('').replace('nvsmi_device_v12.dtd', 'http://127.0.0.1/evil.dtd')],
    ['a public document type', inside('').replace('SYSTEM', 'PUBLIC "x"')],
    ['two document types', inside('').replace(doctype, doctype + doctype)],
    [
      'a document type behind one in a comment',
      inside('').replace(doctype, `<!-- ${doctype} --><!DOCTYPE x SYSTEM "y">`),
    ],
    ['a CDATA section', inside('<![CDATA[x]]>')],
    ['nesting without end', inside('<a>'.repeat(100_000))],
    ['nesting hidden behind a quote', inside('<a b="/>">'.repeat(100) + '</a>'.repeat(100))],
    ['a hundred attributes', inside(`<a ${Array.from({ length: 100 }, (_, at) => `a${at}="1"`).join(' ')}/>`)],
  ])('is refused: %s', async (_, xml) => {
    expect(await refusal(xml)).toBe('hostile');
  });

  it('is refused when it is cut short, not text, or too large', async () => {
    expect(await refusal(inside('').slice(0, -40))).toBe('not-xml');
    expect(await refusal(Uint8Array.of(0x3c, 0xff, 0xfe))).toBe('not-xml');
    expect(await refusal(inside('&unknown;'))).toBe('not-xml');
    expect(await refusal(' '.repeat(8 * MIB + 1))).toBe('too-large');
  });

  it('cannot reach the prototype of objects', async () => {
    await report(inside('<__proto__><polluted>1</polluted></__proto__><constructor>2</constructor>'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('may hold comments and the predefined references', async () => {
    const { gpus } = await report(inside('<!-- a > b -->').replace('NVIDIA Test-1', 'A &amp; B &#67;'));
    expect(gpus[0]?.productName).toBe('A & B C');
  });
});

const CAPTURES = join(fileURLToPath(new URL('../../../..', import.meta.url)), '../shared/data/gpu');

/** Read from the files by another XML parser and by eye. */
const CAPTURED: Readonly<Record<string, unknown>> = {
  'a100-sxm4-mig_535.54.03': {
    gpus: [[67.03, 500, null, 50, 1275, 27, 0]],
    slices: 4,
    modules: [],
  },
  'a10g_515.105.01': { gpus: [[25.58, 300, 0, 22, 210, 17, 1]], slices: 0, modules: [] },
  'gb200x4_580.173.02': {
    gpus: [
      [165.93, 1200, 0, 0, 120, 27, 1],
      [168.57, 1200, 0, 0, 120, 28, 1],
      [156.48, 1200, 0, 0, 120, 27, 1],
      [171.99, 1200, 0, 0, 120, 26, 1],
    ],
    slices: 0,
    modules: [
      ['1650000000001', 463.66],
      ['1650000000002', 456.115],
    ],
  },
  'h100x8_580.105.08': {
    gpus: [
      [68.57, 700, 0, 0, 345, 29, 1],
      [67.01, 700, 0, 0, 345, 30, 1],
      [67.45, 700, 0, 0, 345, 29, 1],
      [71.37, 700, 0, 0, 345, 32, 1],
      [66.66, 700, 0, 0, 345, 32, 1],
      [68.11, 700, 0, 0, 345, 29, 1],
      [69.8, 700, 0, 0, 345, 31, 1],
      [68.07, 700, 0, 0, 345, 29, 1],
    ],
    slices: 0,
    modules: [],
  },
  'l40s_595.91.07': { gpus: [[65.64, 350, 0, 0, 2040, 29, 1]], slices: 0, modules: [] },
  'rtx3060_570.124.04': { gpus: [[11.6, 170, 0, 116, 210, 42, 1]], slices: 0, modules: [] },
  'rtx3090_525.147.05': { gpus: [[27.23, 200, 0, 1, 0, 37, 1]], slices: 0, modules: [] },
};

describe.skipIf(!existsSync(CAPTURES))('captured output (data: ../shared/data/gpu)', () => {
  it.each(Object.keys(CAPTURED))('of %s is read', async (name) => {
    const { gpus, modules, problems, silent } = await report(
      readFileSync(join(CAPTURES, `nvidia-smi-qx_${name}.xml`), 'utf8'),
    );
    expect({
      gpus: gpus.map(({ sample }) => [
        sample.powerWatts,
        sample.powerLimitWatts,
        sample.utilisation,
        sample.memoryUsedBytes! / MIB,
        sample.smClockHertz! / 1e6,
        sample.temperatureCelsius,
        sample.clockEventReasons,
      ]),
      slices: gpus.reduce((count, { sample }) => count + (sample.migDevices?.length ?? 0), 0),
      modules: modules.map(({ board, watts }) => [board, Number(watts.toFixed(6))]),
    }).toEqual(CAPTURED[name]);
    expect({ problems, silent }).toEqual({ problems: [], silent: [] });
    expect(gpus[0]?.sample.driverVersion).toBe(name.split('_')[1]);
  });
});
