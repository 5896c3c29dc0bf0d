import type { IncomingMessage, ServerResponse } from 'node:http';

import { epochMs, type EpochMs } from '#shared/time/instant.ts';

import type { History } from './api/history.ts';
import { answerApi, sendError } from './api/prometheus-api.ts';
import { engineStanding, scrapeTargetsOf, type ScrapeTarget } from './exporters/scrape-targets.ts';
import { formBody, listenOnLoopback, sendExposition, sendJson, sendPlain } from './loopback-server.ts';
import type { Engine } from './world/fleet-plan.ts';
import { momentAt, worldDays } from './world/grid.ts';
import { lifeAt } from './world/story.ts';
import { createWorld, type World } from './world/world.ts';

export type SampleFleetOptions = {
  readonly port?: number;
  readonly seed?: number;
  /** The instant the story is told from; the start of the current hour when left out. */
  readonly anchor?: EpochMs;
  /** Hours before the anchor that the Prometheus API knows; all that the world has when left out. */
  readonly historyHours?: number;
  /** False for a fleet whose power is known of its GPU boards alone. */
  readonly meters?: boolean;
  /** Only the exporters of these nodes, and of the engines on them; all when left out. */
  readonly nodes?: readonly string[];
  readonly now: () => EpochMs;
};

export type SampleFleet = {
  readonly url: string;
  /** The world behind the exporters, for `truthOf`. */
  readonly world: World;
  readonly close: () => Promise<void>;
};

const hourMs = 3_600_000;

/** All of the world, so that the updates of the story lie in it with their days before and after. */
export const historyHoursDefault = worldDays * 24;

type Fleet = {
  readonly world: World;
  readonly history: History;
  readonly targetsByPath: ReadonlyMap<string, ScrapeTarget>;
  readonly enginesByPod: ReadonlyMap<string, Engine>;
  readonly now: () => EpochMs;
};

/** Serves the fleet's exporters, their service discovery and their past on one loopback port. */
export async function startSampleFleet(options: SampleFleetOptions): Promise<SampleFleet> {
  const { now, seed = 7, historyHours = historyHoursDefault, meters = true } = options;
  const anchor = options.anchor ?? epochMs(Math.floor(now() / hourMs) * hourMs);
  const world = createWorld({ seed, anchor });
  const targets = scrapeTargetsOf(world, { meters, ...(options.nodes && { nodes: options.nodes }) });
  const fleet: Fleet = {
    world,
    history: { targets, from: epochMs(anchor - Math.min(historyHours, historyHoursDefault) * hourMs) },
    targetsByPath: new Map(targets.map((target) => [target.path, target])),
    enginesByPod: new Map(world.engines.map((engine) => [engine.pod, engine])),
    now,
  };
  const server = await listenOnLoopback(options.port ?? 0, (request, response) => answer(fleet, request, response));
  return { url: server.url, world, close: server.close };
}

async function answer(fleet: Fleet, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const path = url.pathname;
  if (path.startsWith('/prometheus/api/v1/')) {
    await answerPrometheus(fleet, url, request, response);
  } else if (path === '/sd') {
    sendJson(response, serviceDiscovery(fleet, request));
  } else if (path === '/healthz') {
    sendPlain(response, 200, 'ok\n');
  } else if (['/nodes/', '/engines/', '/bmcs/', '/kube-state-metrics/'].some((room) => path.startsWith(room))) {
    answerExporter(fleet, path, request, response);
  } else {
    sendPlain(response, 404, '404 page not found\n');
  }
}

async function answerPrometheus(fleet: Fleet, url: URL, request: IncomingMessage, response: ServerResponse) {
  const path = url.pathname.slice('/prometheus/api/v1/'.length);
  const parameters = request.method === 'POST' ? await formBody(request) : url.searchParams;
  if (parameters === undefined) {
    sendError(response, 400, 'bad_data', 'error parsing form values: request body too large');
    return;
  }
  const origin = `http://${addressOf(request)}`;
  await answerApi(fleet.history, { path, parameters, now: fleet.now(), origin }, response);
}

/** Groups for http_sd_configs: one per target that exists now, all behind this one address. */
function serviceDiscovery(fleet: Fleet, request: IncomingMessage): readonly unknown[] {
  const now = fleet.now();
  return fleet.history.targets
    .filter((target) => target.standingAt(now) !== 'absent')
    .map((target) => ({
      targets: [addressOf(request)],
      labels: { __metrics_path__: target.path, ...target.labels },
    }));
}

/** This server's own host and port, as the asking connection reached them. */
function addressOf(request: IncomingMessage): string {
  return `${request.socket.localAddress}:${request.socket.localPort}`;
}

function answerExporter(fleet: Fleet, path: string, request: IncomingMessage, response: ServerResponse): void {
  const now = fleet.now();
  const [, room, name = '', ...rest] = path.split('/');
  const engine = room === 'engines' ? fleet.enginesByPod.get(name) : undefined;
  const target = fleet.targetsByPath.get(path);
  const standing = engine === undefined ? target?.standingAt(now) : engineStanding(fleet.world, engine, now);
  if (standing === 'refused') {
    // Nothing listens in the pod: the nearest thing to a refused connection on a shared port.
    request.socket.destroy();
  } else if (standing === 'loading') {
    sendPlain(response, 503, 'loading\n');
  } else if (standing === 'up' && target !== undefined) {
    sendExposition(request, response, target.textAt(now));
  } else if (standing === 'up' && engine !== undefined) {
    answerEngine(fleet.world, { engine, call: rest.join('/'), now }, response);
  } else {
    sendPlain(response, 404, '404 page not found\n');
  }
}

type EngineCall = { readonly engine: Engine; readonly call: string; readonly now: EpochMs };

/** The two calls beside /metrics that tell what runs: its version and its model. */
function answerEngine(world: World, { engine, call, now }: EngineCall, response: ServerResponse): void {
  const life = lifeAt(engine.story, momentAt(world.anchor, now).step);
  const { name, root, maxModelLength } = engine.model;
  if (call === 'version') {
    sendJson(response, { version: life.release });
  } else if (call === 'v1/models') {
    const model = { id: name, object: 'model', owned_by: 'vllm', root, parent: null, max_model_len: maxModelLength };
    sendJson(response, { object: 'list', data: [{ ...model, created: Math.floor(now / 1000), permission: [] }] });
  } else {
    sendPlain(response, 404, '{"detail":"Not Found"}\n');
  }
}
