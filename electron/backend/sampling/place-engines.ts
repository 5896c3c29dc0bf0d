import type { Placement } from '#shared/model/inference-engine.ts';
import type { GpuSample, GpuWorkload } from '#shared/model/sample.ts';

/** An engine that may hold GPUs: its current span, and where its own labels say it runs. */
export type PlaceableEngine = {
  readonly engine: string;
  readonly engineSpan: string;
  readonly pod: string | null;
  readonly namespace: string | null;
  readonly node: string | null;
};

export type Placer = (gpu: GpuSample) => { readonly placement: Placement; readonly engines: readonly string[] } | null;

/** A part of a GPU: the engine that has it, or null where a pod has it whose engine nobody heard. */
type Part = { readonly engine: PlaceableEngine | null; readonly share: number };

/**
 * Places engines on GPUs. A GPU that names pods holds the engines of those pods: each pod by its share of the card, the
 * engines of one pod in equal parts of it, and what a pod without a known engine has stays with none. Where a node's
 * exporter names no pods at all, each of its GPUs holds all engines of the node in equal shares. What neither rule
 * places stays unplaced.
 */
export function createPlacer(engines: readonly PlaceableEngine[], gpus: readonly GpuSample[]): Placer {
  const byPod = Map.groupBy(engines, (engine) => engine.pod);
  const byNode = Map.groupBy(engines, (engine) => engine.node);
  const nodesThatNamePods = new Set(gpus.filter((gpu) => gpu.workloads.length > 0).map((gpu) => gpu.node));
  const answers = new Map<string, ReturnType<Placer>>();
  const partsOfWorkload = ({ pod, namespace, share }: GpuWorkload): readonly Part[] => {
    const ofPod = (byPod.get(pod) ?? []).filter((engine) => isSameNamespace(engine.namespace, namespace));
    if (ofPod.length === 0) return [{ engine: null, share }];
    return ofPod.map((engine) => ({ engine, share: share / ofPod.length }));
  };
  const partsOf = ({ workloads, node }: GpuSample): readonly Part[] => {
    if (workloads.length > 0) return workloads.flatMap(partsOfWorkload);
    const ofNode = node === null || nodesThatNamePods.has(node) ? [] : (byNode.get(node) ?? []);
    return ofNode.map((engine) => ({ engine, share: 1 / ofNode.length }));
  };
  // GPUs of the same pods or node have one answer, worked out once.
  return (gpu) => {
    const holder = gpu.workloads.length === 0 ? `node ${gpu.node}` : JSON.stringify(gpu.workloads);
    const known = answers.get(holder);
    if (known !== undefined) return known;
    const answer = placementOf(gpu.workloads.length === 0 ? 'node' : 'pod', partsOf(gpu));
    answers.set(holder, answer);
    return answer;
  };
}

function placementOf(rule: Placement['rule'], parts: readonly Part[]): ReturnType<Placer> {
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
function keyOf(rule: Placement['rule'], members: Placement['members']): string {
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
