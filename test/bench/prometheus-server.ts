import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Found by the path, installed apart from this project. */
const SERVER = 'prometheus';

export type Series = {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
  readonly value?: readonly [number, string];
};

export type PrometheusServer = {
  /** Where the data lie, for promtool. */
  readonly url: string;
  readonly pid: number;
  /** Answers a query at one time, s, or over `[from, to]` by step. */
  query(expression: string, times: Times): Promise<readonly Series[]>;
  stop(): Promise<void>;
};

export type Times =
  | { readonly at: number }
  | { readonly from: number; readonly to: number; readonly stepSeconds: number };

/** Whether both programs are installed; a benchmark without them shows our side alone. */
export async function hasPrometheus(): Promise<boolean> {
  const found = await Promise.all(
    [SERVER, 'promtool'].map((name) =>
      run(name, ['--version']).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

/** Turns OpenMetrics texts into blocks in `folder`/data, and removes each text when it is read. */
export async function loadBlocks(folder: string, texts: readonly string[]): Promise<void> {
  await mkdir(`${folder}/data`, { recursive: true });
  for (const text of texts) {
    await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', text, `${folder}/data`]);
    await rm(text);
  }
}

/** Evaluates recording rules over a past window against a running server and adds their series as blocks. */
export async function backfillRules(
  folder: string,
  url: string,
  rules: string,
  from: number,
  to: number,
): Promise<void> {
  await writeFile(`${folder}/rules.yml`, rules);
  const window = ['--start', String(from), '--end', String(to), '--eval-interval', '1m', '--url', url];
  await run('promtool', [
    'tsdb',
    'create-blocks-from',
    'rules',
    ...window,
    '--output-dir',
    `${folder}/rules`,
    `${folder}/rules.yml`,
  ]);
  for (const block of await readdir(`${folder}/rules`))
    await run('mv', [`${folder}/rules/${block}`, `${folder}/data/${block}`]);
}

export async function startPrometheus(folder: string, config = 'global: {}\n'): Promise<PrometheusServer> {
  const url = `http://127.0.0.1:${await freePort()}`;
  await writeFile(`${folder}/prometheus.yml`, config);
  const server = spawn(
    SERVER,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${url.slice('http://'.length)}`,
      '--storage.tsdb.retention.time=100y',
      '--query.timeout=10m',
      '--query.max-samples=500000000',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  await untilReady(url);
  return {
    url,
    pid: server.pid ?? 0,
    query: (expression, times) => query(url, expression, times),
    stop: async () => {
      server.kill('SIGTERM');
      await once(server, 'close');
    },
  };
}

async function query(url: string, expression: string, times: Times): Promise<readonly Series[]> {
  const asked =
    'at' in times
      ? { time: String(times.at) }
      : { start: String(times.from), end: String(times.to), step: String(times.stepSeconds) };
  const path = 'at' in times ? 'query' : 'query_range';
  const body = new URLSearchParams({ query: expression, ...asked });
  const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body });
  const { data, error } = (await answer.json()) as { data?: { result: readonly Series[] }; error?: string };
  if (data === undefined) throw new Error(`Prometheus: ${error}`);
  return data.result;
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const isReady = await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Prometheus did not get ready within a minute');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
