import type { PlacementRule } from '#shared/model/inference-engine.ts';
import type { EngineSample, GpuSample } from '#shared/model/sample.ts';

/** Which engines of a node hold which of its GPUs, where the GPUs name no pods. */
export type NodePlan<Engine> = {
  readonly rule: PlacementRule;
  readonly enginesOn: (gpu: GpuSample) => readonly Engine[];
  /** Why the engines of the node hold no GPU though it has some, as a sentence; null where they do. */
  readonly trouble: string | null;
};

type Resident = Pick<EngineSample, 'gpuCount' | 'gpuUuids'> & { readonly isAsleep: boolean };

/** Less memory than this holds no model: a driver and its monitoring take some hundred megabytes. */
const MODEL_BYTES_MIN = 1024 ** 3;

/**
 * Places the engines of one node. Those that name GPUs by UUID hold these. Of those that say how many GPUs they use, all
 * together hold as many: where the node has more, the ones with a model in memory, if these are exactly so many, and
 * otherwise none, because which ones is not known. Engines that say nothing hold every GPU that has a model in memory;
 * where no GPU shows one, or an engine sleeps, all of them.
 */
export function planNode<Engine extends Resident>(
  engines: readonly Engine[],
  gpus: readonly GpuSample[],
): NodePlan<Engine> {
  const naming = engines.filter(({ gpuUuids }) => gpuUuids.length > 0);
  if (naming.length > 0) {
    const others = engines.filter(({ gpuUuids }) => gpuUuids.length === 0);
    const named = (gpu: GpuSample) => naming.filter(({ gpuUuids }) => gpuUuids.includes(cardOf(gpu)));
    const trouble = others.length === 0 ? null : 'Other engines of its machine name their GPUs, and it does not.';
    return { rule: 'reported', enginesOn: named, trouble };
  }
  const loaded = gpus.filter(hasModel);
  const counts = engines.map(({ gpuCount }) => gpuCount);
  const total = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const isTold = engines.length > 0 && !counts.includes(null);
  if (isTold && total < gpus.length) return ofSome(engines, loaded, { total, all: gpus.length });
  const isUnclear = loaded.length === 0 || engines.some(({ isAsleep }) => isAsleep);
  const holding = isTold || isUnclear ? gpus : loaded;
  const held = new Set(holding.map(({ gpu }) => gpu));
  const sharing = withRest(engines, holding.length - total);
  const enginesOn = ({ gpu }: GpuSample) => (held.has(gpu) ? sharing : []);
  return { rule: isTold ? 'reported' : 'node', enginesOn, trouble: null };
}

/** Beside engines that say how many GPUs they use, those that say nothing have the rest of them, in equal parts. */
function withRest<Engine extends Resident>(engines: readonly Engine[], rest: number): readonly Engine[] {
  const silent = engines.filter(({ gpuCount }) => gpuCount === null).length;
  if (silent === 0 || silent === engines.length || rest <= 0) return engines;
  return engines.map((engine) => (engine.gpuCount === null ? { ...engine, gpuCount: rest / silent } : engine));
}

function ofSome<Engine extends Resident>(
  engines: readonly Engine[],
  loaded: readonly GpuSample[],
  { total, all }: { readonly total: number; readonly all: number },
): NodePlan<Engine> {
  const held = new Set(loaded.length === total ? loaded.map(({ gpu }) => gpu) : []);
  const trouble =
    held.size > 0
      ? null
      : `The engines of its machine use ${total} of ${all} GPUs, and nothing tells which: map them by hand.`;
  return { rule: 'reported', enginesOn: ({ gpu }) => (held.has(gpu) ? engines : []), trouble };
}

function hasModel({ memoryUsedBytes, processes }: GpuSample): boolean {
  if (processes !== null && processes.length === 0) return false;
  return memoryUsedBytes !== null && memoryUsedBytes >= MODEL_BYTES_MIN;
}

function cardOf({ gpu }: GpuSample): string {
  return gpu.split('/')[0] ?? gpu;
}
