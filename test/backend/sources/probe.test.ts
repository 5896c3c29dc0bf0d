import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { probe, type Probe } from '#backend/sources/probe.ts';
import { goodMetrics } from '../../fakes/fault-server.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CAPTURES = join(ROOT, '../shared/data');

const NO_TOKENS = { input: null, cachedInput: null, output: null };
const UNREAD = expect.objectContaining({ kind: 'unread' }) as Probe['problems'][number];
const engine = (name: string, model: string): Partial<Probe> => ({
  kind: 'engine',
  engine: { name, version: null, versionFrom: null, models: [model] },
});

/** What each capture holds, read by eye and added up with awk: power in W, tokens and requests as counted. */
type Known = Partial<Omit<Probe, 'power'>> & {
  readonly power?: Partial<Probe['power']>;
  readonly gpuNames?: Readonly<Record<string, number>>;
};
const KNOWN: Readonly<Record<string, Known>> = {
  'exposition/vllm-0.5.4-inferred-llama31-8b-fp8.txt': {
    format: 'prometheus-text',
    kind: 'engine',
    engine: {
      name: 'vllm',
      version: null,
      versionFrom: null,
      models: ['neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8'],
    },
    tokens: { input: 90, cachedInput: null, output: 2546 },
    requests: { running: 3, waiting: 2 },
    power: { boardWatts: null, boundary: null },
    gpus: [],
  },
  // No token counter in it: an engine whose tokens are not known, and a problem that says so.
  'exposition/vllm-data-parallel-2026-05-fragment.txt': {
    ...engine('vllm', 'deepseek-v4-flash-w8a8-mtp'),
    tokens: NO_TOKENS,
    requests: { running: 0, waiting: null },
    problems: [UNREAD],
  },
  'exposition/sglang-0.5.2-inferred-llama31-8b-idle.txt': {
    ...engine('sglang', 'RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8'),
    tokens: { input: 7, cachedInput: null, output: 8 },
    requests: { running: 0, waiting: 0 },
    problems: [],
  },
  'exposition/sglang-docs-llama31-8b-loaded.txt': {
    ...engine('sglang', 'meta-llama/Llama-3.1-8B-Instruct'),
    tokens: { input: 8_128_902, cachedInput: null, output: 7_557_572 },
    requests: { running: 162, waiting: 2826 },
  },
  'exposition/dynamo-frontend-2026-01.txt': {
    ...engine('dynamo', 'qwen/qwen3-0.6b'),
    tokens: { input: 33, cachedInput: null, output: 300 },
    requests: { running: 0, waiting: 0 },
  },
  'exposition/nim-1.x-llama31-8b.txt': {
    ...engine('nim', 'meta/llama-3.1-8b-instruct'),
    tokens: { input: 109, cachedInput: null, output: 174 },
    requests: { running: 1, waiting: 0 },
    problems: [expect.objectContaining({ kind: 'no-final-newline' })],
  },
  'exposition/llamacpp-ik-fork-2025-08-fragment.txt': {
    kind: 'engine',
    tokens: { input: 6886, cachedInput: null, output: 3469 },
    requests: { running: null, waiting: null },
  },
  'exposition/triton-trtllm-backend-nv_trt_llm-fragment.txt': {
    ...engine('triton', 'tensorrt_llm'),
    tokens: NO_TOKENS,
    requests: { running: 1, waiting: 1 },
    problems: [UNREAD],
  },
  'exposition/triton-vllm-2024-08-reason-labels-fragment.txt': { kind: 'other', tokens: null, problems: [UNREAD] },
  'exposition/trtllm-serve-1.2-era-unprefixed-fragment.txt': {
    kind: 'other',
    tokens: null,
    problems: expect.arrayContaining([UNREAD]) as Probe['problems'],
  },
  'gpu/dcgm-exporter_gb200x4_580.105.05.prom': {
    format: 'prometheus-text',
    kind: 'dcgm-exporter',
    power: { boardWatts: 688.013, boundary: 'GPU board' },
    tokens: null,
    gpuNames: { 'NVIDIA GB200': 4 },
  },
  'gpu/dcgm-exporter_h100x8-k8s_580.105.08_partial.prom': {
    kind: 'dcgm-exporter',
    power: { boardWatts: 583.767, boundary: 'GPU board' },
    gpuNames: { 'NVIDIA H100 80GB HBM3': 8 },
  },
  // One card, whole and as a MIG instance: its power is there twice and counts once.
  'gpu/dcgm-exporter_a100-mig_k8s_partial.prom': {
    kind: 'dcgm-exporter',
    power: { boardWatts: 409.692, boundary: 'GPU board' },
    gpuNames: { 'unknown GPU': 1 },
  },
  'gpu/prometheus-query_dcgm-power-usage_h100x8-k8s_580.105.08.json': {
    format: 'prometheus-api',
    kind: 'dcgm-exporter',
    samples: 16,
    power: { boardWatts: 1129.212, boundary: 'GPU board' },
    gpuNames: { 'NVIDIA H100 80GB HBM3': 16 },
  },
  // Two modules, each metered by both of its GPUs: 463.66 W and 456.115 W.
  'gpu/nvidia-smi-qx_gb200x4_580.173.02.xml': {
    format: 'nvidia-smi-xml',
    kind: 'nvidia-smi',
    samples: 4,
    tokens: null,
    power: { boardWatts: 662.97, moduleWatts: 919.775, boundary: 'superchip module' },
    gpuNames: { 'NVIDIA GB200': 4 },
  },
  'gpu/nvidia-smi-qx_h100x8_580.105.08.xml': {
    kind: 'nvidia-smi',
    power: { boardWatts: 547.04, boundary: 'GPU board' },
    gpuNames: { 'NVIDIA H100 80GB HBM3': 8 },
  },
  'gpu/nvidia-smi-qx_a100-sxm4-mig_535.54.03.xml': {
    kind: 'nvidia-smi',
    power: { boardWatts: 67.03, boundary: 'GPU board' },
    gpuNames: { 'NVIDIA A100-SXM4-80GB': 1 },
  },
  'gpu/nvidia-smi-qx_a10g_515.105.01.xml': { kind: 'nvidia-smi', power: { boardWatts: 25.58, boundary: 'GPU board' } },
  'gpu/nvidia-smi-qx_l40s_595.91.07.xml': { kind: 'nvidia-smi', power: { boardWatts: 65.64, boundary: 'GPU board' } },
  'gpu/nvidia-smi-qx_rtx3060_570.124.04.xml': {
    kind: 'nvidia-smi',
    power: { boardWatts: 11.6, boundary: 'GPU board' },
  },
  'gpu/nvidia-smi-qx_rtx3090_525.147.05.xml': {
    kind: 'nvidia-smi',
    power: { boardWatts: 27.23, boundary: 'GPU board' },
  },
};

