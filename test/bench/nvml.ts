import { createNvmlReader } from '#backend/sources/nvml/nvml-reader.ts';
import { buildNvmlStub, type StubState } from '../fakes/nvml-stub/nvml-stub.ts';
import { machineHas } from '../machine-has.ts';
import type { BenchRow } from './bench-row.ts';
import { cpuSecondsOf } from './process-use.ts';

const POLLS = 2000;

/** The most CPU that one poll of eight GPUs may cost, ms. */
const TARGET_MS = 5;

/**
 * CPU of the NVML process for one poll of eight GPUs: all calls into a library that answers at once, and the answer over
 * the channel. What a real driver takes for its part of a call comes on top.
 */
export async function benchNvml(): Promise<BenchRow[]> {
  const cc = process.platform === 'linux' ? machineHas('cc') : null;
  if (cc === null) return [rowOf('8 GPUs', null)];
  const stub = buildNvmlStub(cc);
  const started: number[] = [];
  const reader = createNvmlReader({
    node: 'here',
    start: () => {
      const child = stub.start();
      if (child.ok && child.value.pid !== null) started.push(child.value.pid);
      return child;
    },
  });
  const poll = async (): Promise<void> => {
    const read = await reader.read(new AbortController().signal);
    if (!read.ok) throw new Error(read.failure.message);
  };
  const measure = async (name: string, state: StubState): Promise<BenchRow> => {
    stub.set(state);
    // The first readings load the code and find out what each board has.
    for (let warm = 0; warm < 50; warm += 1) await poll();
    const pid = started.at(-1) ?? 0;
    const before = cpuSecondsOf(pid);
    for (let count = 0; count < POLLS; count += 1) await poll();
    return rowOf(name, ((cpuSecondsOf(pid) - before) / POLLS) * 1000);
  };
  try {
    return [
      await measure('8 GPUs', {}),
      await measure('8 GPUs, superchips', { machine: 'gb200', gpus: 8 }),
      await measure('8 GPUs, one divided by MIG', { trouble: 'mig', on: 2, slices: 4 }),
    ];
  } finally {
    reader.close();
    stub.remove();
  }
}

function rowOf(name: string, milliseconds: number | null): BenchRow {
  return {
    name: `nvml: ${name}, CPU per poll`,
    ours: milliseconds === null ? 'no C compiler' : `${milliseconds.toFixed(2)} ms`,
    reference: '',
    ratio: '',
    target: `under ${TARGET_MS} ms`,
    met: milliseconds === null ? null : milliseconds < TARGET_MS,
  };
}
