import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forkNvmlChild, type NvmlChild, type StartNvmlChild } from '#backend/sources/nvml/fork-nvml-child.ts';
import { createNvmlReader } from '#backend/sources/nvml/nvml-reader.ts';
import type { LocalGpuReader, LocalGpuReading } from '#backend/sources/local-gpus/local-gpu-reader.ts';
import { createNvidiaSmiReader } from '#backend/sources/nvidia-smi/nvidia-smi-reader.ts';
import { succeed } from '#shared/lib/result.ts';
import { modulePowersOf } from '#shared/model/module-power.ts';
import { buildNvmlStub, type NvmlStub } from '../../../fakes/nvml-stub/nvml-stub.ts';
import { machineHas } from '../../../machine-has.ts';

const CC = process.platform === 'linux' ? machineHas('cc') : null;
const NEVER = new AbortController().signal;

/** Long enough for a busy machine to start a process; a hang is told after a short one. */
const DEADLINES_MS = { first: 30_000, later: 500 };

let now = 0;
const readers: LocalGpuReader[] = [];
const readerOn = (start: StartNvmlChild): LocalGpuReader => {
  const reader = createNvmlReader({ node: 'here', start, monotonicMs: () => now, deadlinesMs: DEADLINES_MS });
  readers.push(reader);
  return reader;
};
const reading = async (reader: LocalGpuReader) => {
  const read = await reader.read(NEVER);
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
};
const failure = async (reader: LocalGpuReader) => {
  const read = await reader.read(NEVER);
  return read.ok ? null : read.failure;
};
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

