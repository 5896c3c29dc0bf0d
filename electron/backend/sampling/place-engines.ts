import type { Placement, PlacementRule } from '#shared/model/inference-engine.ts';
import type { EngineSample, GpuSample, GpuWorkload } from '#shared/model/sample.ts';
import { isMatch, type Topology } from '#shared/model/topology.ts';
import { namesEngine } from './engine-roles.ts';
import { planNode, type NodePlan } from './place-on-node.ts';

/** An engine that may hold GPUs: its current span, and what is known of where it runs. */
export type PlaceableEngine = Pick<
  EngineSample,
  'engine' | 'pod' | 'namespace' | 'node' | 'address' | 'gpuCount' | 'gpuUuids' | 'pids'
> & {
  readonly engineSpan: string;
  /** All its ranks sleep: its weights are off the GPU. */
  readonly isAsleep: boolean;
};

export type Placer = (gpu: GpuSample) => { readonly placement: Placement; readonly engines: readonly string[] } | null;

/** A part of a GPU: the engine that has it, or null where a pod has it whose engine nobody heard. */
type Part = { readonly engine: PlaceableEngine | null; readonly share: number };

type Held = { readonly key: string; readonly rule: PlacementRule; readonly parts: () => readonly Part[] };

/**
 * Places engines on GPUs, by the first rule that speaks for a GPU:
 * 1. `operator`: the mapping names the GPU and engines that are heard. Such an engine is placed nowhere else.
 * 2. `pod`: the GPU names pods. Each pod has its share of the card, its engines equal parts of that; what a pod without a
 *    known engine has stays with none.
 * 3. `process`: a process of an engine is on the GPU. What others hold there beside it stays with none.
 * 4. `reported`: engines name the GPU by UUID, or say how many of their machine's GPUs they use (see place-on-node.ts).
 * 5. `node`: a node's exporter names no pods at all: all engines of the node share those of its GPUs that hold a model.
 * Engines that share a GPU have equal shares, or shares by the GPUs that each says it uses. One that sleeps has no share
 * beside one that is awake: its weights are off the GPU. What no rule places stays unplaced.
 */
export function createPlacer(
  engines: readonly PlaceableEngine[],
  gpus: readonly GpuSample[],
  mappings: Topology['placements'] = [],
): Placer {
  const isMapped = (engine: PlaceableEngine): boolean =>
    mappings.some((mapping) => namesEngine(mapping.engine, engine));
  const free = mappings.length === 0 ? engines : engines.filter((engine) => !isMapped(engine));
  const byPod = Map.groupBy(free, (engine) => engine.pod);
  const byNode = Map.groupBy(free, (engine) => engine.node);
  const gpusByNode = Map.groupBy(gpus, (gpu) => gpu.node);
  const nodesThatNamePods = new Set(gpus.filter((gpu) => gpu.workloads.length > 0).map((gpu) => gpu.node));
  const plans = new Map<string, NodePlan<PlaceableEngine>>();
  const answers = new Map<string, ReturnType<Placer>>();

  const byOperator = (gpu: GpuSample): Held | null => {
    const named = mappings.filter((mapping) => namesGpu(mapping, gpu));
    if (named.length === 0) return null;
    const held = engines.filter((engine) => named.some((mapping) => namesEngine(mapping.engine, engine)));
    const key = `operator ${held.map(({ engineSpan }) => engineSpan).join(' ')}`;
    return held.length === 0 ? null : { key, rule: 'operator', parts: () => partsOf(held, 1) };
  };
  const byPods = ({ workloads }: GpuSample): Held | null => {
    if (workloads.length === 0) return null;
    return { key: JSON.stringify(workloads), rule: 'pod', parts: () => workloads.flatMap(partsOfWorkload) };
  };
  const partsOfWorkload = ({ pod, namespace, share }: GpuWorkload): readonly Part[] => {
    const ofPod = (byPod.get(pod) ?? []).filter((engine) => isSameNamespace(engine.namespace, namespace));
    return ofPod.length === 0 ? [{ engine: null, share }] : partsOf(ofPod, share);
  };
  const byPid = new Map(free.flatMap((engine) => engine.pids.map((pid) => [`${engine.node} ${pid}`, engine] as const)));
  const byProcess = ({ gpu, node, processes }: GpuSample): Held | null => {
    const own = [...new Set((processes ?? []).flatMap(({ pid }) => byPid.get(`${node} ${pid}`) ?? []))];
    if (own.length === 0) return null;
    return { key: `process ${gpu}`, rule: 'process', parts: () => partsBeside(own, processes ?? []) };
  };
  // Engines whose processes were seen on GPUs are on these and no other.
  const seen = new Set(gpus.flatMap(({ node, processes }) => (processes ?? []).map(({ pid }) => `${node} ${pid}`)));
  const isSeen = ({ node, pids }: PlaceableEngine): boolean => pids.some((pid) => seen.has(`${node} ${pid}`));
  const onNode = (gpu: GpuSample): Held | null => {
    const { node } = gpu;
    if (node === null || nodesThatNamePods.has(node)) return null;
    const unseen = (byNode.get(node) ?? []).filter((engine) => !isSeen(engine));
    const plan = plans.get(node) ?? planNode(unseen, gpusByNode.get(node) ?? []);
    plans.set(node, plan);
    const held = plan.enginesOn(gpu);
    const key = `${plan.rule} ${node} ${held.map(({ engineSpan }) => engineSpan).join(' ')}`;
    return held.length === 0 ? null : { key, rule: plan.rule, parts: () => partsOf(held, 1) };
  };
  // GPUs that are held alike have one answer, worked out once.
  return (gpu) => {
    const held = byOperator(gpu) ?? byPods(gpu) ?? byProcess(gpu) ?? onNode(gpu);
    if (held === null) return null;
    const known = answers.get(held.key);
    if (known !== undefined) return known;
    const answer = placementOf(held.rule, held.parts());
    answers.set(held.key, answer);
    return answer;
  };
}

