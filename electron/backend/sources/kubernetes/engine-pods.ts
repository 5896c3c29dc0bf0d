import type { LabelMatcher } from '#shared/model/access.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { HttpClient, HttpTarget } from '../http/http-client.ts';
import { askPods } from './ask-pods.ts';

/** What a pod runs changes only by a restart of its containers: asked so often, and at once for a new pod. */
const ASK_AGAIN_MS = 5 * 60_000;

/**
 * A pod that nothing was told of is asked for again after this, then twice as long each time: kube-state-metrics may be
 * scraped a little later than a new engine, or not be there at all.
 */
const UNTOLD_AGAIN_MS = 2000;

/** A pod of whom kube-state-metrics was last scraped longer ago than this is not told of. */
const LOOK_BACK_SECONDS = 600;

type Asked = { readonly at: EpochMs; readonly againMs: number };
type Stretch = { readonly until: EpochMs; readonly seconds: number };

export type EnginePods = {
  /** The scrapes with what the pods of their engines run, on the first of them, so that it is known before they are. */
  readonly joined: (
    server: HttpTarget,
    scrapes: readonly Scrape[],
    stretch: Stretch,
    signal: AbortSignal,
  ) => Promise<readonly Scrape[]>;
};

/** Asks a server about the pods of the engines that it tells of. Where it knows none, engines stay as they were told. */
export function createEnginePods(http: HttpClient, matchers: readonly LabelMatcher[]): EnginePods {
  const askedByPod = new Map<string, Asked>();
  const isDue = (pod: string, now: EpochMs): boolean => {
    const asked = askedByPod.get(pod);
    return asked === undefined || now - asked.at >= asked.againMs;
  };
  const remember = (pod: string, at: EpochMs, isTold: boolean): void => {
    const before = askedByPod.get(pod)?.againMs ?? UNTOLD_AGAIN_MS / 2;
    askedByPod.set(pod, { at, againMs: isTold ? ASK_AGAIN_MS : Math.min(ASK_AGAIN_MS, 2 * before) });
  };
  return {
    joined: async (server, scrapes, { until, seconds }, signal) => {
      const named = scrapes.flatMap(({ engines }) => engines.flatMap(({ pod }) => pod ?? []));
      const pods = [...new Set(named)].filter((pod) => isDue(pod, until));
      const [first, ...rest] = scrapes;
      if (pods.length === 0 || first === undefined) return scrapes;
      const question = { pods, matchers, until, seconds: Math.max(seconds, LOOK_BACK_SECONDS) };
      const answer = await askPods(http, server, question, signal);
      const told = new Set(answer.ok ? answer.value.map(({ pod }) => pod) : []);
      for (const pod of pods) remember(pod, until, told.has(pod));
      return answer.ok ? [{ ...first, pods: answer.value }, ...rest] : scrapes;
    },
  };
}
