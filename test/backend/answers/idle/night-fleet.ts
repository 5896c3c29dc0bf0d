import type { FactBatch } from '#backend/store/store.ts';
import type { EngineFact, GpuFact } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan, Placement } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { engineFact, gpuFact, NO_BATCH } from '../../store/store-facts.ts';

/*
 * Four nodes of eight H100, an engine of one model to each, and a fifth node that nothing is bound to. By day (07:00 to 22:00
 * UTC) each engine serves 1,000 output tokens a second, by night 100. From an instant on, two of them are gone by night.
 */
export const MONDAY = epochMs(Date.UTC(2026, 2, 2));
const HOUR_MS = 3_600_000;

export function hoursAfter(hours: number): EpochMs {
  return epochMs(MONDAY + hours * HOUR_MS);
}

export const NODES = ['node-0', 'node-1', 'node-2', 'node-3'];
const FREE_NODE = 'node-4';
const PLACE = { site: null, rack: null, pool: 'prod' };

export function nightFleet(hours: number, goneFromHour = Infinity): FactBatch {
  const all = Array.from({ length: hours }, (_, hour) => hour);
  const isGone = (node: string, hour: number): boolean =>
    hour >= goneFromHour && isNight(hour) && (node === 'node-2' || node === 'node-3');
  return {
    ...NO_BATCH,
    seats: [...NODES, FREE_NODE].flatMap((node) => Array.from({ length: 8 }, (_, index) => seatOf(node, index))),
    engineSpans: NODES.map(spanOf),
    placements: NODES.map((node): Placement => {
      return { key: node, rule: 'pod', members: [{ engineSpan: `span ${node}`, share: 1 }] };
    }),
    engineFacts: all.flatMap((hour) =>
      NODES.filter((node) => !isGone(node, hour)).map((node) => engineHour(node, hour)),
    ),
    gpuFacts: all.flatMap((hour) =>
      [...NODES, FREE_NODE].flatMap((node) => gpuHour(node, hour, node === FREE_NODE || isGone(node, hour))),
    ),
  };
}

export function isNight(hour: number): boolean {
  return hour % 24 >= 22 || hour % 24 < 7;
}

function seatOf(node: string, index: number): GpuSeat {
  const about = { domain: null, tray: null, driverVersion: null, cudaVersion: null, index: String(index) };
  const gpu = `${node}/${index}`;
  return { key: gpu, gpu, sku: 'NVIDIA H100', node, ...PLACE, ...about, since: MONDAY, until: null };
}

function spanOf(node: string): EngineSpan {
  const names = { key: `span ${node}`, engine: `engine ${node}`, kind: 'vllm', model: 'llama', node } as const;
  const about = { role: null, pod: null, version: null, versionEvidence: null, image: null, settings: null } as const;
  return { ...names, ...PLACE, ...about, tenant: null, since: MONDAY, until: null };
}

function engineHour(node: string, hour: number): EngineFact {
  return engineFact({
    engineSpan: `span ${node}`,
    start: hoursAfter(hour),
    seconds: 3600,
    observedSeconds: 3600,
    inputTokens: 0,
    outputTokens: 3600 * (isNight(hour) ? 100 : 1000),
    restarts: 0,
  });
}

function gpuHour(node: string, hour: number, isFree: boolean): GpuFact[] {
  return Array.from({ length: 8 }, (_, index) =>
    gpuFact({
      seat: `${node}/${index}`,
      start: hoursAfter(hour),
      seconds: 3600,
      state: isFree ? 'unallocated' : 'serving',
      placement: isFree ? null : node,
      observedSeconds: 3600,
      energyJoules: 3600 * 500,
      energySeconds: 3600,
      energyIntegratedJoules: 0,
    }),
  );
}
