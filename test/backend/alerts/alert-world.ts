import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAnswerContext } from '#backend/create-api.ts';
import { configSchema } from '#backend/config.ts';
import { openAlerts, type Alerts, type DesktopNotice } from '#backend/alerts/alerts.ts';
import { createEventHub } from '#backend/event-hub.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import type { Store } from '#backend/store/store.ts';
import { alertRuleSchema, alertSettingsSchema, budgetSchema } from '#shared/contract/alerts-schema.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { AlertRule, AlertSettings } from '#shared/model/alert.ts';
import type { Budget } from '#shared/model/budget.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { EngineFact, GpuFact } from '#shared/model/fact.ts';
import type { SourceHealth } from '#shared/model/source-health.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { SMALL_BOOK, SMALL_FLEET } from '../../golden/small-fleet.ts';
import { clientOver } from '../answers/ask.ts';
import { engineFact, gpuFact, NO_BATCH } from '../store/store-facts.ts';

/** Monday 23 November 2026, 12:00 UTC: when a world begins to be watched. */
export const T0 = epochMs(Date.UTC(2026, 10, 23, 12));

/** How a minute of the fleet goes: power of each GPU, tokens of its engine, and which of the two nodes nobody hears. */
export type MinuteOfFleet = { readonly watts?: number; readonly tokens?: number; readonly unheard?: readonly string[] };

/** Two rented GPUs, one a node, each with an engine; a clock that is moved by hand; the real evaluator over a real store. */
export type AlertWorld = {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly told: DesktopNotice[];
  alerts: Alerts;
  health: readonly SourceHealth[];
  book: CostBook;
  now: EpochMs;
  readonly client: () => BackendClient;
  /** Minutes go by: each is stored, and every one of them, or every so many, is looked at. */
  pass(minutes: number, how?: MinuteOfFleet, lookEvery?: number): Promise<void>;
  /** Time goes by, and nobody is there. */
  skip(minutes: number): void;
  /** The app is closed and opened again over the same store. */
  restart(): Promise<void>;
};

const NODES = ['node-a', 'node-b'];
const RENT = { usdPerGpuHour: 2 };

export function bookOf(usdPerGpuHour: number, from = epochMs(0)): CostBook {
  const [revision] = SMALL_BOOK.revisions;
  if (revision === undefined) throw new Error('the book has a revision');
  const hardware = revision.hardware.slice(0, 1).map((price) => ({
    ...price,
    sku: '*',
    facility: null,
    terms: { kind: 'rented' as const, usdPerGpuHour, includesEnergy: true, commitment: null },
  }));
  return { revisions: [{ ...revision, from, hardware }] };
}

export async function createAlertWorld(store: Store, { days = 0 } = {}): Promise<AlertWorld> {
  const since = plusSeconds(T0, -days * 86_400 - 7200);
  const { seats, engineSpans, placements } = fleetSince(since);
  const past = Array.from({ length: days * 24 + 2 }, (_, hour) => plusSeconds(since, hour * 3600));
  await store.append({
    ...NO_BATCH,
    seats,
    engineSpans,
    placements,
    gpuFacts: past.flatMap((start) => gpuFacts(start, 3600, {})),
    engineFacts: past.flatMap((start) => engineFacts(start, 3600, {})),
  });
  const events = createEventHub();
  const secrets = createMemorySecrets();
  const told: DesktopNotice[] = [];
  const config = configSchema.parse({ fleetName: 'Test fleet' });
  const clock = { now: () => world.now, monotonicMs: () => world.now, sleep: async () => {} };
  const fleet = () => ({ store, costBook: () => world.book, history: () => null, config: () => config, clock });
  const open = (): Promise<Alerts> =>
    openAlerts({
      context: createAnswerContext({ fleet }),
      health: () => world.health,
      fleetName: () => ({ fleet: 'Test fleet', isSample: false }),
      clock,
      secrets,
      events,
      notify: (notice) => told.push(notice),
      watches: false,
      log: (line) => {
        throw new Error(line);
      },
    });
  const world: AlertWorld = {
    store,
    secrets,
    told,
    alerts: undefined as never,
    health: [],
    book: bookOf(RENT.usdPerGpuHour),
    now: T0,
    client: () => clientOver({ store, book: world.book, now: world.now, alerts: world.alerts, secrets }),
    pass: async (minutes, how = {}, lookEvery = 1) => {
      for (let minute = 0; minute < minutes; minute++) {
        const start = world.now;
        await store.append({
          ...NO_BATCH,
          gpuFacts: gpuFacts(start, 60, how),
          engineFacts: engineFacts(start, 60, how),
        });
        world.now = plusSeconds(start, 60);
        if ((minute + 1) % lookEvery === 0) await world.alerts.look();
      }
    },
    skip: (minutes) => {
      world.now = plusSeconds(world.now, minutes * 60);
    },
    restart: async () => {
      await world.alerts.stop();
      world.alerts = await open();
    },
  };
  world.alerts = await open();
  return world;
}

