import { describe, expect, test } from 'vitest';
import { answerOf, type Probe } from '#backend/sources/probe/probe-answer.ts';
import { readXml } from '#backend/sources/probe/read-xml.ts';
import { gpu, layeredPower, log, migDevice, oldPower, splitPower } from '../nvidia-smi/smi-xml.ts';

const read = async (text: string): Promise<Probe> => answerOf('x', await readXml(Buffer.from(text)));

describe('nvidia-smi -q -x', () => {
  // Where each series of drivers writes the power of board and module. Source: telemetry reference, section 3.1.
  test.each([
    ['510 and 515', 11, oldPower('25.58 W'), 25.58, null],
    ['525', 12, oldPower('27.23 W'), 27.23, null],
    ['535', 12, layeredPower('gpu', '67.03 W') + layeredPower('module', 'N/A'), 67.03, null],
    ['550', 12, layeredPower('gpu', '70.00 W') + layeredPower('gpu_memory', '44.00 W'), 70, null],
    ['570.124, A100', 12, splitPower('gpu', 'N/A', '61.50 W'), 61.5, null],
    ['580, B200', 13, splitPower('gpu', '194.2 W', '190.0 W') + splitPower('module', 'N/A', 'N/A'), 194.2, null],
    ['580, GB300', 13, splitPower('gpu', '176.0 W', '175.0 W') + splitPower('module', '488.0 W', '490.0 W'), 176, 488],
    ['595', 13, splitPower('gpu', '65.64 W', '65.70 W'), 65.64, null],
  ])('of driver %s tells power', async (_, version, power, boardWatts, moduleWatts) => {
    const boundary = moduleWatts === null ? 'GPU board' : 'superchip module';
    expect(await read(log('1.2', version, gpu(1, power)))).toMatchObject({
      valid: true,
      format: 'nvidia-smi-xml',
      kind: 'nvidia-smi',
      samples: 1,
      gpus: [{ powerWatts: boardWatts, utilization: 0.25, memoryUsedBytes: 1024 * 2 ** 20, energyJoules: null }],
      power: { boardWatts, moduleWatts, boundary },
      problems: [],
    });
  });

  test('counts the module of a superchip once per board serial', async () => {
    const superchip = (number: number, serial: string, module: string) =>
      gpu(number, splitPower('gpu', '170.0 W', '170.0 W') + splitPower('module', module, 'N/A'), { serial });
    const tray = [
      superchip(1, '165', '480.0 W'),
      superchip(2, '165', '482.0 W'),
      superchip(3, '166', '470.0 W'),
      superchip(4, '166', '466.0 W'),
    ];
    expect((await read(log('580.1', 13, ...tray))).power).toEqual({
      boardWatts: 680,
      moduleWatts: 481 + 468,
      boundary: 'superchip module',
    });
  });

  test('lists the slices of each card, and no utilisation under MIG', async () => {
    const sliced = gpu(1, splitPower('gpu', '434.0 W', '430.0 W'), {
      mig: migDevice(3, 0) + migDevice(4, 0),
      utilisation: 'N/A',
    });
    const found = await read(log('590.1', 13, sliced, gpu(2, splitPower('gpu', '66.0 W', '66.0 W'))));
    expect(found.gpus.map(({ migDevices }) => migDevices?.length)).toEqual([2, 0]);
    expect(found).toMatchObject({ gpus: [{ utilization: null }, { utilization: 0.25 }], power: { boardWatts: 500 } });
  });

  test('adds up the cards of a capture whose publisher gave all one UUID', async () => {
    const cards = [1, 2, 3].map((number) => gpu(number, oldPower('100.00 W')).replace(/GPU-0000000\d/, 'GPU-00000000'));
    expect(await read(log('515.1', 11, ...cards))).toMatchObject({ samples: 3, power: { boardWatts: 300 } });
  });

  test('that breaks off gives the cards that are whole, and is not valid', async () => {
    const text = log(
      '515.1',
      11,
      gpu(1, oldPower('100.00 W')),
      gpu(2, oldPower('200.00 W')),
      gpu(3, oldPower('300.00 W')),
    );
    const found = await read(text.slice(0, text.indexOf('300.00 W') + 2));
    expect(found).toMatchObject({ valid: false, kind: 'nvidia-smi', samples: 2, power: { boardWatts: 300 } });
    expect(found.problems[0]).toMatchObject({ kind: 'not-xml' });
  });

  test.each([
    ['a code fence around it', (text: string) => '```xml\n' + text + '\n```\n', 25.58],
    ['a prompt before it', (text: string) => '$ nvidia-smi -q -x\n' + text, 25.58],
    ['an older one before it', (text: string) => log('1.2', 11, gpu(1, oldPower('99.00 W'))) + text, 25.58],
  ])('with %s gives the cards of the newest, and is not valid', async (_, wrapped, powerWatts) => {
    const found = await read(wrapped(log('1.2', 11, gpu(1, oldPower('25.58 W')))));
    expect(found).toMatchObject({ valid: false, kind: 'nvidia-smi', samples: 1, gpus: [{ powerWatts }] });
    expect(found.problems).toHaveLength(1);
  });

  test('that breaks off in its first card gives nothing', async () => {
    const text = log('515.1', 11, gpu(1, oldPower('100.00 W')));
    const found = await read(text.slice(0, text.indexOf('<power_readings>')));
    expect(found).toMatchObject({ valid: false, kind: 'unknown', gpus: [], problems: [{ kind: 'not-xml' }] });
  });

  test('of a machine without GPUs is valid and empty, and says so', async () => {
    expect(await read(log('580.1', 13))).toMatchObject({
      valid: true,
      samples: 0,
      gpus: [],
      problems: [{ kind: 'no-gpu' }],
    });
  });

  test('names a card that is lost', async () => {
    const lost = gpu(2, '').replace(/>[^<>]*\d[^<>]*</g, '>GPU is lost<');
    const found = await read(log('580.1', 13, gpu(1, splitPower('gpu', '70 W', '70 W')), lost));
    expect(found).toMatchObject({ valid: true, samples: 1, problems: [{ kind: 'silent' }] });
  });

  test('that is something else is not valid', async () => {
    expect(await read('<html></html>')).toMatchObject({ valid: false, problems: [{ kind: 'not-nvidia-smi' }] });
    expect(await read('up 1\n')).toMatchObject({ valid: false, problems: [{ kind: expect.any(String) }] });
  });
});
