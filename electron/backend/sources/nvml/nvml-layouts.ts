/**
 * Layouts of NVML's structures: their size and the places of their fields, in bytes. A structure with a version holds its
 * version word, size | version << 24, at its start. Source: telemetry reference, section 2.2.
 */
export const MEMORY = { size: 40, version: 0x02000028, total: 8, used: 32 } as const;
export const MEMORY_OLD = { size: 24, total: 0, used: 16 } as const;
export const TEMPERATURE = { size: 12, version: 0x0100000c, sensor: 4, celsius: 8 } as const;
export const FIELD = { size: 40, id: 0, scope: 4, type: 24, code: 28, value: 32 } as const;
export const PROCESS = { size: 24, pid: 0, memory: 8 } as const;

/** Versions 3 and 2 differ in what stands behind the fields used here. */
export const FABRIC = {
  size: 40,
  versions: [0x03000028, 0x02000024],
  cluster: 4,
  status: 20,
  clique: 24,
  state: 28,
} as const;
export const FABRIC_OLD = { size: 28, cluster: 0, status: 16, clique: 20, state: 24 } as const;

/** Version 1 has a rack's GUID where version 2 has the chassis' serial number; both name the chassis. */
export const PLATFORM = {
  size: 44,
  versions: [0x0200002c, 0x0100002c],
  chassis: 20,
  slot: 36,
  tray: 37,
  host: 38,
} as const;

/** The number of one entry of nvmlDeviceGetFieldValues, by the type that stands in it; null for an unknown type. */
export function fieldNumber(fields: Buffer, at: number): number | null {
  const value = at + FIELD.value;
  switch (fields.readUInt32LE(at + FIELD.type)) {
    case 0:
      return fields.readDoubleLE(value);
    case 1:
      return fields.readUInt32LE(value);
    case 2:
    case 3:
      return Number(fields.readBigUInt64LE(value));
    case 4:
      return Number(fields.readBigInt64LE(value));
    case 5:
      return fields.readInt32LE(value);
    case 6:
      return fields.readUInt16LE(value);
    default:
      return null;
  }
}