describe.skipIf(CC === null)('NVML in a process of its own (stub built with cc)', () => {
  let stub: NvmlStub;
  const made: NvmlStub[] = [];
  beforeEach(() => {
    stub ??= buildNvmlStub(CC!);
    if (!made.includes(stub)) made.push(stub);
    stub.set({});
    now = 0;
  });
  afterAll(() => {
    for (const one of made) one.remove();
  });

  it('reads every GPU in base units', async () => {
    const { from, gpus, problems, note } = await reading(readerOn(stub.start));
    expect(from).toBe('NVML, driver 599.12.34, CUDA 13.1');
    expect(gpus).toHaveLength(8);
    expect(gpus[3]).toEqual({
      gpu: 'GPU-5700b000-0000-0000-0000-000000000003',
      origin: 'nvml',
      sku: 'NVIDIA B200 180',
      index: '3',
      driverVersion: '599.12.34',
      cudaVersion: '13.1',
      boardSerial: '1650000000003',
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
      energyCounterJoules: 3001.5,
      powerWatts: 412.345,
      powerLimitWatts: 1000,
      utilisation: 0.37,
      smActive: null,
      tensorActive: null,
      dramActive: null,
      memoryUsedBytes: 20 * 2 ** 30,
      smClockHertz: 1.98e9,
      temperatureCelsius: 45,
      clockEventReasons: 0x24,
      powerHeldSeconds: null,
      heatHeldSeconds: null,
      nvlinkBytes: null,
      nvlinkBytesPerSecond: null,
      pcieBytesPerSecond: null,
      xid: null,
    });
    expect(problems).toEqual([]);
    expect(note).toBeNull();
  });

  it('reads an energy counter beyond 2^53 mJ', async () => {
    const { gpus } = await reading(readerOn(stub.start));
    expect(gpus[0]?.energyCounterJoules).toBeCloseTo(9_007_199_254_741.99, 2);
  });

  it('asks one process again and again', async () => {
    const before = stub.children.length;
    const reader = readerOn(stub.start);
    await reading(reader);
    await reading(reader);
    expect(stub.children.length - before).toBe(1);
  });

  it('reads power now where the board has no average', async () => {
    stub.set({ trouble: 'noAverage', on: 1 });
    const { gpus } = await reading(readerOn(stub.start));
    expect(gpus.slice(0, 3).map((gpu) => gpu.powerWatts)).toEqual([412.345, 420, 412.345]);
  });

  it('G08 takes the power of a whole module for no GPU', async () => {
    stub.set({ gpus: 1, trouble: 'moduleOnly' });
    const { gpus, note } = await reading(readerOn(stub.start));
    expect(gpus[0]).toMatchObject({
      moduleWatts: 467,
      powerWatts: null,
      powerLimitWatts: null,
      energyCounterJoules: null,
      utilisation: 0.37,
    });
    expect(note).toMatch(/GPU 0 meters its power with the CPU/);
  });

  it('G08 reads the four GPUs of a GB200 tray as two modules, each metered by both of its GPUs', async () => {
    stub.set({ machine: 'gb200' });
    const reader = readerOn(stub.start);
    for (const poll of ['first', 'second']) {
      const { gpus } = await reading(reader);
      expect([poll, ...gpus.map(({ powerWatts, moduleWatts }) => [powerWatts, moduleWatts])]).toEqual([
        poll,
        [166, 467],
        [169, 460],
        [156, 460],
        [172, 452],
      ]);
      expect(modulePowersOf(gpus).map(({ watts }) => watts)).toEqual([463.5, 456]);
    }
  });

  it('reads the instant of a module that has no average', async () => {
    stub.set({ machine: 'gb200', trouble: 'noAverage', on: 0 });
    const { gpus } = await reading(readerOn(stub.start));
    expect(gpus.map((gpu) => gpu.moduleWatts)).toEqual([468, 460, 460, 452]);
  });

  it('tells where a GPU is mounted and its NVLink domain, and on a machine of its own neither', async () => {
    stub.set({ machine: 'gb200' });
    const place = { domain: '1a2b3c4d-0000-4000-8000-000000000007/2', tray: 'chassis 1820000000001, slot 14, host 1' };
    const serials = (gpus: LocalGpuReading['gpus']) => gpus.map((gpu) => gpu.boardSerial?.slice(-2));
    const tray = await reading(readerOn(stub.start));
    expect(tray.gpus).toMatchObject(Array.from({ length: 4 }, () => place));
    expect(serials(tray.gpus)).toEqual(['00', '00', '01', '01']);
    stub.set({});
    const { gpus } = await reading(readerOn(stub.start));
    expect(gpus).toMatchObject(Array.from({ length: 8 }, () => ({ domain: null, tray: null, moduleWatts: null })));
    expect(new Set(serials(gpus)).size).toBe(8);
  });

  it('lists the processes on a GPU, without memory where the driver does not tell it', async () => {
    const { gpus } = await reading(readerOn(stub.start));
    expect(gpus.slice(0, 3).map((gpu) => gpu.processes)).toEqual([
      [],
      [{ pid: 1000, memoryUsedBytes: 3 * 2 ** 30 }],
      [
        { pid: 1000, memoryUsedBytes: 3 * 2 ** 30 },
        { pid: 1001, memoryUsedBytes: null },
      ],
    ]);
  });

  it('G05 lists the slices of a card while it is divided, as they are now', async () => {
    const reader = readerOn(stub.start);
    const slicesOf = async () => (await reading(reader)).gpus[2]?.migDevices;
    const slice = { computeInstance: '0', memoryUsedBytes: 2 * 2 ** 30, memoryTotalBytes: 10 * 2 ** 30 };
    expect(await slicesOf()).toEqual([]);
    stub.set({ trouble: 'mig', on: 2 });
    const two = [
      { gpuInstance: '1', ...slice },
      { gpuInstance: '3', ...slice },
    ];
    expect(await slicesOf()).toEqual(two);
    stub.set({ trouble: 'mig', on: 2, slices: 3 });
    expect(await slicesOf()).toHaveLength(3);
    stub.set({});
    expect(await slicesOf()).toEqual([]);
  });

  it('gives no utilisation for a card divided by MIG, and its power still', async () => {
    stub.set({ trouble: 'mig', on: 2 });
    const { gpus } = await reading(readerOn(stub.start));
    expect(gpus[2]).toMatchObject({ utilisation: null, powerWatts: 412.345 });
    expect(gpus[1]).toMatchObject({ utilisation: 0.37 });
  });

  it('G03 goes on with the other GPUs when one is lost, and takes it back later', async () => {
    const reader = readerOn(stub.start);
    await reading(reader);
    stub.set({ trouble: 'lost', on: 5 });
    const { gpus, note } = await reading(reader);
    expect(gpus.map((gpu) => gpu.index)).toEqual(['0', '1', '2', '3', '4', '6', '7']);
    expect(note).toMatch(/^GPU 5 cannot be read: the GPU is lost.*code 15/);
    stub.set({});
    expect((await reading(reader)).gpus).toHaveLength(8);
  });

  it('G06 names the GPU that this user may not open', async () => {
    stub.set({ trouble: 'forbidden', on: 1 });
    const { gpus, note } = await reading(readerOn(stub.start));
    expect(gpus).toHaveLength(7);
    expect(note).toMatch(/^GPU 1 cannot be read: no permission.*code 4/);
  });

  it('sees a GPU that was added', async () => {
    stub.set({ gpus: 2 });
    const reader = readerOn(stub.start);
    expect((await reading(reader)).gpus).toHaveLength(2);
    stub.set({ gpus: 3 });
    expect((await reading(reader)).gpus).toHaveLength(3);
  });

  it.each([
    [9, /the NVIDIA driver is not loaded/],
    [18, /driver and library are of different versions/],
    [4, /no permission/],
  ])('G06 says what code %i of the start means, and starts afresh after a wait', async (initCode, expected) => {
    stub.set({ initCode });
    const before = stub.children.length;
    const reader = readerOn(stub.start);
    const first = await failure(reader);
    expect(first).toMatchObject({ kind: 'failed', message: expect.stringMatching(expected) });
    expect(first?.message).toContain(`code ${initCode}`);
    await ended(stub.children.at(-1)!);
    stub.set({});
    expect((await failure(reader))?.message).toBe(first?.message);
    expect(stub.children.length - before).toBe(1);
    now += 1000;
    expect((await reading(reader)).gpus).toHaveLength(8);
    expect(stub.children.length - before).toBe(2);
  });

  it('G07 ends a process that hangs in the driver, and another machine part goes on meanwhile', async () => {
    const reader = readerOn(stub.start);
    await reading(reader);
    const hung = stub.children.at(-1)!;
    stub.set({ trouble: 'hang', on: 6 });
    const stuck = reader.read(NEVER);
    // Another source of the same backend answers while the driver hangs.
    const other = createNvidiaSmiReader('here', () => Promise.resolve(succeed(oneGpu)));
    expect((await reading(other)).gpus).toHaveLength(1);
    expect(await stuck).toMatchObject({
      ok: false,
      failure: { kind: 'failed', message: expect.stringMatching(/hang/) },
    });
    expect(await ended(hung)).toBe('signal SIGKILL');
    stub.set({});
    now += 1000;
    expect((await reading(reader)).gpus).toHaveLength(8);
  });

  it('G06 outlives a fault of the driver that ends the process', async () => {
    const reader = readerOn(stub.start);
    await reading(reader);
    stub.set({ trouble: 'crash', on: 2 });
    expect((await failure(reader))?.message).toMatch(/ended \(signal SIGSEGV\)/);
    stub.set({});
    now += 1000;
    expect((await reading(reader)).gpus).toHaveLength(8);
  });

  it('waits longer after each failure in a row, and shortly again after a good reading', async () => {
    stub.set({ initCode: 9 });
    const before = stub.children.length;
    const reader = readerOn(stub.start);
    for (const wait of [1000, 5000, 15_000, 60_000, 60_000]) {
      await failure(reader);
      await ended(stub.children.at(-1)!);
      const started = stub.children.length;
      now += wait - 1;
      await failure(reader);
      expect(stub.children.length).toBe(started);
      now += 1;
    }
    expect(stub.children.length - before).toBe(5);
    stub.set({});
    await reading(reader);
    stub.set({ trouble: 'crash' });
    expect((await failure(reader))?.message).toMatch(/ended/);
    stub.set({});
    now += 1000;
    expect((await reading(reader)).gpus).toHaveLength(8);
  });

  it('knows the fabric of a driver that tells it in the older form', async () => {
    const driver535 = buildNvmlStub(CC!, ['-DDRIVER_535']);
    made.push(driver535);
    driver535.set({ machine: 'gb200' });
    const { gpus } = await reading(readerOn(driver535.start));
    expect(gpus[0]).toMatchObject({ domain: '1a2b3c4d-0000-4000-8000-000000000007/2', tray: null, moduleWatts: 467 });
  });

  it('works with an older driver that lacks the newer functions', async () => {
    const old = buildNvmlStub(CC!, ['-DOLD_DRIVER']);
    made.push(old);
    const { gpus } = await reading(readerOn(old.start));
    expect(gpus[1]).toMatchObject({
      powerWatts: 333.25,
      memoryUsedBytes: 21 * 2 ** 30,
      temperatureCelsius: 44,
      clockEventReasons: 0x84,
      energyCounterJoules: 1000.5,
      utilisation: 0.37,
      moduleWatts: null,
      domain: null,
      tray: null,
      migDevices: [],
      processes: null,
    });
  });
});

describe.skipIf(existsSync('/proc/driver/nvidia'))(
  'NVML on a machine without it (skipped where a driver is loaded)',
  () => {
    it('is absent, and says what brings it', async () => {
      expect(await failure(readerOn(forkNvmlChild))).toEqual({
        kind: 'absent',
        message: 'NVML is not on this machine: the NVIDIA driver brings it.',
      });
    });
  },
);

function ended(child: NvmlChild): Promise<string> {
  return new Promise((resolve) => child.onExit(resolve));
}

const oneGpu = {
  nvidia_smi_log: { driver_version: '1.2', gpu: { uuid: 'GPU-1', gpu_power_readings: { power_draw: '70.00 W' } } },
};
