import { succeed, type Result } from '#shared/lib/result.ts';
import type { LabelMatcher } from '#shared/model/access.ts';
import type { PodSample } from '#shared/model/sample.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { HttpClient, HttpTarget } from '../http/http-client.ts';
import type { MatrixSeries } from '../prometheus-server/server-answer.ts';
import { marksOf, queryOf, vectorOf, type ServerFailure } from '../prometheus-server/server-api.ts';
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
  for (const selectors of selectorsOf(pods, matchers)) {
    const query = selectors.map((selector) => `last_over_time(${selector}[${Math.ceil(seconds)}s])`).join(' or ');
    const answer = await vectorOf(http, server, { query, at: until }, signal);
    if (!answer.ok) return answer;
    found.push(...podsOf(answer.value.series.map(labelsOf)));
  }
  return succeed(found);
}

/** What pods ran at one instant of the past. */
export type PodsAt = { readonly at: EpochMs; readonly pods: readonly PodSample[] };

/** An update of a pod is seen so late at most, s. */
const MARK_SECONDS = 300;

/** What the pods of engines ran over a stretch of the past, at marks of five minutes. */
export async function askPastPods(
  http: HttpClient,
  server: HttpTarget,
  { pods, matchers = [], until, seconds }: Question,
  signal: AbortSignal,
): Promise<Result<readonly PodsAt[], ServerFailure>> {
  const series: MatrixSeries[] = [];
  for (const selectors of selectorsOf(pods, matchers)) {
    const question = { query: selectors.join(' or '), until, seconds, stepSeconds: MARK_SECONDS };
    const answer = await marksOf(http, server, question, signal);
    if (!answer.ok) return answer;
    series.push(...answer.value.series);
  }
  const told = series.flatMap((one) => one.values.map(([mark]) => ({ mark, labels: labelsOf(one) })));
  const byMark = [...Map.groupBy(told, ({ mark }) => mark)].toSorted(([one], [other]) => one - other);
  return succeed(
    byMark.map(([mark, ofMark]) => ({ at: epochMs(mark * 1000), pods: podsOf(ofMark.map(({ labels }) => labels)) })),
  );
}

function labelsOf({ metric }: MatrixSeries): ReadonlyMap<string, string> {
  return new Map(Object.entries(metric));
}

/** Selectors of some pods each: by the label of the pod, and by the one it has where a server laid its own over it. */
function* selectorsOf(pods: readonly string[], matchers: readonly LabelMatcher[]): Generator<readonly string[]> {
  for (let from = 0; from < pods.length; from += PODS_PER_QUESTION) {
    const names = pods
      .slice(from, from + PODS_PER_QUESTION)
      .map(escapeRegex)
      .join('|');
    yield ['pod', 'exported_pod'].map((label) =>
      queryOf({ names: POD_METRICS, matchers: [...matchers, { label, value: names, isRegex: true }] }),
    );
  }
}

/** Kubernetes allows letters, digits, hyphens and dots in a pod's name; a label may hold anything. */
function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
