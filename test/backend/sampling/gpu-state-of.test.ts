import { describe, expect, test } from 'vitest';

import { gpuStateOf, type Workload } from '#backend/sampling/gpu-state-of.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import { gpu } from './readings.ts';

const engineIs = (changes: Partial<Extract<Workload, { kind: 'engine' }>>): Workload => ({
  kind: 'engine',
  isActive: false,
  isAnswering: false,
  silentSeconds: 0,
  hasUnknownWork: false,
  ...changes,
});
const active = engineIs({ isActive: true, isAnswering: true });
const quiet = engineIs({ isAnswering: true });
const none: Workload = { kind: 'none' };
const pod = (heldSeconds: number | null): Workload => ({ kind: 'unknown-pod', heldSeconds });
const UNTOLD = { throttledShare: null, smClockTopHertz: null };
const idle = { utilisation: 0, memoryUsedBytes: 16e6 };

describe('the state of a GPU, first match', () => {
  test.each<[string, Partial<GpuSample>, Workload, GpuState]>([
    ['a fatal XID without work', { ...idle, xid: 79 }, active, 'unhealthy'],
    ['a fatal XID of the past, working', { xid: 79, utilisation: 0.9 }, active, 'serving'],
    ['an XID of a crashed program', { ...idle, xid: 13 }, none, 'unallocated'],
    ['requests', {}, active, 'serving'],
    ['requests at 0 % utilisation: it is not the test', idle, active, 'serving'],
    ['requests under a power cap', { clockEventReasons: 0x4 }, active, 'throttled'],
    ['requests under thermal slowdown', { clockEventReasons: 0x40 }, active, 'throttled'],
    ['requests with clocks as set', { clockEventReasons: 0x2 }, active, 'serving'],
    ['a power cap without requests', { clockEventReasons: 0x4 }, quiet, 'loaded-idle'],
    ['an engine without requests, at 100 % utilisation', { utilisation: 1 }, quiet, 'loaded-idle'],
    [
      'G12 a quiet engine beside a pod of unknown work, busy',
      {},
      engineIs({ isAnswering: true, hasUnknownWork: true }),
      'serving',
    ],
    [
      'G12 a quiet engine beside a pod of unknown work, not busy',
      idle,
      engineIs({ isAnswering: true, hasUnknownWork: true }),
      'loaded-idle',
    ],
    ['an engine silent for 15 minutes', idle, engineIs({ silentSeconds: 900 }), 'loading'],
    ['an engine silent for longer', idle, engineIs({ silentSeconds: 901 }), 'unallocated'],
    ['an engine silent for longer, memory held', { utilisation: 0 }, engineIs({ silentSeconds: 901 }), 'loaded-idle'],
    ['an unknown pod at work', {}, pod(10), 'serving'],
    ['an unknown pod that has just come', idle, pod(900), 'loading'],
    ['an unknown pod for long', idle, pod(901), 'loaded-idle'],
    ['an unknown pod since before anybody looked', idle, pod(null), 'loaded-idle'],
    ['nothing', idle, none, 'unallocated'],
    ['nothing, monitoring alone', { ...idle, utilisation: 0.049 }, none, 'unallocated'],
    ['unknown work', { utilisation: 0.05 }, none, 'serving'],
    ['unknown memory held', { utilisation: 0, memoryUsedBytes: 4 * 1024 ** 3 }, none, 'loaded-idle'],
    ['nothing reported at all', { utilisation: null, memoryUsedBytes: null, xid: null }, none, 'unallocated'],
  ])('%s', (_, sample, workload, state) => {
    expect(gpuStateOf(gpu(sample), workload, UNTOLD)).toBe(state);
  });

  test.each([
    [0.5, 0, 'throttled'],
    [0.49, 0x4, 'serving'],
    [null, 0x4, 'throttled'],
  ] as const)(
    'G09 counted throttled time, %s of it, comes before the reasons of the moment',
    (share, reasons, state) => {
      expect(gpuStateOf(gpu({ clockEventReasons: reasons }), active, { ...UNTOLD, throttledShare: share })).toBe(state);
    },
  );

  test.each([
    [1.78e9, null, 0.9, 'throttled'],
    [1.79e9, null, 0.9, 'serving'],
    [1.78e9, null, 0.4, 'serving'],
    [1.78e9, 0x1, 0.9, 'serving'],
  ] as const)(
    'a clock of %s Hz under one of 1.98 GHz, reasons %s, utilisation %s: %s',
    (smClockHertz, reasons, utilisation, state) => {
      const sample = gpu({ smClockHertz, clockEventReasons: reasons, utilisation });
      expect(gpuStateOf(sample, active, { throttledShare: null, smClockTopHertz: 1.98e9 })).toBe(state);
    },
  );
});
