import type { Placement } from '#shared/model/inference-engine.ts';
import type { GpuSample } from '#shared/model/sample.ts';

/** An engine that may hold GPUs: its current span, and where its own labels say it runs. */
export type PlaceableEngine = {
  readonly engine: string;
  readonly engineSpan: string;
  readonly pod: string | null;
  readonly namespace: string | null;
  readonly node: string | null;
};

export type Placer = (gpu: GpuSample) => { readonly placement: Placement; readonly engines: readonly string[] } | null;

/**
 * Places engines on GPUs. A GPU that names a pod holds the engines of that pod. Where a node's exporter names no pods at
 * all, each of its GPUs holds all engines of the node in equal shares. What neither rule places stays unplaced.
 */
export function createPlacer(engines: readonly PlaceableEngine[], gpus: readonly GpuSample[]): Placer {
  const byPod = Map.groupBy(engines, (engine) => engine.pod);
  const byNode = Map.groupBy(engines, (engine) => engine.node);
  const nodesThatNamePods = new Set(gpus.filter((gpu) => gpu.workload !== null).map((gpu) => gpu.node));
  const answers = new Map<string, ReturnType<Placer>>();
  const membersOf = ({ workload, node }: GpuSample): readonly PlaceableEngine[] => {
    if (workload !== null) {
      const ofPod = byPod.get(workload.pod) ?? [];
      return ofPod.filter((engine) => isSameNamespace(engine.namespace, workload.namespace));
    }
    return node === null || nodesThatNamePods.has(node) ? [] : (byNode.get(node) ?? []);
  };
  // GPUs of one pod or node have one answer, worked out once.
  return (gpu) => {
    const { workload, node } = gpu;
    const seat = workload === null ? `node ${node}` : `pod ${workload.namespace} ${workload.pod}`;
    const known = answers.get(seat);
    if (known !== undefined) return known;
    const answer = placementOf(workload === null ? 'node' : 'pod', membersOf(gpu));
    answers.set(seat, answer);
    return answer;
  };
}

function placementOf(rule: Placement['rule'], members: readonly PlaceableEngine[]): ReturnType<Placer> {
  if (members.length === 0) return null;
  const spans = members.map((member) => member.engineSpan).toSorted();
  const share = 1 / spans.length;
  const placement: Placement = {
    key: `${rule}:${spans.join('+')}`,
    rule,
    members: spans.map((engineSpan) => ({ engineSpan, share })),
  };
  return { placement, engines: members.map((member) => member.engine) };
}

/** Pods of two namespaces may share a name (stateful sets do); where one side tells no namespace, the name decides. */
function isSameNamespace(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}
