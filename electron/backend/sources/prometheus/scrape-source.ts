import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { SourceHealth } from '#shared/model/source-health.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { defaultHttpLimits, noAccess, type HttpClient, type ReadAccess } from '../http/http-client.ts';
import type { OnRead } from '../signals/target-read.ts';
import type { Source } from '../source.ts';
import { stateOfTargets } from '../target-status.ts';
import { createScrapeTarget, type LocalMachine, type ScrapeTarget } from './scrape-target.ts';

export type TargetAddress = {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  /** In place of the source's own. */
  readonly access?: ReadAccess;
};

type Options = {
  readonly name: string;
  readonly http: HttpClient;
  /** With what targets, or the discovery document, are asked; with nothing when left out. */
  readonly access?: ReadAccess;
  readonly now: () => EpochMs;
  readonly pollSeconds: number;
  /** Meters that the operator maps; none when left out. */
  readonly meters?: readonly MeterMapping[];
  /** The label that names whom an engine serves; its namespace when left out. */
  readonly tenantLabel?: string | null;
  readonly onRead?: OnRead;
  /** Where the GPUs of this machine are read too: what is at a loopback address is on it. */
  readonly local?: LocalMachine;
};

/** Metrics endpoints named by the operator, scraped directly in one burst: one wake-up costs less than many. */
export function createScrapeSource(options: Options & { readonly targets: readonly TargetAddress[] }): Source {
  const targets = options.targets.map((address) => createScrapeTarget({ ...options, ...address }));
  return {
    name: options.name,
    history: null,
    poll: (deliver, signal) => pollAll(targets, deliver, signal),
    health: (now) => {
      const list = targets.map((target) => target.health(now, options.pollSeconds));
      return health(options.name, 'scrape', targets.map((target) => target.url).join(', '), list, null);
    },
    close: () => {},
  };
}

/** Least time between two readings of a service-discovery document, s: Prometheus' default refresh. */
const DISCOVERY_SECONDS = 60;

const TARGETS_MAX = 5000;

/** A list that takes longer than this share of the poll interval is asked again a minute later. */
const LIST_SHARE_MAX = 0.5;

/** Labels of the Prometheus HTTP service-discovery document. Source: Prometheus configuration, http_sd_config. */
const discoveryDocument = z
  .array(z.object({ targets: z.array(z.string().max(2000)), labels: z.record(z.string(), z.string()).default({}) }))
  .max(TARGETS_MAX);

/** Metrics endpoints listed by an HTTP service-discovery document, read again every minute. */
export function createDiscoverySource(
  options: Options & { readonly url: string; readonly targetAccess?: ReadAccess },
): Source {
  const targets = new Map<string, ScrapeTarget>();
  let readAt: EpochMs | null = null;
  let reason: string | null = null;

  async function discover(signal: AbortSignal): Promise<void> {
    const totalMs = Math.min(defaultHttpLimits.totalMs, LIST_SHARE_MAX * options.pollSeconds * 1000);
    const limits = { totalMs, firstByteMs: Math.min(defaultHttpLimits.firstByteMs, totalMs) };
    const asking = await (options.access ?? noAccess)();
    readAt = options.now();
    const answer = asking.ok
      ? await options.http.get({ url: options.url, ...asking.value }, { signal, limits })
      : fail({ message: asking.failure });
    const listed = answer.ok ? targetsIn(answer.value.body) : fail(answer.failure.message);
    reason = listed.ok ? listed.value.trouble : listed.failure;
    if (!listed.ok) return; // The targets known so far stay: a silent list is no reason to stop looking.
    const seen = new Set<string>();
    for (const { url, labels } of listed.value.targets) {
      const key = `${url} ${JSON.stringify(labels)}`;
      seen.add(key);
      // Credentials of the document are not for whoever it lists.
      const access = options.targetAccess ?? noAccess;
      if (!targets.has(key)) targets.set(key, createScrapeTarget({ ...options, url, labels, access }));
    }
    for (const key of targets.keys()) if (!seen.has(key)) targets.delete(key);
  }

  return {
    name: options.name,
    history: null,
    poll: async (deliver, signal) => {
      const isDue = readAt === null || Math.abs(options.now() - readAt) >= DISCOVERY_SECONDS * 1000;
      if (isDue && targets.size === 0) await discover(signal);
      // A list that hangs must not hold up the targets that are known.
      const refreshed = isDue && targets.size > 0 ? discover(signal) : Promise.resolve();
      await Promise.all([pollAll([...targets.values()], deliver, signal), refreshed]);
    },
    health: (now) => {
      const list = [...targets.values()].map((target) => target.health(now, options.pollSeconds));
      return health(options.name, 'discovery', options.url, list, reason);
    },
    close: () => targets.clear(),
  };
}

async function pollAll(
  targets: readonly ScrapeTarget[],
  deliver: Parameters<Source['poll']>[0],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    targets.map(async (target) => {
      const scrape = await target.scrape(signal);
      if (scrape !== null) deliver(scrape);
    }),
  );
}

type TargetList = { readonly targets: readonly TargetAddress[]; readonly trouble: string | null };

function targetsIn(body: Uint8Array): Result<TargetList, string> {
  try {
    const parsed = discoveryDocument.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
    if (!parsed.success) return fail('This is not a Prometheus service-discovery document.');
    const listed = parsed.data.flatMap((group) => group.targets.map((target) => addressOf(target, group.labels)));
    return succeed(usable(listed));
  } catch {
    return fail('The service-discovery answer is not JSON: is there a login or a proxy in between?');
  }
}

/** One bad entry takes nothing from the others: it is left out, and the source says so. */
function usable(listed: readonly TargetAddress[]): TargetList {
  const targets = listed.filter(({ url }) => URL.canParse(url)).slice(0, TARGETS_MAX);
  const left = listed.length - targets.length;
  const example = listed.find(({ url }) => !URL.canParse(url))?.url.slice(0, 80) ?? 'more than can be scraped';
  return {
    targets,
    trouble: left === 0 ? null : `${left} of ${listed.length} listed targets are left out: ${example}`,
  };
}

function addressOf(target: string, labels: Readonly<Record<string, string>>): TargetAddress {
  const scheme = labels['__scheme__'] === 'https' ? 'https' : 'http';
  const visible = Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith('__')));
  return {
    url: `${scheme}://${target}${labels['__metrics_path__'] ?? '/metrics'}`,
    labels: { instance: target, ...visible },
  };
}

function health(
  name: string,
  kind: SourceHealth['kind'],
  address: string,
  targets: SourceHealth['targets'],
  trouble: string | null,
): SourceHealth {
  const bad = targets.filter((target) => target.state !== 'fresh' && target.state !== 'waiting');
  const state = trouble !== null && targets.length === 0 ? 'down' : stateOfTargets(targets);
  const counted = bad.length === 0 ? null : `${bad.length} of ${targets.length} targets: ${bad[0]?.reason ?? 'late'}`;
  const since = bad.flatMap((target) => target.since ?? []).toSorted((one, other) => one - other)[0] ?? null;
  return {
    name,
    kind,
    address,
    state,
    reason: trouble ?? counted,
    since,
    notes: [],
    backfill: null,
    targets,
  };
}
