import { succeed, type Result } from '#shared/lib/result.ts';
import type { LabelMatcher } from '#shared/model/access.ts';
import type { PodSample } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { HttpClient, HttpTarget } from '../http/http-client.ts';
import { queryOf, vectorOf, type ServerFailure } from '../prometheus-server/server-api.ts';
import { POD_METRICS, podsOf } from './pod-reader.ts';

/** Pods named in one question: what a server accepts in one form is far longer. */
const PODS_PER_QUESTION = 200;

type Question = {
  readonly pods: readonly string[];
  readonly matchers?: readonly LabelMatcher[];
  readonly until: EpochMs;
  /** How far back a pod that has ended is still told of. */
  readonly seconds: number;
};

/**
 * What the pods of engines run, from kube-state-metrics as the same server scrapes it. Only these pods are asked for: all
 * pods of a cluster would be thousands of series.
 */
export async function askPods(
  http: HttpClient,
  server: HttpTarget,
  { pods, matchers = [], until, seconds }: Question,
  signal: AbortSignal,
): Promise<Result<readonly PodSample[], ServerFailure>> {
  const found: PodSample[] = [];
  for (let from = 0; from < pods.length; from += PODS_PER_QUESTION) {
    const names = pods
      .slice(from, from + PODS_PER_QUESTION)
      .map(escapeRegex)
      .join('|');
    const selectors = ['pod', 'exported_pod'].map((label) =>
      queryOf({ names: POD_METRICS, matchers: [...matchers, { label, value: names, isRegex: true }] }),
    );
    const query = selectors.map((selector) => `last_over_time(${selector}[${Math.ceil(seconds)}s])`).join(' or ');
    const answer = await vectorOf(http, server, { query, at: until }, signal);
    if (!answer.ok) return answer;
    found.push(...podsOf(answer.value.series.map(({ metric }) => new Map(Object.entries(metric)))));
  }
  return succeed(found);
}

/** Kubernetes allows letters, digits, hyphens and dots in a pod's name; a label may hold anything. */
function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
