import { chassisSerialOf, nvlinkDomainOf, trayOf, type Fabric, type Mounting } from '#shared/model/gpu-place.ts';
import type { GpuProcess, GpuSample } from '#shared/model/sample.ts';
import { NVML } from './nvml-codes.ts';
import { FABRIC, FABRIC_OLD, PLATFORM, PROCESS } from './nvml-layouts.ts';
import type { NvmlLibrary } from './nvml-library.ts';

/** What is read of a device now and then: where it is mounted, and who computes on it. */
export type DeviceAbout = Pick<GpuSample, 'boardSerial' | 'domain' | 'tray' | 'processes'>;

/** More processes than this on one GPU are not listed. */
const PROCESSES_MAX = 512;

/** Fabric registration is complete: only then cluster and clique are told. Source: telemetry reference, section 2.5. */
const FABRIC_COMPLETED = 3;

/** All bits of a process' memory are set where the driver does not tell it. */
const MEMORY_NOT_TOLD = 0xffff_ffff_ffff_ffffn;

export function createAboutReader(nvml: NvmlLibrary): (handle: number) => DeviceAbout {
  const word = Buffer.alloc(16);
  const fabric = Buffer.alloc(FABRIC.size);
  const platform = Buffer.alloc(PLATFORM.size);
  const processes = Buffer.alloc(PROCESS.size * PROCESSES_MAX);

  function serialOf(handle: number): string | null {
    const text = Buffer.alloc(30);
    if (nvml.serial(handle, text, text.length) !== NVML.ok) return null;
    const end = text.indexOf(0);
    const serial = text.toString('utf8', 0, end === -1 ? text.length : end);
    return /^0*$/.test(serial) ? null : serial;
  }

  function fabricOf(handle: number): Fabric {
    for (const version of FABRIC.versions) {
      fabric.fill(0).writeUInt32LE(version, 0);
      if (nvml.fabric(handle, fabric) === NVML.ok) return fabricIn(fabric, FABRIC);
    }
    return nvml.fabricOld(handle, fabric.fill(0)) === NVML.ok ? fabricIn(fabric, FABRIC_OLD) : NO_FABRIC;
  }

  function mountingOf(handle: number): Mounting {
    for (const version of PLATFORM.versions) {
      platform.fill(0).writeUInt32LE(version, 0);
      if (nvml.platform(handle, platform) === NVML.ok) return mountingIn(platform);
    }
    return NO_MOUNTING;
  }

  function processesOf(handle: number): readonly GpuProcess[] | null {
    word.writeUInt32LE(PROCESSES_MAX, 0);
    const code = nvml.processes(handle, word, processes);
    // More than fit: the driver has written none.
    if (code !== NVML.ok) return null;
    const count = Math.min(word.readUInt32LE(0), PROCESSES_MAX);
    return Array.from({ length: count }, (_, row) => processAt(processes, row * PROCESS.size));
  }

  return (handle) => ({
    boardSerial: serialOf(handle),
    domain: nvlinkDomainOf(fabricOf(handle)),
    tray: trayOf(mountingOf(handle)),
    processes: processesOf(handle),
  });
}

const NO_FABRIC: Fabric = { clusterUuid: null, cliqueId: null };
const NO_MOUNTING: Mounting = { chassisSerial: null, slot: null, host: null, trayIndex: null };

function fabricIn(buffer: Buffer, at: typeof FABRIC | typeof FABRIC_OLD): Fabric {
  const isRegistered = buffer[at.state] === FABRIC_COMPLETED && buffer.readInt32LE(at.status) === NVML.ok;
  if (!isRegistered) return NO_FABRIC;
  const clusterUuid = uuidText(buffer.subarray(at.cluster, at.cluster + 16));
  return { clusterUuid, cliqueId: String(buffer.readUInt32LE(at.clique)) };
}

function mountingIn(buffer: Buffer): Mounting {
  const numberAt = (at: number): string => String(buffer[at] ?? 0);
  return {
    chassisSerial: chassisSerialOf(uuidText(buffer.subarray(PLATFORM.chassis, PLATFORM.chassis + 16))),
    slot: numberAt(PLATFORM.slot),
    host: numberAt(PLATFORM.host),
    trayIndex: numberAt(PLATFORM.tray),
  };
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function processAt(buffer: Buffer, at: number): GpuProcess {
  const bytes = buffer.readBigUInt64LE(at + PROCESS.memory);
  const memoryUsedBytes = bytes === MEMORY_NOT_TOLD ? null : Number(bytes);
  return { pid: buffer.readUInt32LE(at + PROCESS.pid), memoryUsedBytes };
}
