import type { LabelMatcher } from '#shared/model/access.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { HttpClient, HttpTarget } from '../http/http-client.ts';
import { askPastPods, askPods, type PodsAt } from './ask-pods.ts';

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
  /** The same for a stretch of the past: what pods ran at each time of it, on the first scrape from then on. */
  readonly joinedPast: EnginePods['joined'];
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
      const pods = podsOfEngines(scrapes).filter((pod) => isDue(pod, until));
      const [first, ...rest] = scrapes;
      if (pods.length === 0 || first === undefined) return scrapes;
      const question = { pods, matchers, until, seconds: Math.max(seconds, LOOK_BACK_SECONDS) };
      const answer = await askPods(http, server, question, signal);
      const told = new Set(answer.ok ? answer.value.map(({ pod }) => pod) : []);
      for (const pod of pods) remember(pod, until, told.has(pod));
      return answer.ok ? [{ ...first, pods: answer.value }, ...rest] : scrapes;
    },
    joinedPast: async (server, scrapes, { until, seconds }, signal) => {
      const pods = podsOfEngines(scrapes);
      if (pods.length === 0) return scrapes;
      const answer = await askPastPods(http, server, { pods, matchers, until, seconds }, signal);
      return answer.ok ? withPods(scrapes, answer.value) : scrapes;
    },
  };
}

function podsOfEngines(scrapes: readonly Scrape[]): readonly string[] {
  return [...new Set(scrapes.flatMap(({ engines }) => engines.flatMap(({ pod }) => pod ?? [])))];
}

/** Scrapes in order of time, with what pods ran wherever it is told otherwise than before. */
function withPods(scrapes: readonly Scrape[], told: readonly PodsAt[]): readonly Scrape[] {
  let next = 0;
  let last = '';
  return scrapes.map((scrape) => {
    let now: PodsAt | undefined;
    for (; next < told.length && (told[next]?.at ?? Infinity) <= scrape.at; next += 1) now = told[next];
    if (now === undefined || JSON.stringify(now.pods) === last) return scrape;
    last = JSON.stringify(now.pods);
    return { ...scrape, pods: now.pods };
  });
}
