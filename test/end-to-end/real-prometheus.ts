import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A Prometheus server as the distribution packages it, on loopback, with its data in a folder of ours. */
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
  const server = spawn(
    program,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  await ready(server, url);
  return {
    url,
    query: (expression, at, label) => query(url, expression, at, label),
    stop: async () => {
      server.kill('SIGTERM');
      await once(server, 'close');
    },
  };
}

async function ready(server: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < READY_TRIES; tries += 1) {
    if (server.exitCode !== null) throw new Error(`Prometheus ended with exit code ${server.exitCode}`);
    const answer = await fetch(`${url}/-/ready`).catch(() => null);
    if (answer?.ok === true) return;
    await wait(100);
  }
  server.kill('SIGKILL');
  throw new Error('Prometheus did not become ready');
}

type Vector = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] };

async function query(url: string, expression: string, at: number, label: string): Promise<Map<string, number>> {
  const body = new URLSearchParams({ query: expression, time: String(at / 1000) });
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
  const json = (await answer.json()) as { data?: { result: readonly Vector[] }; error?: string };
  if (json.data === undefined) throw new Error(`Prometheus: ${json.error}`);
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
