import type { MatrixSeries } from './server-answer.ts';

/** The series of one target as one scraper wrote them. */
export type ScrapeStream = {
  /** Unique among all targets of the server. */
  readonly target: string;
  /** Where the target answers: its `instance`, with its cluster where two clusters have the same. */
  readonly instance: string;
  readonly series: readonly MatrixSeries[];
};

/** Tells apart what one server holds of targets of the same name, and keeps to one of two scrapers. */
export type ScrapeStreams = {
  readonly of: (matrix: readonly MatrixSeries[]) => readonly ScrapeStream[];
  /** Replicas of Prometheus that scrape the same targets: which is read, and which are left out; null where none do. */
  readonly replicas: () => { readonly read: string; readonly leftOut: readonly string[] } | null;
};

/** Labels that pairs of scrapers differ in. Sources: kube-prometheus, Thanos receive and rule, Mimir's HA tracker. */
const REPLICA_LABELS = ['prometheus_replica', '__replica__', 'replica', 'receive_replica', 'rule_replica'];

/** Labels that one server of many clusters tells them apart by; kube-prometheus writes `prometheus`, Mimir a tenant. */
const CLUSTER_LABELS = [
  'cluster',
  'cluster_name',
  'cluster_id',
  'k8s_cluster',
  'k8s_cluster_name',
  'prometheus',
  'region',
  'site',
  'datacenter',
  'dc',
  'env',
  'environment',
  '__tenant_id__',
  'tenant_id',
];

/** Labels that a scraper lays over all that it writes of a target, its `up` too. */
export const SCRAPER_LABELS: readonly string[] = [...REPLICA_LABELS, ...CLUSTER_LABELS];

/** A scraper that falls behind another by more is taken for dead, s: the default interval, missed three times. */
const BEHIND_SECONDS_MAX = 180;

/** Scrapers of one target write at moments of their own; series of one scrape share theirs. */
const SHARED_INSTANTS_MAX = 0.1;

const SERIES_COMPARED = 50;

export function createScrapeStreams(): ScrapeStreams {
  /** Targets that were seen in several clusters, for good: their names must not change when one cluster is silent. */
  const manyClusters = new Set<string>();
  const readReplica = new Map<string, string>();
  const leftOut = new Map<string, ReadonlySet<string>>();

  function streamsOfTarget(name: string, series: readonly MatrixSeries[]): ScrapeStream[] {
    const byCluster = Map.groupBy(series, valuesOf(labelsOnAll(CLUSTER_LABELS, series)));
    if (byCluster.size > 1 && areScrapers([...byCluster.values()])) manyClusters.add(name);
    const isTold = manyClusters.has(name);
    const clusters = isTold ? [...byCluster] : [['', series] as const];
    return clusters.map(([cluster, own]) => {
      const target = isTold ? `${name} ${cluster}` : name;
      const instance = own[0]?.metric['instance'] ?? 'unknown';
      return {
        target,
        instance: isTold ? `${cluster}/${instance}` : instance,
        series: oneReplica(target, own),
      };
    });
  }

  /** The series of one scraper, without the label that names it, so that another may take over. */
  function oneReplica(target: string, series: readonly MatrixSeries[]): readonly MatrixSeries[] {
    const labels = labelsOnAll(REPLICA_LABELS, series);
    const byReplica = Map.groupBy(series, valuesOf(labels));
    const known = readReplica.get(target);
    if (byReplica.size < 2 && known === undefined) return series;
    if (byReplica.size > 1 && !areScrapers([...byReplica.values()])) return series;
    const chosen = chooseReplica(byReplica, known);
    readReplica.set(target, chosen);
    leftOut.set(target, new Set([...byReplica.keys()].filter((replica) => replica !== chosen)));
    return (byReplica.get(chosen) ?? []).map(({ metric, values }) => ({ metric: without(metric, labels), values }));
  }

  return {
    of: (matrix) => {
      const byTarget = Map.groupBy(matrix, ({ metric }) => `${metric['job'] ?? ''} ${metric['instance'] ?? ''}`);
      return [...byTarget].flatMap(([name, series]) => streamsOfTarget(name, series));
    },
    replicas: () => {
      const others = new Set([...leftOut.values()].flatMap((names) => [...names]));
      if (others.size === 0) return null;
      const read = new Set([...leftOut].flatMap(([target, names]) => (names.size > 0 ? readReplica.get(target) : [])));
      return { read: [...read].join(', '), leftOut: [...others] };
    },
  };
}

/** A label that is only on some series of a target was written by the target, not by who scraped it. */
function labelsOnAll(names: readonly string[], series: readonly MatrixSeries[]): readonly string[] {
  return names.filter((name) => series.every(({ metric }) => Object.hasOwn(metric, name)));
}

function valuesOf(labels: readonly string[]): (series: MatrixSeries) => string {
  return ({ metric }) => labels.map((label) => metric[label] ?? '').join(' ');
}

function without(metric: MatrixSeries['metric'], labels: readonly string[]): MatrixSeries['metric'] {
  return Object.fromEntries(Object.entries(metric).filter(([name]) => !labels.includes(name)));
}

/** Whether groups of series are the same things read at other moments, and not parts of one scrape. */
function areScrapers(groups: readonly (readonly MatrixSeries[])[]): boolean {
  const [first = new Set<number>(), ...others] = groups.map((group) => {
    return new Set(group.slice(0, SERIES_COMPARED).flatMap(({ values }) => values.map(([seconds]) => seconds)));
  });
  return others.every((instants) => {
    const shared = [...instants].filter((instant) => first.has(instant)).length;
    return shared <= SHARED_INSTANTS_MAX * instants.size;
  });
}

/** The one that was read so far, as long as it keeps up; else the one with the most samples. */
function chooseReplica(byReplica: ReadonlyMap<string, readonly MatrixSeries[]>, known: string | undefined): string {
  const all = [...byReplica].map(([name, series]) => ({
    name,
    samples: series.reduce((total, { values }) => total + values.length, 0),
    newest: series.reduce((newest, { values }) => Math.max(newest, values.at(-1)?.[0] ?? 0), 0),
  }));
  const newest = Math.max(...all.map((one) => one.newest));
  const current = all.find(({ name }) => name === known);
  if (current !== undefined && newest - current.newest <= BEHIND_SECONDS_MAX) return current.name;
  const living = all.filter((one) => newest - one.newest <= BEHIND_SECONDS_MAX);
  const best = living.toSorted((one, other) => other.samples - one.samples || (one.name < other.name ? -1 : 1))[0];
  return best?.name ?? known ?? '';
}
