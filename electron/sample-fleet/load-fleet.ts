import type { IncomingMessage, ServerResponse } from 'node:http';

import type { EpochMs } from '#shared/time/instant.ts';

import { patched } from './load/digits.ts';
import { engineText, nodeName, nodeText, type LoadText } from './load/load-texts.ts';
import {
  listenOnLoopback,
  sendExposition,
  sendJson,
  sendPlain,
  sendUnzipped,
  type LoopbackServer,
} from './loopback-server.ts';

export type LoadFleetOptions = {
  readonly port?: number;
  readonly targets: number;
  readonly gpusPerTarget: number;
  /** One vLLM beside each node. */
  readonly hasEngines: boolean;
  readonly now: () => EpochMs;
};

/** A little over the pace of scrapes: whether a poll every 10 s just meets its old connection must not be left to chance. */
const KEEP_ALIVE_MS = 15_000;

type LoadFleet = LoadFleetOptions & {
  readonly startedAt: EpochMs;
  readonly nodeTexts: Map<number, LoadText>;
  readonly engine: LoadText;
};

/**
 * Serves many large exporters for benchmarks at very little cost of its own: texts are rendered once, and a scrape only
 * writes new digits. Paths: /t/<n>/metrics, /e/<n>/metrics, /sd.
 */
export async function startLoadFleet(options: LoadFleetOptions): Promise<LoopbackServer> {
  const fleet: LoadFleet = { ...options, startedAt: options.now(), nodeTexts: new Map(), engine: engineText() };
  return listenOnLoopback(options.port ?? 0, (request, response) => answer(fleet, request, response), KEEP_ALIVE_MS);
}

function answer(fleet: LoadFleet, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  if (path === '/sd') {
    sendJson(response, serviceDiscovery(fleet, `${request.socket.localAddress}:${request.socket.localPort}`));
    return;
  }
  const [, kind, number = ''] = /^\/([te])\/(\d{1,6})\/metrics$/.exec(path) ?? [];
  const target = Number(number);
  if (kind === undefined || target >= fleet.targets || (kind === 'e' && !fleet.hasEngines)) {
    sendPlain(response, 404, '404 page not found\n');
    return;
  }
  const { template, slots } = kind === 'e' ? fleet.engine : nodeTextOf(fleet, target);
  const seconds = (fleet.now() - fleet.startedAt) / 1000;
  const text = patched(template, slots, seconds);
  // As the real ones do: vLLM zips for those who ask, and closes what is idle for 5 s (uvicorn's default), so that a poll
  // every 10 s connects anew. dcgm-exporter (up to 4.8.2) never zips, and keeps connections for 10 s, its read timeout.
  if (kind === 'e') {
    response.setHeader('connection', 'close');
    sendExposition(request, response, text);
  } else sendUnzipped(response, text);
}

function nodeTextOf(fleet: LoadFleet, target: number): LoadText {
  const known = fleet.nodeTexts.get(target);
  if (known !== undefined) return known;
  const made = nodeText(target, fleet.gpusPerTarget);
  fleet.nodeTexts.set(target, made);
  return made;
}

function serviceDiscovery(fleet: LoadFleet, address: string): readonly unknown[] {
  return Array.from({ length: fleet.targets }, (_, target) => {
    const node = nodeName(target);
    const place = { node, site: 'load', pool: 'load' };
    const gpus = {
      targets: [address],
      labels: { __metrics_path__: `/t/${target}/metrics`, job: 'dcgm-exporter', instance: `${node}:9400`, ...place },
    };
    const engine = {
      targets: [address],
      labels: {
        __metrics_path__: `/e/${target}/metrics`,
        job: 'vllm',
        instance: `${node}-engine:8000`,
        namespace: 'inference',
        pod: `${node}-engine`,
        ...place,
      },
    };
    return fleet.hasEngines ? [gpus, engine] : [gpus];
  }).flat();
}
