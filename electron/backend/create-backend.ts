import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Topology } from '#shared/model/topology.ts';
import type { BackendApi } from '#shared/contract/backend-api.ts';
import type { BackendEvents, EventTopic } from '#shared/contract/backend-events.ts';
import { systemClock, type Clock } from './clock.ts';
import { loadConfig, saveConfig, secretNamesIn, type Config, type SourceConfig } from './config.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { openSnapshotFleet } from './open-snapshot-fleet.ts';
import type { Alerts, DesktopNotice } from './alerts/alerts.ts';
import { createAnswerContext, createApi } from './create-api.ts';
import { openFleet, type Fleet } from './open-fleet.ts';
import { startReportWork } from './report-work.ts';
import { createMemorySecrets } from './secrets/memory-secrets.ts';
import type { Secrets } from './secrets/secrets.ts';
import { watchFleet } from './watch-fleet.ts';
import type { Reconfigure } from './source-calls/source-calls.ts';

/** Where a backend keeps its things and what it talks to. */
export type BackendOptions = {
  readonly host: 'window' | 'server' | 'cli';
  /** Folder of config.json and the fact store, created when absent; null keeps nothing beyond this run. */
  readonly dataFolder: string | null;
  /** Configuration of this run, over the one in the data folder; it is not saved. */
  readonly config?: Config;
  /** Starts the sample fleet's process and gives its configuration: called when no source is configured. */
  readonly startSampleFleet: () => Promise<SampleFleet>;
  /** False only reads what is stored: no source is polled, and no sample fleet is started. */
  readonly polls?: boolean;
  /** A snapshot file that is shown alone: no source is polled, and no store of our own is opened. */
  readonly snapshotPath?: string;
  readonly clock?: Clock;
  /** Where credentials are kept: the key store of the window, a file or the environment elsewhere; memory when left out. */
  readonly secrets?: Secrets;
  /** Shows a dialog to open a file and gives its path, null when none was chosen; left out where the host has none. */
  readonly chooseFile?: ChooseFile;
  /** Shows a notification of the desktop; left out where the host has none. */
  readonly notify?: (notice: DesktopNotice) => void;
  readonly log?: (line: string) => void;
};

/** Asks for a file of a kind; gives its path, null when none was chosen. */
export type ChooseFile = (kind: 'nvidia-smi' | 'snapshot') => Promise<string | null>;

export type SampleFleet = { readonly config: Config; stop(): Promise<void> };

/** A running backend: the contract, its events, and its end. */
export type Backend = {
  readonly api: BackendApi;
  subscribe<Topic extends EventTopic>(topic: Topic, hear: (event: BackendEvents[Topic]) => void): () => void;
  /** Shows a snapshot file in place of the live fleet. For hosts alone: a path never comes from a page. */
  openSnapshot(path: string): Promise<Result<void, string>>;
  stop(): Promise<void>;
};

export type BackendFailure = {
  readonly kind: 'locked' | 'damaged' | 'newer-version' | 'bad-config' | 'refused' | 'failed';
  readonly message: string;
};

/**
 * Puts sources, sampling, store and answers together and starts polling. With no source configured the fleet is the
 * sample, kept for this run only and never beside own data; connecting the first own source leaves it.
 */