function fleetSince(since: EpochMs) {
  const seats = NODES.map((node) => {
    const seat = SMALL_FLEET.seats[0];
    if (seat === undefined) throw new Error('the small fleet has seats');
    return { ...seat, key: node, gpu: `GPU-${node}`, node, rack: 'rack-1', since };
  });
  const engineSpans = NODES.map((node) => {
    const span = SMALL_FLEET.engineSpans[0];
    if (span === undefined) throw new Error('the small fleet has engines');
    return { ...span, key: `on-${node}`, engine: `${node}:8000`, node, since };
  });
  const placements = NODES.map((node) => ({
    key: `at-${node}`,
    rule: 'node' as const,
    members: [{ engineSpan: `on-${node}`, share: 1 }],
  }));
  return { seats, engineSpans, placements };
}

const heardOf = ({ unheard = [] }: MinuteOfFleet): readonly string[] => NODES.filter((node) => !unheard.includes(node));

function gpuFacts(start: EpochMs, seconds: number, how: MinuteOfFleet): GpuFact[] {
  const energyJoules = (how.watts ?? 500) * seconds;
  return heardOf(how).map((node) =>
    gpuFact({
      seat: node,
      start,
      seconds,
      state: 'serving',
      placement: `at-${node}`,
      observedSeconds: seconds,
      energyJoules,
      energyIntegratedJoules: 0,
      energySeconds: seconds,
    }),
  );
}

function engineFacts(start: EpochMs, seconds: number, how: MinuteOfFleet): EngineFact[] {
  const outputTokens = (how.tokens ?? 1000) * seconds;
  return heardOf(how).map((node) =>
    engineFact({
      engineSpan: `on-${node}`,
      start,
      seconds,
      observedSeconds: seconds,
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens,
    }),
  );
}

export function ruleOf(rule: Partial<AlertRule> & Pick<AlertRule, 'id' | 'figure' | 'test'>): AlertRule {
  return alertRuleSchema.parse({ windowMinutes: 5, forMinutes: 3, clearMinutes: 3, ...rule });
}

export function settingsOf(settings: Partial<AlertSettings>): AlertSettings {
  return alertSettingsSchema.parse({ reminderHours: null, ...settings });
}

export function budgetOf(budget: Partial<Budget>): Budget {
  return budgetSchema.parse({ id: 'all', name: 'All', usdPerMonth: 1000, ...budget });
}

export function healthOf(
  state: SourceHealth['state'],
  targets: readonly (readonly [node: string, state: SourceHealth['state']])[],
): SourceHealth {
  const reason = state === 'fresh' ? null : 'It refused the connection.';
  return {
    name: 'exporters',
    kind: 'scrape',
    address: 'http://node-a:9400/metrics',
    state,
    reason,
    since: T0,
    notes: [],
    backfill: null,
    targets: targets.map(([node, own]) => ({
      name: `${node}:9400`,
      address: `http://${node}:9400/metrics`,
      signal: 'gpu',
      state: own,
      reason: own === 'fresh' ? null : `${node}:9400 refused the connection.`,
      lastHeard: T0,
      since: T0,
      samples: 10,
      heldOut: 0,
      heldOutReason: null,
    })),
  };
}

export type Received = { readonly headers: IncomingHttpHeaders; readonly body: string };

/** A receiver on loopback: it answers with each status in turn, the last one for good. `null` never answers. */
export type Receiver = {
  readonly url: string;
  readonly received: Received[];
  statuses: readonly (number | null)[];
  close(): void;
};

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const receiver: Receiver = { url: '', received, statuses: [204], close: () => server.closeAllConnections() };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      const [status = 204, ...rest] = receiver.statuses;
      if (rest.length > 0) receiver.statuses = rest;
      if (status === null) return;
      const location = status === 302 ? { location: 'http://127.0.0.1:1/elsewhere' } : {};
      response.writeHead(status, { ...location, 'content-type': 'text/plain' }).end('x'.repeat(200_000));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/hooks/path-with-token-8841`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}
