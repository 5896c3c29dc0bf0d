import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import { NVML, nvmlReason } from './nvml-codes.ts';
import { createAboutReader, type DeviceAbout } from './read-about.ts';
import { createDeviceReader } from './read-device.ts';
import type { NvmlAnswer, NvmlGpu } from './nvml-messages.ts';
import type { NvmlLibrary } from './nvml-library.ts';

/** A GPU that was lost may come back after a reset, but only a fresh start of NVML shows it: tried this often, ms. */
const REOPEN_MS = 60_000;

/** How often places and processes are read, ms: none of them changes a sum by being a minute old. */
const ABOUT_MS = 60_000;

type KnownAbout = { readonly atMs: number; readonly about: DeviceAbout };

type Device = { readonly index: number; readonly handle: number; readonly uuid: string; readonly productName: string };

type Opened = {
  readonly atMs: number;
  readonly driverVersion: string | null;
  readonly cudaVersion: string | null;
  readonly count: number;
  readonly devices: readonly Device[];
  readonly readDevice: ReturnType<typeof createDeviceReader>;
  readonly abouts: Map<number, KnownAbout>;
  readonly silent: readonly string[];
};

/** NVML, opened: each call reads every GPU once. */
export function createNvmlSession(nvml: NvmlLibrary, monotonicMs: () => number): () => NvmlAnswer {
  const word = Buffer.alloc(8);
  const readAbout = createAboutReader(nvml);
  let opened: Opened | null = null;
  let isTroubled = false;

  const textOf = (length: number, call: (text: Buffer) => number): string | null => {
    const text = Buffer.alloc(length);
    if (call(text) !== NVML.ok) return null;
    const end = text.indexOf(0);
    return text.toString('utf8', 0, end === -1 ? length : end);
  };
  const countOf = (): number | null => (nvml.count(word) === NVML.ok ? word.readUInt32LE(0) : null);

  function open(): Opened | string {
    const code = nvml.init();
    if (code !== NVML.ok) return `NVML does not start: ${nvmlReason(code)}.`;
    const count = countOf();
    if (count === null) return 'NVML does not say how many GPUs there are.';
    const devices: Device[] = [];
    const silent: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const device = deviceAt(index);
      if (typeof device === 'string') silent.push(device);
      else devices.push(device);
    }
    return {
      atMs: monotonicMs(),
      driverVersion: textOf(80, (text) => nvml.driverVersion(text, 80)),
      cudaVersion: nvml.cudaVersion(word) === NVML.ok ? cudaText(word.readInt32LE(0)) : null,
      count,
      devices,
      readDevice: createDeviceReader(nvml),
      abouts: new Map(),
      silent,
    };
  }

  function deviceAt(index: number): Device | string {
    const code = nvml.handle(index, word);
    if (code !== NVML.ok) return silence(index, code);
    const handle = Number(word.readBigUInt64LE(0));
    const uuid = textOf(96, (text) => nvml.uuid(handle, text, 96));
    if (uuid === null) return `GPU ${index} gives no UUID`;
    return { index, handle, uuid, productName: textOf(96, (text) => nvml.name(handle, text, 96)) ?? UNKNOWN_SKU };
  }

  function aboutOf({ abouts }: Opened, handle: number): DeviceAbout {
    const known = abouts.get(handle);
    if (known !== undefined && monotonicMs() - known.atMs < ABOUT_MS) return known.about;
    const about = readAbout(handle);
    abouts.set(handle, { atMs: monotonicMs(), about });
    return about;
  }

  function isWorn(known: Opened): boolean {
    return countOf() !== known.count || (isTroubled && monotonicMs() - known.atMs >= REOPEN_MS);
  }

  return () => {
    if (opened !== null && isWorn(opened)) {
      nvml.shutdown();
      opened = null;
    }
    const session = opened ?? open();
    if (typeof session === 'string') return { kind: 'failed', message: session };
    opened = session;
    const gpus: NvmlGpu[] = [];
    const silent = [...session.silent];
    const versions = { driverVersion: session.driverVersion, cudaVersion: session.cudaVersion };
    for (const { index, handle, uuid, productName } of session.devices) {
      const { code, readings } = session.readDevice(handle);
      if (readings === null) {
        silent.push(silence(index, code));
        continue;
      }
      const names = { uuid, productName, index: String(index) };
      gpus.push({ ...names, ...versions, ...aboutOf(session, handle), ...readings });
    }
    isTroubled = silent.length > 0;
    const { driverVersion, cudaVersion } = session;
    return { kind: 'reading', driverVersion, cudaVersion, gpus, silent };
  };
}

function silence(index: number, code: number): string {
  return `GPU ${index} cannot be read: ${nvmlReason(code)}`;
}

/** 13000 is CUDA 13.0, 12080 is 12.8. */
function cudaText(version: number): string {
  return `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;
}
