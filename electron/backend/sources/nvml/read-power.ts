import { NVML } from './nvml-codes.ts';
import { FIELD, fieldNumber } from './nvml-layouts.ts';
import type { NvmlLibrary } from './nvml-library.ts';

/** Power of a GPU, and of the module that it shares with a CPU, W. */
export type DevicePower = { readonly gpuWatts: number | null; readonly moduleWatts: number | null };

type PowerField = { readonly id: number; readonly scope: number };

const AVERAGE = 185;
const INSTANT = 186;
const GPU_SCOPE = 0;
const MODULE_SCOPE = 1;

/**
 * Power of the last second and power now, of the GPU and of its module, preferred first. Boards have some of the four:
 * A100 no average, and only superchips a module. Source: telemetry reference, section 2.3.
 */
const POWER_FIELDS: readonly PowerField[] = [GPU_SCOPE, MODULE_SCOPE].flatMap((scope) => [
  { id: AVERAGE, scope },
  { id: INSTANT, scope },
]);

/** Codes that a field of this board will go on to give. */
const NEVER: ReadonlySet<number> = new Set([NVML.invalidArgument, NVML.notSupported, NVML.functionNotFound]);

/**
 * Reads power by field values. What a board does not have is found out at its first reading, and not asked again: each
 * field costs a call into the driver.
 */
export function createPowerReader(nvml: NvmlLibrary): (handle: number) => { code: number; power: DevicePower } {
  const buffer = Buffer.alloc(FIELD.size * POWER_FIELDS.length);
  const fieldsOfDevice = new Map<number, readonly PowerField[]>();

  return (handle) => {
    const asked = fieldsOfDevice.get(handle) ?? POWER_FIELDS;
    if (asked.length === 0) return { code: NVML.ok, power: { gpuWatts: null, moduleWatts: null } };
    for (const [row, field] of asked.entries()) writeRow(buffer, row, field);
    const code = nvml.fieldValues(handle, asked.length, buffer);
    if (code !== NVML.ok) {
      if (NEVER.has(code)) fieldsOfDevice.set(handle, []);
      return { code, power: { gpuWatts: null, moduleWatts: null } };
    }
    const codes = asked.map((_, row) => buffer.readInt32LE(row * FIELD.size + FIELD.code));
    const wattsOf = (scope: number): number | null => {
      const row = asked.findIndex((field, at) => field.scope === scope && codes[at] === NVML.ok);
      const milliwatts = row === -1 ? null : fieldNumber(buffer, row * FIELD.size);
      return milliwatts === null ? null : milliwatts / 1000;
    };
    const power = { gpuWatts: wattsOf(GPU_SCOPE), moduleWatts: wattsOf(MODULE_SCOPE) };
    if (!fieldsOfDevice.has(handle)) fieldsOfDevice.set(handle, worthAsking(asked, codes));
    return { code, power };
  };
}

function writeRow(buffer: Buffer, row: number, { id, scope }: PowerField): void {
  const at = row * FIELD.size;
  buffer.fill(0, at, at + FIELD.size);
  buffer.writeUInt32LE(id, at + FIELD.id);
  buffer.writeUInt32LE(scope, at + FIELD.scope);
}

/** Fields that may be given later too, without those that a preferred one of their scope makes needless. */
function worthAsking(asked: readonly PowerField[], codes: readonly number[]): readonly PowerField[] {
  const given = new Set<number>();
  return asked.filter(({ scope }, row) => {
    if (given.has(scope) || NEVER.has(codes[row] ?? NVML.notSupported)) return false;
    if (codes[row] === NVML.ok) given.add(scope);
    return true;
  });
}