describe.skipIf(!existsSync(CAPTURES))('a probe of captured files (data: ../shared/data)', () => {
  it.each(Object.keys(KNOWN))('reads what is in %s', async (name) => {
    const { gpuNames, power, ...expected } = KNOWN[name]!;
    const found = await probe(join(CAPTURES, name), systemClock);
    expect(found).toMatchObject({ valid: true, ...expected });
    if (gpuNames !== undefined) expect(countOf(found.gpus.map((gpu) => gpu.name))).toEqual(gpuNames);
    if (power === undefined) return;
    expect(found.power.boundary).toBe(power.boundary);
    for (const layer of ['boardWatts', 'moduleWatts'] as const) {
      const watts = power[layer] ?? null;
      if (watts === null) expect(found.power[layer]).toBeNull();
      else expect(found.power[layer]).toBeCloseTo(watts, 6);
    }
  });

  it.each(namesIn(CAPTURES).filter((name) => KNOWN[name] === undefined))(
    'reads every sample of %s as what it does not know, or says which line it refuses',
    async (name) => {
      const path = join(CAPTURES, name);
      const found = await probe(path, systemClock);
      if (found.valid) {
        expect(found).toMatchObject({ kind: 'other', engine: null, gpus: [], tokens: null });
        expect(found.samples).toBe(sampleLinesIn(path));
      } else {
        expect(found).toMatchObject({ kind: 'unknown', samples: 0, engine: null, gpus: [] });
        expect(found.problems).toEqual([expect.objectContaining({ message: expect.stringMatching(/\w+ \w+/) })]);
      }
    },
  );
});

