import { keyOf, chance } from '../world/chance.ts';
import type { Engine } from '../world/fleet-plan.ts';
import { lifeAt, type EngineLife } from '../world/story.ts';
import type { Family, Series } from './series.ts';

/** The life of each engine's pod at one instant, by pod. */
export type PodsReading = ReadonlyMap<string, EngineLife>;

export function podsAt(engines: readonly Engine[], step: number): PodsReading {
  return new Map(engines.map(({ pod, story }) => [pod, lifeAt(story, step)]));
}

/** What kube-state-metrics tells of the pods of engines: their image, which names the release. */
export function podFamilies(engines: readonly Engine[]): readonly Family<PodsReading>[] {
  return [
    {
      name: 'kube_pod_container_info',
      type: 'gauge',
      help: 'Information about a container in a pod.',
      style: 'integer',
      series: engines.flatMap(imagesOf),
    },
  ];
}

const repository = 'docker.io/vllm/vllm-openai';

function imagesOf({ pod, story }: Engine): readonly Series<PodsReading>[] {
  const releases = new Set([story.release, ...story.outages.flatMap(({ release }) => release ?? [])]);
  return [...releases].map((release) => ({
    name: 'kube_pod_container_info',
    labels: [
      ['namespace', 'inference'],
      ['pod', pod],
      ['container', 'vllm'],
      ['image', `${repository}:v${release}`],
      ['image_id', `${repository}@sha256:${digestOf(release)}`],
    ],
    valueOf: (lives) => {
      const life = lives.get(pod);
      return life !== undefined && life.phase !== 'absent' && life.release === release ? 1 : undefined;
    },
  }));
}

function digestOf(release: string): string {
  const key = keyOf(0, release);
  return Array.from({ length: 64 }, (_, at) => Math.floor(16 * chance(key, at)).toString(16)).join('');
}