/** The engines that share a card or a part of it: equally, or by the GPUs that each of them says it uses. */
function partsOf(engines: readonly PlaceableEngine[], share: number): readonly Part[] {
  const awake = engines.filter(({ isAsleep }) => !isAsleep);
  const holders = awake.length > 0 ? awake : engines;
  const areTold = holders.every(({ gpuCount }) => gpuCount !== null);
  const weightOf = ({ gpuCount }: PlaceableEngine): number => (areTold ? (gpuCount ?? 1) : 1);
  const total = holders.reduce((sum, engine) => sum + weightOf(engine), 0);
  return holders.map((engine) => ({ engine, share: (share * weightOf(engine)) / total }));
}

/** Memory that work beside an engine holds at least: monitoring and display take less. */
const OTHER_WORK_BYTES_MIN = 1024 ** 3;

/** The engines of a GPU's processes, and with them, as one more sharer, work that is no engine's. Source: fault G12. */
function partsBeside(
  engines: readonly PlaceableEngine[],
  processes: NonNullable<GpuSample['processes']>,
): readonly Part[] {
  const own = new Set(engines.flatMap(({ pids }) => pids));
  const others = processes.filter(({ pid }) => !own.has(pid));
  const bytes = others.reduce((sum, { memoryUsedBytes }) => sum + (memoryUsedBytes ?? 0), 0);
  if (bytes < OTHER_WORK_BYTES_MIN) return partsOf(engines, 1);
  const share = 1 / (engines.length + 1);
  return [...partsOf(engines, 1 - share), { engine: null, share }];
}

/** Whether a mapping of the operator names a GPU: by node, and by UUID or index. A card's UUID names its slices too. */
export function namesGpu({ node, gpus }: Topology['placements'][number], gpu: GpuSample): boolean {
  if (!isMatch(node, gpu.node)) return false;
  if (gpus === 'all') return true;
  const card = gpu.gpu.split('/')[0] ?? gpu.gpu;
  return [gpu.gpu, card, gpu.index].some((name) => name !== null && gpus.some((text) => isMatch(text, name)));
}

function placementOf(rule: PlacementRule, parts: readonly Part[]): ReturnType<Placer> {
  const sharesBySpan = new Map<string | null, number>();
  for (const { engine, share } of parts) {
    const span = engine?.engineSpan ?? null;
    sharesBySpan.set(span, (sharesBySpan.get(span) ?? 0) + share);
  }
  const members = [...sharesBySpan]
    .map(([engineSpan, share]) => ({ engineSpan, share }))
    .toSorted((one, other) => ((one.engineSpan ?? '') < (other.engineSpan ?? '') ? -1 : 1));
  if (members.every(({ engineSpan }) => engineSpan === null)) return null;
  const engines = [...new Set(parts.flatMap(({ engine }) => engine?.engine ?? []))];
  return { placement: { key: keyOf(rule, members), rule, members }, engines };
}

/** Equal shares go without saying; others are part of the key, so that a changed share is another placement. */
function keyOf(rule: PlacementRule, members: Placement['members']): string {
  const equal = 1 / members.length;
  const named = members.map(({ engineSpan, share }) => {
    const isEqual = Math.abs(share - equal) < 1e-9;
    return `${engineSpan ?? 'unknown'}${isEqual ? '' : `=${Number(share.toFixed(6))}`}`;
  });
  return `${rule}:${named.join('+')}`;
}

/** Pods of two namespaces may share a name (stateful sets do); where one side tells no namespace, the name decides. */
function isSameNamespace(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}
