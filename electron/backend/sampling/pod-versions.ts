import { isRelease, versionOfImage } from '#backend/sources/inference-engine/image-version.ts';
import type { EngineSample, PodSample, Scrape } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';

/** What the pods of engines run, as kube-state-metrics last told. */
export type PodVersions = {
  learn(scrapes: readonly Scrape[]): void;
  /** The engine with its image; and with the version of the image, or of its pod's label, where it tells none itself. */
  readonly described: (sample: EngineSample) => EngineSample;
};

const KEPT_MS = 24 * 3_600_000;

/** Containers beside an engine in its pod: proxies, loggers, routers of requests. */
const SIDECARS = /istio|envoy|linkerd|proxy|sidecar|fluent|vector|exporter|init|agent/i;

export function createPodVersions(): PodVersions {
  const pods = new Map<string, { readonly pod: PodSample; readonly at: EpochMs }>();
  return {
    learn: (scrapes) => {
      for (const { at, pods: told = [] } of scrapes) {
        for (const pod of told) {
          // A target may tell an engine's pod and not its namespace.
          pods.set(keyOf(pod.namespace, pod.pod), { pod, at });
          pods.set(keyOf(null, pod.pod), { pod, at });
        }
        if (told.length === 0) continue;
        for (const [key, known] of pods) if (at - known.at > KEPT_MS) pods.delete(key);
      }
    },
    described: (sample) => {
      const known = sample.pod === null ? undefined : pods.get(keyOf(sample.namespace, sample.pod))?.pod;
      if (known === undefined) return sample;
      const image = sample.image ?? imageOfPod(known);
      const told = sample.versionEvidence === 'http' ? null : versionOfPod(sample, known);
      return { ...sample, image, ...told };
    },
  };
}

function keyOf(namespace: string | null, pod: string): string {
  return `${namespace ?? ''}/${pod}`;
}

/** The image of the engine's own container, by its name and digest. */
function imageOfPod({ images }: PodSample): string | null {
  const [own] = ownImages(images);
  if (own === undefined) return null;
  const digest = /sha256:[0-9a-f]{64}/.exec(own.imageId)?.[0];
  return digest === undefined || own.image.includes('@') ? own.image : `${own.image}@${digest}`;
}

function ownImages(images: PodSample['images']): PodSample['images'] {
  const own = images.filter(({ container }) => !SIDECARS.test(container));
  return own.length > 0 ? own : images;
}

type Told = Pick<EngineSample, 'version' | 'versionEvidence'>;

/** A release in the image's tag comes first, then the label, then the image itself: it is at least seen to change. */
function versionOfPod({ kind }: EngineSample, { images, versionLabel }: PodSample): Told | null {
  const versions = ownImages(images).map(({ image, imageId }) => versionOfImage(kind, image, imageId));
  const release = versions.find(isRelease);
  if (release !== undefined) return { version: release, versionEvidence: 'image' };
  if (versionLabel !== null) return { version: versionLabel.replace(/^v(?=\d)/, ''), versionEvidence: 'pod-label' };
  const [image] = versions;
  return image === undefined ? null : { version: image, versionEvidence: 'image' };
}