export async function createBackend(options: BackendOptions): Promise<Result<Backend, BackendFailure>> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? (() => {});
  const secrets = options.secrets ?? createMemorySecrets();
  if (options.dataFolder !== null) await mkdir(options.dataFolder, { recursive: true, mode: 0o700 });
  const loaded = options.config === undefined ? await loadConfig(options.dataFolder) : succeed(options.config);
  if (!loaded.ok) return fail({ kind: 'bad-config', message: loaded.failure });
  let config = loaded.value;
  const events = createEventHub();
  let shown: Fleet | null = null;
  let sample: SampleFleet | null = null;
  let scratchFolder: string | null = null;

  /** While a snapshot is shown, the live fleet goes on quietly. */
  const liveEvents: EventHub = {
    ...events,
    emit: (topic, event) => {
      if (shown === null || topic !== 'facts-arrived') events.emit(topic, event);
    },
  };

  const open = async (): Promise<Result<Fleet, BackendFailure>> => {
    if (options.snapshotPath !== undefined) {
      const snapshot = await openSnapshotFleet(options.snapshotPath, { clock, events });
      if (snapshot.ok) return snapshot;
      return fail({ kind: 'refused', message: `The snapshot is refused: ${snapshot.failure}.` });
    }
    const isSample = config.sources.length === 0 && options.polls !== false;
    if (isSample) sample = await options.startSampleFleet();
    // Facts that are not to be kept go to a file all the same: days of a sample fleet outgrow a bounded memory.
    const isKept = !isSample && options.dataFolder !== null;
    scratchFolder = isKept ? null : await mkdtemp(join(tmpdir(), 'tokenwatt-'));
    const storePath = join(scratchFolder ?? options.dataFolder ?? tmpdir(), 'facts.duckdb');
    const fleetConfig = sample?.config ?? config;
    const opened = await openFleet({
      config: fleetConfig,
      storePath,
      isSample,
      polls: options.polls !== false,
      clock,
      secrets,
      events: liveEvents,
      log,
    });
    if (!opened.ok && sample !== null) await sample.stop();
    return opened;
  };

  const opened = await open();
  if (!opened.ok) return opened;
  let fleet = opened.value;
  const watch = (next: Fleet): Promise<Alerts> =>
    watchFleet(next, { secrets, events, notify: options.notify ?? null, log, polls: options.polls !== false });
  let alerts = await watch(fleet);
  let shownAlerts: Alerts | null = null;

  const close = async (): Promise<void> => {
    await shownAlerts?.stop();
    await shown?.close();
    shown = null;
    shownAlerts = null;
    await alerts.stop();
    await fleet.close();
    await sample?.stop();
    sample = null;
    if (scratchFolder !== null) await rm(scratchFolder, { recursive: true, force: true });
  };
  /** One change after the other, each from what the last one left. */
  let changing: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = changing.then(work);
    changing = turn.catch(() => {});
    return turn;
  };
  /**
   * Takes a new configuration. Where only sources change, those that stay are not touched and no reading is lost; the
   * sample fleet, and a fleet that loses its last source, is closed and another one opened.
   */
  const reconfigure: Reconfigure = (change) =>
    inTurn(async () => {
      const next = change(config);
      if (!next.ok) return next;
      const saved = await saveConfig(options.dataFolder, next.value);
      if (!saved.ok) return saved;
      const before = config;
      config = next.value;
      const isLive = sample === null && canTakeSources(before, config);
      if (isLive) fleet.takeSources(config);
      else await close();
      await removeUnused(secrets, before, config);
      const reopened = isLive ? succeed(fleet) : await open();
      if (!reopened.ok) return fail(reopened.failure.message);
      if (!isLive) {
        fleet = reopened.value;
        alerts = await watch(fleet);
        events.emit('alerts-changed', { at: clock.now() });
      }
      events.emit('source-health-changed', { at: clock.now() });
      return succeed(undefined);
    });
  /** Keeps the operator's word and takes it from the next poll on: nothing is closed, so no reading is lost. */
  const saveTopology = (topology: Topology): Promise<Result<void, string>> =>
    inTurn(async () => {
      if (sample !== null)
        return fail('The sample fleet says itself how it is made: connect a fleet of your own first.');
      const next = { ...config, topology };
      const saved = await saveConfig(options.dataFolder, next);
      if (!saved.ok) return saved;
      config = next;
      fleet.useTopology(topology);
      return saved;
    });
  const show = (next: Fleet | null): Promise<void> =>
    inTurn(async () => {
      const before = shown;
      const alertsBefore = shownAlerts;
      shownAlerts = next === null ? null : await watch(next);
      shown = next;
      events.emit('fleet-changed', { at: clock.now() });
      await alertsBefore?.stop();
      await before?.close();
    });
  const reports = startReportWork({
    clock,
    shown: () => shown ?? fleet,
    live: () => fleet,
    contextOf: (of) => createAnswerContext({ fleet: of }),
    storeFolder: () => scratchFolder ?? options.dataFolder,
    dataFolder: options.dataFolder,
    polls: options.polls !== false,
    log,
  });
  const api = createApi({
    host: options.host,
    clock,
    fleet: () => shown ?? fleet,
    snapshots: {
      dataFolder: options.dataFolder,
      canClose: () => shown !== null,
      open: (path) => openSnapshotFleet(path, { clock, events }),
      show,
    },
    config: () => config,
    secrets,
    reconfigure,
    chooseFile: options.chooseFile ?? null,
    saveTopology,
    alerts: () => shownAlerts ?? alerts,
    reports,
  });
  const stop = async (): Promise<void> => {
    await reports.stop();
    await close();
  };
  const openFile = async (path: string): Promise<Result<void, string>> => {
    const found = await openSnapshotFleet(path, { clock, events });
    return found.ok ? succeed(await show(found.value)) : found;
  };
  return succeed({
    api,
    subscribe: (topic, hear) => events.subscribe(topic, hear),
    openSnapshot: openFile,
    stop,
  });
}

/**
 * Whether a running fleet can take a new list of sources. A server that is only asked for its past has to join the first
 * live readings of the others, which a fleet that is opened anew has.
 */
function canTakeSources(before: Config, after: Config): boolean {
  const { sources: _, ...rest } = before;
  const { sources, ...others } = after;
  const isHistory = (source: SourceConfig): boolean => source.kind === 'prometheus' && source.use === 'history';
  const known = new Set(before.sources.filter(isHistory).map((source) => JSON.stringify(source)));
  const isNewPast = sources.some((source) => isHistory(source) && !known.has(JSON.stringify(source)));
  return sources.length > 0 && !isNewPast && JSON.stringify(rest) === JSON.stringify(others);
}

/** A secret that no source names any more is of no use to anyone but a thief. */
async function removeUnused(secrets: Secrets, before: Config, after: Config): Promise<void> {
  const stillUsed = new Set(secretNamesIn(after));
  const unused = secretNamesIn(before).filter((name) => !stillUsed.has(name));
  for (const name of unused) await secrets.remove(name);
}

export type { DesktopNotice };