describe('a probe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-probe-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const fileOf = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('names the line that it refuses and quotes it', async () => {
    const found = await probe(fileOf('broken.txt', `${goodMetrics}what { is this\n`), systemClock);
    expect(found.valid).toBe(false);
    expect(found.problems).toEqual([expect.objectContaining({ kind: 'syntax', line: 6 })]);
  });

  it('says of a file that is not there that it cannot be read', async () => {
    const found = await probe(join(folder, 'absent.txt'), systemClock);
    expect(found).toMatchObject({ valid: false, kind: 'unknown', problems: [{ kind: 'unreadable', line: null }] });
  });

  it('refuses XML that declares entities', async () => {
    const text = '<!DOCTYPE nvidia_smi_log [<!ENTITY a "b">]><nvidia_smi_log/>';
    const found = await probe(fileOf('hostile.xml', text), systemClock);
    expect(found).toMatchObject({ valid: false, format: 'nvidia-smi-xml', problems: [{ kind: 'hostile' }] });
  });

  it('holds out a NaN and a negative value, and says so', async () => {
    const text = goodMetrics.replace('312.5', 'NaN').replace('12345', '-1');
    const found = await probe(fileOf('held-out.txt', text), systemClock);
    expect(found).toMatchObject({
      valid: true,
      kind: 'dcgm-exporter+engine',
      power: { boardWatts: null, moduleWatts: null, boundary: null },
      tokens: { output: null },
    });
    expect(found.problems.map((problem) => problem.kind)).toEqual(expect.arrayContaining(['negative', 'not-finite']));
  });

  it('reads an address as it reads a file', async () => {
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    const server = createServer((_, response) => response.writeHead(200, { 'content-type': type }).end(goodMetrics));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    const [fromAddress, fromFile] = [
      await probe(url, systemClock),
      await probe(fileOf('good.txt', goodMetrics), systemClock),
    ];
    expect({ ...fromAddress, input: '' }).toEqual({ ...fromFile, input: '' });
    expect(fromAddress).toMatchObject({ power: { boardWatts: 312.5 }, tokens: { output: 12345 }, problems: [] });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('prints one JSON object a line on the command line, and exits with 4 where an input is refused', async () => {
    const inputs = [fileOf('one.prom', goodMetrics), fileOf('two.prom', '<html>'), fileOf('three.prom', '')];
    const { code, stdout } = await commandLine('probe', ...inputs, '--json');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Probe);
    expect(lines.map(({ input, valid, kind }) => ({ input, valid, kind }))).toEqual([
      { input: inputs[0], valid: true, kind: 'dcgm-exporter+engine' },
      { input: inputs[1], valid: false, kind: 'unknown' },
      { input: inputs[2], valid: true, kind: 'other' },
    ]);
    expect(code).toBe(4);
    expect((await commandLine('probe', inputs[0]!, '--json')).code).toBe(0);
  });
});

function commandLine(...words: string[]): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'electron/hosts/cli/main.ts'), ...words], (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

/** Captures by folder and name; empty where the folder is absent, so that the tests are skipped. */
function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return ['nothing'];
  const found = ['exposition', 'gpu'].flatMap((part) =>
    readdirSync(join(folder, part)).map((name) => `${part}/${name}`),
  );
  return found.filter((name) => /\.(txt|prom|json)$/.test(name) && !name.includes('nvidia-smi'));
}

function sampleLinesIn(path: string): number {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#')).length;
}

function countOf(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, list]) => [name, list.length]));
}
