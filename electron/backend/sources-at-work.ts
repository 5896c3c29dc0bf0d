import type { BackfillProgress, SourceHealth } from '#shared/model/source-health.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { SourceConfig } from './config.ts';
import type { Source } from './sources/source.ts';

/** One configured source: at work, or paused. */
type AtWork = {
  readonly config: SourceConfig;
  /** Null while it is paused. */
  readonly source: Source | null;
  /** Aborted when the source is taken away: its history is read no further. */
  readonly ending: AbortController;
  readonly since: EpochMs;
  history: Promise<void>;
  progress: BackfillProgress | null;
};

/** How one source reads its past, beside its polls. */
export type ReadHistory = (reading: {
  readonly config: SourceConfig;
  readonly source: Source;
  readonly onProgress: (progress: BackfillProgress) => void;
  readonly signal: AbortSignal;
}) => Promise<void>;

/** The sources of a fleet: one is added, changed, paused or taken away while the others go on as if nothing was. */
export type SourcesAtWork = {
  /** Those that are to be polled now. */
  active(): readonly Source[];
  /**
   * Takes a new list: what is in it as before goes on, with all that is known of it. Gives the sources that are new, whose
   * history is not read yet.
   */
  take(configs: readonly SourceConfig[], now: EpochMs): readonly Source[];
  readHistories(sources: readonly Source[], read: ReadHistory): void;
  health(now: EpochMs): readonly SourceHealth[];
  progress(): readonly BackfillProgress[];
  stop(): Promise<void>;
};

export function createSourcesAtWork(create: (config: SourceConfig) => Source): SourcesAtWork {
  let known: readonly AtWork[] = [];
  const ended: Promise<void>[] = [];

  function begin(config: SourceConfig, now: EpochMs): AtWork {
    const source = config.paused ? null : create(config);
    return { config, source, ending: new AbortController(), since: now, history: Promise.resolve(), progress: null };
  }

  function end(one: AtWork): void {
    one.ending.abort();
    one.source?.close();
    ended.push(one.history);
  }

  return {
    active: () => known.flatMap(({ source }) => source ?? []),
    take: (configs, now) => {
      const before = new Map(known.map((one) => [keyOf(one.config), one]));
      known = configs.map((config) => before.get(keyOf(config)) ?? begin(config, now));
      const kept = new Set(known);
      const old = [...before.values()];
      for (const one of old) if (!kept.has(one)) end(one);
      return known.filter((one) => !old.includes(one)).flatMap(({ source }) => source ?? []);
    },
    readHistories: (sources, read) => {
      for (const one of known) {
        const { config, source, ending } = one;
        if (source === null || !sources.includes(source)) continue;
        const onProgress = (progress: BackfillProgress): void => {
          one.progress = progress;
        };
        one.history = read({ config, source, onProgress, signal: ending.signal });
      }
    },
    health: (now) => known.map((one) => healthOf(one, now)),
    progress: () => known.flatMap(({ progress }) => progress ?? []),
    stop: async () => {
      for (const one of known) end(one);
      known = [];
      await Promise.all(ended);
    },
  };
}

/** What a source is as long as nothing of it was changed. */
function keyOf(config: SourceConfig): string {
  return JSON.stringify(config);
}

function healthOf({ config, source, since, progress }: AtWork, now: EpochMs): SourceHealth {
  if (source === null) return pausedHealth(config, since);
  const health = { ...source.health(now), backfill: progress };
  // A server that is only asked for its past is as well as the reading of it.
  if (health.state !== 'waiting' || progress === null) return health;
  return progress.state === 'failed'
    ? { ...health, state: 'down', reason: progress.message }
    : { ...health, state: progress.state === 'done' ? 'fresh' : 'waiting', reason: progress.message };
}

/** Nothing is asked, and nothing is known of now. The pause began at the latest when Tokenwatt did. */
function pausedHealth(config: SourceConfig, since: EpochMs): SourceHealth {
  const reason = 'Not polled: what it would have told counts as unseen. Resume it to go on.';
  const { name, kind } = config;
  return {
    name,
    kind,
    address: addressOf(config),
    state: 'paused',
    reason,
    since,
    notes: [],
    backfill: null,
    targets: [],
  };
}

/** What was entered to connect a source, as it may be entered again. */
export function addressOf(config: SourceConfig): string {
  switch (config.kind) {
    case 'scrape':
      return config.targets.map(({ url }) => url).join(', ');
    case 'discovery':
    case 'prometheus':
      return config.url;
    case 'file':
      return config.path;
    case 'local-gpus':
      return config.via === 'auto' ? 'local' : `local ${config.via}`;
  }
}
