import { hostname } from 'node:os';
import type { Access } from '#shared/model/access.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { Clock } from './clock.ts';
import { accessesOf, type Config, type SourceConfig } from './config.ts';
import { createAccessReader } from './secrets/read-access.ts';
import type { Secrets } from './secrets/secrets.ts';
import { noAccess, type HttpClient, type ReadAccess } from './sources/http/http-client.ts';
import { createListeningProcesses } from './sources/local-engines/listening-processes.ts';
import { createLocalGpusSource } from './sources/local-gpus/local-gpus-source.ts';
import { createSavedFileSource } from './sources/saved-file/saved-file-source.ts';
import type { LocalMachine } from './sources/prometheus/scrape-target.ts';
import { createDiscoverySource, createScrapeSource } from './sources/prometheus/scrape-source.ts';
import { createServerSource } from './sources/prometheus-server/server-source.ts';
import type { OnRead } from './sources/signals/target-read.ts';
import type { Source } from './sources/source.ts';

type SourceSurroundings = {
  readonly config: Config;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Up to where an earlier run read the source's server; nothing where it did not. */
  readonly resumeAt?: EpochMs | null;
  /** Hears what each answer held; for tests of an address. */
  readonly onRead?: OnRead;
};

/** The source that a configuration describes, with the secrets that it is asked with. */
export function createSource(source: SourceConfig, surroundings: SourceSurroundings): Source {
  const created = createPlainSource(source, surroundings);
  const isUnverified = accessesOf(source).some((access) => access.tls.skipVerification);
  return isUnverified ? withNote(created, UNVERIFIED) : created;
}

const UNVERIFIED =
  'TLS certificates are not verified, as its settings ask: whoever stands in between can read and change what it says.';

/** A mark that lasts as long as the setting behind it. */
function withNote(source: Source, note: string): Source {
  return {
    ...source,
    health: (now) => {
      const health = source.health(now);
      return { ...health, notes: [note, ...health.notes] };
    },
  };
}

function createPlainSource(source: SourceConfig, surroundings: SourceSurroundings): Source {
  const { config, http, clock, secrets, resumeAt = null, onRead } = surroundings;
  const { pollSeconds, meters, tenantLabel } = config;
  const heard = onRead === undefined ? {} : { onRead };
  const local = readsOwnGpus(config) ? { local: localMachine(clock) } : {};
  const common = {
    name: source.name,
    http,
    now: () => clock.now(),
    pollSeconds,
    meters,
    tenantLabel,
    ...heard,
    ...local,
  };
  const reader = (access: Access | undefined): ReadAccess =>
    access === undefined ? noAccess : createAccessReader(access, secrets, clock);
  switch (source.kind) {
    case 'scrape': {
      const targets = source.targets.map(({ url, labels, access }) => ({
        url,
        labels,
        ...(access === undefined ? {} : { access: reader(access) }),
      }));
      return createScrapeSource({ ...common, targets, access: reader(source.access) });
    }
    case 'discovery': {
      const access = { access: reader(source.access), targetAccess: reader(source.targetAccess) };
      return createDiscoverySource({ ...common, ...access, url: source.url });
    }
    case 'prometheus': {
      const { url, use, matchers = [] } = source;
      return createServerSource({ ...common, url, use, matchers, resumeAt, access: reader(source.access) });
    }
    case 'file':
      return createSavedFileSource({ ...common, path: source.path, node: source.node });
    case 'local-gpus':
      return createLocalGpusSource({ ...common, via: source.via, monotonicMs: () => clock.monotonicMs() });
  }
}

function readsOwnGpus(config: Config): boolean {
  return config.sources.some(({ kind }) => kind === 'local-gpus');
}

function localMachine(clock: Clock): LocalMachine {
  return { node: hostname(), processes: createListeningProcesses(() => clock.monotonicMs()) };
}
