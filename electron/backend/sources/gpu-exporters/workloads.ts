import type { GpuWorkload } from '#shared/model/sample.ts';
import type { Labels } from '../label-reader.ts';

/** The pod that a series names as the holder of its GPU or slice, as one exporter's pages write it. */
export type PodOf = (labels: Labels) => Pick<GpuWorkload, 'pod' | 'namespace'> | null;

/**
 * How to find the pod that holds a GPU. With honor_labels off, the workload's labels stand under `exported_*`, and the
 * plain ones are the exporter's own; with it on, a GPU without workload carries the exporter's own pod after relabelling.
 * Neither must be billed. Only a series' own labels count: those of its target are the exporter's too.
 * Source: telemetry reference, section 0, rule 2.
 */
export function podFinder(isAnyExported: boolean): PodOf {
  if (isAnyExported) return (labels) => podNamed(labels('exported_pod'), labels('exported_namespace'));
  return (labels) => {
    const container = labels('container') ?? labels('container_name') ?? '';
    const pod = labels('pod') ?? labels('pod_name');
    const isExporter = [pod ?? '', container].some((name) => /dcgm-exporter|gpu-exporter/.test(name));
    return isExporter ? null : podNamed(pod, labels('namespace') ?? labels('pod_namespace'));
  };
}

function podNamed(pod: string | null, namespace: string | null): ReturnType<PodOf> {
  return pod === null ? null : { pod, namespace };
}

/** A pod on a part of a card: on the slice of this instance, or on the whole card where there are no slices. */
export type Holding = Pick<GpuWorkload, 'pod' | 'namespace'> & { readonly instance: string | null };

/**
 * The workloads of a card with their shares. Slices count by their share of the card's compute, pods that share a slice
 * or an undivided card count equally. What no pod holds is borne by those that hold the rest, in proportion: a card in
 * use cannot be given back, so that shares add to 1.
 */
export function workloadsOf(
  holdings: readonly Holding[],
  shareOfInstance: ReadonlyMap<string, number>,
): readonly GpuWorkload[] {
  // Where a card is divided, rows of the whole card are what slices repeat.
  const counted = shareOfInstance.size === 0 ? holdings : holdings.filter(({ instance }) => instance !== null);
  const distinct = [...new Map(counted.map((holding) => [JSON.stringify(holding), holding])).values()];
  const byInstance = Map.groupBy(distinct, ({ instance }) => instance);
  const parts = distinct.map(({ pod, namespace, instance }) => {
    const ofInstance = instance === null ? 1 : (shareOfInstance.get(instance) ?? 0);
    return { pod, namespace, share: ofInstance / (byInstance.get(instance)?.length ?? 1) };
  });
  const held = parts.reduce((total, { share }) => total + share, 0);
  if (held === 0) return [];
  const byPod = Map.groupBy(parts, ({ pod, namespace }) => JSON.stringify([pod, namespace]));
  return [...byPod.values()].flatMap((list) => {
    const [first] = list;
    return first === undefined ? [] : [{ ...first, share: list.reduce((total, { share }) => total + share, 0) / held }];
  });
}
