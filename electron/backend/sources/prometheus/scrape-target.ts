import type { MeterMapping } from '#shared/model/power-boundary.ts';
import { isLoopback } from '../http/address-rules.ts';
import { mergedSettings } from '#shared/model/engine-settings.ts';
import { isNotice, type EngineSample, type Scrape } from '#shared/model/sample.ts';
import type { TargetHealth } from '#shared/model/source-health.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { looksLikeMetrics } from '../http/content-check.ts';
import { defaultHttpLimits, noAccess, type HttpClient, type ReadAccess } from '../http/http-client.ts';
import type { Listening, ListeningProcesses } from '../local-engines/listening-processes.ts';
import { createSampleReader } from '../sample-reader.ts';
import { namesIn, type OnRead } from '../signals/target-read.ts';
import { createTargetStatus, signalOf } from '../target-status.ts';
import { createExpositionReader } from './exposition-reader.ts';
import { newestOfRepeats } from './newest-of-repeats.ts';
import { judgeStamps } from './value-stamps.ts';
import { toldEngines } from './told-engines.ts';
import { createVersionReader } from './version-reader.ts';

export type ScrapeTarget = {
  readonly url: string;
  /** Asks once. Null when the answer is no good: `health` then says why. */
  scrape(signal: AbortSignal): Promise<Scrape | null>;
  health(now: EpochMs, pollSeconds: number): TargetHealth;
};

export type ScrapeTargetOptions = {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly http: HttpClient;
  /** With what the target is asked; with nothing when left out. */
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

export type LocalMachine = { readonly node: string; readonly processes: ListeningProcesses };

/** What an engine says itself comes before its command, which may write the same otherwise. */
function withProcess(engine: EngineSample, { pids, settings }: Listening): EngineSample {
  return { ...engine, pids, settings: mergedSettings(settings, engine.settings) };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** A scrape ends well before the next one is due, so that a target that hangs holds up no other. */
const SCRAPE_SHARE_MAX = 0.8;
const FIRST_BYTE_SHARE_MAX = 0.5;

/** One metrics endpoint, scraped directly. A scrape is taken whole or refused whole. */
export function createScrapeTarget(options: ScrapeTargetOptions): ScrapeTarget {
  const { url, http, now, pollSeconds, access = noAccess } = options;
  const local = isLoopback(url) ? options.local : undefined;
  const labels = local === undefined ? options.labels : { node: local.node, ...options.labels };
  const limits = {
    firstByteMs: Math.min(defaultHttpLimits.firstByteMs, FIRST_BYTE_SHARE_MAX * pollSeconds * 1000),
    totalMs: Math.min(defaultHttpLimits.totalMs, SCRAPE_SHARE_MAX * pollSeconds * 1000),
  };
  const name = labels['instance'] ?? nameOfTarget(new URL(url));
  const status = createTargetStatus(name, url);
  const exposition = createExpositionReader();
  const readSamples = createSampleReader(labels, name, options.meters, options.tenantLabel);
  const versions = createVersionReader(url, http, access);

  return {
    url,
    scrape: async (signal) => {
      const asking = await access();
      if (!asking.ok) {
        status.failed(now(), asking.failure);
        return null;
      }
      const answer = await http.get({ url, ...asking.value }, { signal, accept: ACCEPT, limits });
      if (!answer.ok) {
        versions.wasSilent();
        if (answer.failure.kind !== 'aborted') status.failed(now(), answer.failure.message);
        return null;
      }
      const at = epochMs(Math.round(answer.value.firstByteAt.wallMs));
      const format = looksLikeMetrics(answer.value);
      const body = format.ok ? exposition.read(answer.value.body, format.value) : format;
      if (!body.ok) {
        status.failed(at, describeFailure(body.failure));
        return null;
      }
      const { series, values, timestamps } = newestOfRepeats(body.value);
      const stamps = judgeStamps(timestamps, at);
      const read = readSamples(series, (index) => (stamps.isCurrent(index) ? values[index] : undefined), at);
      const { gpus, meters, problems } = read;
      const { engines: told, problems: newer } = await toldEngines(read.engines, versions, signal);
      const listening = told.length === 0 ? undefined : await local?.processes.at(portOf(url));
      const engines = listening === undefined ? told : told.map((engine) => withProcess(engine, listening));
      const conflicts = body.value.warnings.filter((warning) => warning.kind === 'conflict').slice(0, 20);
      const heldOut = [
        ...problems,
        ...newer,
        ...stamps.problems,
        ...conflicts.map(({ message }) => ({ kind: 'conflict', message }) as const),
      ];
      status.heard(at, series.length, signalOf(read), heldOut);
      options.onRead?.({ ...read, engines, by: 'metrics', ...namesIn(series, stamps.isCurrent) });
      const isExplained = problems.some(isNotice);
      const isEmpty = signalOf(read) === 'unknown' && read.pods.length === 0;
      if (isEmpty && !isExplained) status.note(nothingKnown(series.length));
      return {
        target: url,
        at,
        monotonicMs: answer.value.firstByteAt.monotonicMs,
        intervalSeconds: null,
        gpus,
        engines,
        meters,
        pods: read.pods,
        problems: heldOut,
      };
    },
    health: (at, pollSeconds) => status.health(at, pollSeconds),
  };
}

/** Both formats are read; the plain text format is preferred because exporters agree on it. */
const ACCEPT = 'text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1';

function describeFailure(failure: {
  readonly message: string;
  readonly line?: number;
  readonly excerpt?: string;
}): string {
  if (failure.line === undefined) return failure.message;
  const excerpt = failure.excerpt === undefined || failure.excerpt === '' ? '' : `: ${failure.excerpt}`;
  return `Not readable at line ${failure.line}: ${failure.message}${excerpt}. The whole answer was refused.`;
}

function nothingKnown(samples: number): string {
  if (samples === 0) return 'It answers, but with no metrics at all: is the exporter still starting?';
  return `It answers with ${samples} samples, but none of a GPU, an engine or a power meter that Tokenwatt knows.`;
}

/** An exporter that reads other machines is named by the machine in its query: `/ipmi?target=10.0.0.7`. */
function nameOfTarget({ host, pathname, searchParams }: URL): string {
  return searchParams.get('target') ?? `${host}${pathname.replace(/\/metrics$/, '')}`;
}
