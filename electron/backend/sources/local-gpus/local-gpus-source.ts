import { hostname } from 'node:os';
import { fail } from '#shared/lib/result.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { createNvidiaSmiReader } from '../nvidia-smi/nvidia-smi-reader.ts';
import { createNvmlReader } from '../nvml/nvml-reader.ts';
import { driverRead, type OnRead } from '../signals/target-read.ts';
import type { Source } from '../source.ts';
import { createTargetStatus } from '../target-status.ts';
import type { LocalGpuReader } from './local-gpu-reader.ts';

/** How to ask the driver: `auto` takes NVML where it loads, else nvidia-smi. */
export type LocalGpusVia = 'auto' | 'nvml' | 'nvidia-smi';

type Options = {
  readonly name: string;
  readonly via: LocalGpusVia;
  readonly now: () => EpochMs;
  readonly monotonicMs: () => number;
  readonly pollSeconds: number;
  readonly onRead?: OnRead;
  /** Given by tests. */
  readonly reader?: LocalGpuReader;
};

/** The GPUs of this machine, read from its driver. */
export function createLocalGpusSource(options: Options): Source {
  const node = hostname();
  const reader = options.reader ?? createLocalGpuReader(options.via, node);
  const target = `GPUs of ${node}`;
  const address = `local (${options.via})`;
  let from = options.via === 'auto' ? 'this machine' : `this machine, by ${options.via}`;
  const status = createTargetStatus(target, address);
  let isBusy = false;
  return {
    name: options.name,
    history: null,
    poll: async (deliver, signal) => {
      if (isBusy) return;
      isBusy = true;
      try {
        const read = await reader.read(signal);
        // The first reading may wait long for the driver to wake the GPUs: the values are as old as the answer.
        const at = options.now();
        const monotonicMs = options.monotonicMs();
        if (!read.ok) return status.failed(at, read.failure.message);
        const { gpus, problems, note } = read.value;
        from = read.value.from;
        status.heard(at, gpus.length, 'gpu', problems);
        status.note(note);
        options.onRead?.(driverRead(from.startsWith('NVML') ? 'nvml' : 'nvidia-smi', gpus));
        deliver({ target, at, monotonicMs, intervalSeconds: null, gpus, engines: [], meters: [], problems });
      } finally {
        isBusy = false;
      }
    },
    health: (now) => {
      const health = { ...status.health(now, options.pollSeconds), address: from };
      const { state, reason, since } = health;
      return {
        name: options.name,
        kind: 'local-gpus',
        address: from,
        state,
        reason,
        since,
        notes: [],
        backfill: null,
        targets: [health],
      };
    },
    close: () => reader.close(),
  };
}

/** The reader that an operator asked for; `auto` decides at the first reading, and anew when its choice vanishes. */
export function createLocalGpuReader(via: LocalGpusVia, node: string): LocalGpuReader {
  switch (via) {
    case 'nvml':
      return createNvmlReader({ node });
    case 'nvidia-smi':
      return createNvidiaSmiReader(node);
    case 'auto':
      return firstPresent(createNvmlReader({ node }), createNvidiaSmiReader(node));
  }
}

/**
 * The better of two readers that this machine has. Only an absent one is passed over: where NVML is there and fails, the
 * other would fail for the same cause, and would say it less clearly.
 */
export function firstPresent(better: LocalGpuReader, other: LocalGpuReader): LocalGpuReader {
  let isOtherChosen = false;
  return {
    read: async (signal) => {
      if (isOtherChosen) {
        const read = await other.read(signal);
        if (read.ok || read.failure.kind === 'failed') return read;
        isOtherChosen = false;
      }
      const read = await better.read(signal);
      if (read.ok || read.failure.kind === 'failed') return read;
      const second = await other.read(signal);
      isOtherChosen = second.ok || second.failure.kind === 'failed';
      if (isOtherChosen || second.ok) return second;
      const tried = `${read.failure.message} ${second.failure.message}`;
      return fail({
        kind: 'absent',
        message: `No NVIDIA driver answers on this machine. ${tried} Or connect an exporter on the machine that has the GPUs.`,
      });
    },
    close: () => {
      better.close();
      other.close();
    },
  };
}
