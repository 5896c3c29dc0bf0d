import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A server with Prometheus' API, as the distribution packages it, on loopback, with its data in a folder of ours. */
export type RealPrometheus = {
  readonly url: string;
  /** Answers an instant query: values by the one label asked for, or under '' without one. */
  query(expression: string, at: number, label: string): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
};

const READY_TRIES = 300;

/** `folder` may hold blocks in `data`; `configuration` is the whole of its file. */
export async function startPrometheus(program: string, folder: string, configuration: string): Promise<RealPrometheus> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder, 'prometheus.yml');
  await writeFile(file, configuration);
  const flags = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    // Blocks may be of any age.
    '--storage.tsdb.retention.time=1000d',
    '--log.level=error',
  ];
  const server = spawn(program, flags, { stdio: 'ignore' });
  await ready(server, `${url}/-/ready`);
  return running(server, url);
}

/** `texts` is a file of OpenMetrics lines with stamps, which the server takes in before it is asked. */
export async function startVictoriaMetrics(program: string, folder: string, texts: string): Promise<RealPrometheus> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = [`-storageDataPath=${join(folder, 'data')}`, `-httpListenAddr=127.0.0.1:${port}`, '-loggerLevel=ERROR'];
  const server = spawn(program, flags, { stdio: 'ignore' });
  await ready(server, `${url}/health`);
  await importTexts(url, texts);
  return running(server, url);
}

const IMPORT_LINES = 50_000;

/** Its import takes stamps in milliseconds, where OpenMetrics writes seconds. */
async function importTexts(url: string, texts: string): Promise<void> {
  const lines = (await readFile(texts, 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (let first = 0; first < lines.length; first += IMPORT_LINES) {
    const body = lines
      .slice(first, first + IMPORT_LINES)
      .map(inMilliseconds)
      .join('\n');
    const answer = await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`VictoriaMetrics refused the texts with status ${answer.status}`);
  }
  await fetch(`${url}/internal/force_flush`);
}

function inMilliseconds(line: string): string {
  const end = line.lastIndexOf(' ') + 1;
  return line.slice(0, end) + String(Number(line.slice(end)) * 1000);
}

function running(server: ChildProcess, url: string): RealPrometheus {
  return {
    url,
    query: (expression, at, label) => query(url, expression, at, label),
    stop: async () => {
      server.kill('SIGTERM');
      await once(server, 'close');
    },
  };
}

async function ready(server: ChildProcess, page: string): Promise<void> {
  for (let tries = 0; tries < READY_TRIES; tries += 1) {
    if (server.exitCode !== null) throw new Error(`the server ended with exit code ${server.exitCode}`);
    const answer = await fetch(page).catch(() => null);
    if (answer?.ok === true) return;
    await wait(100);
  }
  server.kill('SIGKILL');
  throw new Error('the server did not become ready');
}

type Vector = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] };

async function query(url: string, expression: string, at: number, label: string): Promise<Map<string, number>> {
  const body = new URLSearchParams({ query: expression, time: String(at / 1000) });
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
  const json = (await answer.json()) as { data?: { result: readonly Vector[] }; error?: string };
  if (json.data === undefined) throw new Error(`the server refused the query: ${json.error}`);
  return new Map(json.data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
