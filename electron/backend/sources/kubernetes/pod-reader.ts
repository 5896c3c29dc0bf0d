import type { PodSample } from '#shared/model/sample.ts';

/** Series of kube-state-metrics that tell what a pod runs. Its v2 exports labels only where they are allowed by name. */
export const POD_METRICS = ['kube_pod_container_info', 'kube_pod_labels'] as const;

const VERSION_LABEL = 'label_app_kubernetes_io_version';

type Labels = ReadonlyMap<string, string>;

/**
 * The pods that these series tell of, one each. Where a server laid its own labels over those of kube-state-metrics, the
 * pod's are `exported_*`. Told apart by labels, because a query may have taken the names away.
 */
export function podsOf(series: readonly Labels[]): PodSample[] {
  const told = series.flatMap((labels) => {
    const pod = labels.get('exported_pod') ?? labels.get('pod') ?? '';
    const namespace = labels.get('exported_namespace') ?? labels.get('namespace') ?? null;
    return pod === '' ? [] : [{ key: `${namespace ?? ''}/${pod}`, pod, namespace, labels }];
  });
  return [...Map.groupBy(told, ({ key }) => key).values()].map((ofPod) => {
    const images = ofPod.flatMap(({ labels }) => imageOf(labels) ?? []);
    const version = ofPod.map(({ labels }) => labels.get(VERSION_LABEL) ?? '').find((text) => text !== '') ?? null;
    return { pod: ofPod[0]?.pod ?? '', namespace: ofPod[0]?.namespace ?? null, images, versionLabel: version };
  });
}

function imageOf(labels: Labels): PodSample['images'][number] | null {
  const image = labels.get('image') ?? '';
  if (image === '') return null;
  const container = labels.get('exported_container') ?? labels.get('container') ?? '';
  return { container, image, imageId: labels.get('image_id') ?? '' };
}
