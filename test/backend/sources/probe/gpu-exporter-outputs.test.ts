import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { probe } from '#backend/sources/probe/probe.ts';

const FOLDER = join(import.meta.dirname, '../../../../../shared/data/parser-cases/gpu-exporter-outputs');

/** One card: W, 0..1 and bytes, with null for a card under MIG, whose exporter leaves its utilisation out. */
type Card = readonly [name: string, watts: number, utilization: number | null, memoryUsedBytes: number];

const SUPER = 'NVIDIA GeForce RTX 2080 SUPER';
const H100 = 'NVIDIA H100 80GB HBM3';

/** Read by eye from each file's power draw, utilization and memory lines. */
const CARDS: Readonly<Record<string, Card>> = {
  'linux-x86_64__nvidia-geforce-rtx-2080-super__595.71.05__load.prom': [SUPER, 111.5, 0.08, 858_783_744],
  'linux-x86_64__nvidia-geforce-rtx-4080-super__595.71.05__idle.prom': [
    'NVIDIA GeForce RTX 4080 SUPER',
    26.2,
    0,
    624_951_296,
  ],
  'linux-x86_64__nvidia-h100-80gb-hbm3__590.48.01__idle.prom': [H100, 69.85, 0, 0],
  'linux-x86_64__nvidia-h100-80gb-hbm3__590.48.01__load.prom': [H100, 631.95, 1, 20_780_679_168],
  'linux-x86_64__nvidia-h100-mig__590.48.01__load.prom': [H100, 433.78, null, 11_665_408_000],
  'linux-x86_64__nvidia-h200__590.48.01__load.prom': ['NVIDIA H200', 627.4, 1, 33_934_016_512],
  'linux-x86_64__nvidia-l40s__595.80__load.prom': ['NVIDIA L40S', 110.23, 0.09, 1_294_991_360],
  'windows-x86_64__nvidia-geforce-rtx-2080-super__591.86__idle.prom': [SUPER, 38.92, 0, 736_100_352],
  'windows-x86_64__nvidia-geforce-rtx-2080-super__591.86__load.prom': [SUPER, 97.43, 0.07, 1_358_954_496],
  'windows-x86_64__nvidia-geforce-rtx-2080-super__610.62__idle.prom': [SUPER, 39.25, 0, 835_715_072],
  'windows-x86_64__nvidia-geforce-rtx-2080-super__610.62__load.prom': [SUPER, 97.99, 0.07, 1_432_354_816],
};

describe.skipIf(!existsSync(FOLDER))("a probe of nvidia_gpu_exporter's outputs (data: ../shared/data)", () => {
  it.each(Object.entries(CARDS))(
    '%s holds one card',
    async (file, [name, powerWatts, utilization, memoryUsedBytes]) => {
      const { answer } = await probe(join(FOLDER, file), { clock: systemClock, format: null });
      expect(answer).toMatchObject({
        valid: true,
        kind: 'nvidia-gpu-exporter',
        gpus: [{ name, powerWatts, energyJoules: null, utilization, memoryUsedBytes }],
        power: { boardWatts: powerWatts, moduleWatts: null, boundary: 'GPU board' },
        tokens: null,
        problems: [],
      });
    },
  );

  it('knows every file of the folder', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(Object.keys(CARDS).toSorted());
  });
});
