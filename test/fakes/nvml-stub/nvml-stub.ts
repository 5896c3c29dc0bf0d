import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, openSync, writeSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forkNvmlChild, type NvmlChild, type StartNvmlChild } from '#backend/sources/nvml/fork-nvml-child.ts';

const SOURCE = fileURLToPath(new URL('nvml-stub.c', import.meta.url));

const TROUBLES = { none: 0, lost: 1, hang: 2, crash: 3, forbidden: 4, mig: 5, moduleOnly: 6, noAverage: 7 } as const;

/** `b200`: a machine of eight, an NVLink domain of its own. `gb200`: a compute tray of two superchips in an NVL72 rack. */
const MACHINES = { b200: 0, gb200: 1 } as const;

/** What the stub does from now on, also where it is loaded already. */
export type StubState = {
  readonly initCode?: number;
  readonly gpus?: number;
  readonly trouble?: keyof typeof TROUBLES;
  /** The GPU that has the trouble. */
  readonly on?: number;
  readonly machine?: keyof typeof MACHINES;
  /** Slices of the GPU that is divided by MIG, at most 4. */
  readonly slices?: number;
};

export type NvmlStub = {
  set(state: StubState): void;
  /** Starts the product's own NVML process, which finds the stub where a driver's library would be. */
  readonly start: StartNvmlChild;
  /** Every process started so far. */
  readonly children: readonly NvmlChild[];
  remove(): void;
};

/** Builds a libnvidia-ml.so.1 in a folder of its own with the C compiler at `cc`. */
export function buildNvmlStub(cc: string, flags: readonly string[] = []): NvmlStub {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-nvml-'));
  const control = join(folder, 'control');
  writeFileSync(control, Buffer.from([0, 8, 0, 0, 0, 2]));
  const library = join(folder, 'libnvidia-ml.so.1');
  execFileSync(cc, ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', ...flags, '-o', library, SOURCE]);
  const children: NvmlChild[] = [];
  return {
    // Written in place: the stub has this very file mapped.
    set: ({
      initCode = 0,
      machine = 'b200',
      gpus = machine === 'b200' ? 8 : 4,
      trouble = 'none',
      on = 0,
      slices = 2,
    }) => {
      const file = openSync(control, 'r+');
      const bytes = [initCode, gpus, TROUBLES[trouble], on, MACHINES[machine], slices];
      writeSync(file, Buffer.from(bytes), 0, bytes.length, 0);
      closeSync(file);
    },
    start: () => {
      const started = forkNvmlChild({ LD_LIBRARY_PATH: folder, NVML_STUB_CONTROL: control });
      if (started.ok) children.push(started.value);
      return started;
    },
    children,
    remove: () => {
      for (const child of children) child.kill();
      rmSync(folder, { recursive: true });
    },
  };
}
