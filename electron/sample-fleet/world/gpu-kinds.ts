/** What a kind of GPU looks like from outside. Watts, MiB and MHz as its driver reports them. */
export type GpuKind = {
  /** Name as the driver and the exporter print it. */
  readonly modelName: string;
  /** Board power with nothing loaded. */
  readonly floorWatts: number;
  /** Added once an engine holds a context, before any request. */
  readonly residentWatts: number;
  readonly capWatts: number;
  readonly memoryMiB: number;
  readonly reservedMiB: number;
  readonly smClockMHz: number;
  readonly smClockIdleMHz: number;
  readonly memoryClockMHz: number;
  readonly driver: string;
  /** PCI bus ids in index order. */
  readonly busIds: readonly string[];
};

export const gpuKinds = {
  b200: {
    modelName: 'NVIDIA B200',
    floorWatts: 140,
    residentWatts: 62,
    capWatts: 1000,
    memoryMiB: 183359,
    reservedMiB: 1052,
    smClockMHz: 1965,
    smClockIdleMHz: 120,
    memoryClockMHz: 3996,
    driver: '580.105.08',
    busIds: ['1B', '43', '52', '61', '9D', 'C3', 'D1', 'DF'].map((bus) => `00000000:${bus}:00.0`),
  },
  h100: {
    modelName: 'NVIDIA H100 80GB HBM3',
    floorWatts: 70,
    residentWatts: 45,
    capWatts: 700,
    memoryMiB: 81559,
    reservedMiB: 551,
    smClockMHz: 1980,
    smClockIdleMHz: 345,
    memoryClockMHz: 2619,
    driver: '570.172.08',
    busIds: ['19', '3B', '4C', '5D', '9B', 'BB', 'CB', 'DB'].map((bus) => `00000000:${bus}:00.0`),
  },
  gb200: {
    modelName: 'NVIDIA GB200',
    floorWatts: 165,
    residentWatts: 68,
    capWatts: 1200,
    memoryMiB: 189471,
    reservedMiB: 1055,
    smClockMHz: 2062,
    smClockIdleMHz: 120,
    memoryClockMHz: 3996,
    driver: '580.105.05',
    busIds: ['00000008:06:00.0', '00000009:06:00.0', '00000018:06:00.0', '00000019:06:00.0'],
  },
} as const satisfies Record<string, GpuKind>;
