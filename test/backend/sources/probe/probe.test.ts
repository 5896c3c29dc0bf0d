import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import type { Probe, ProbeFormat } from '#backend/sources/probe/probe-answer.ts';
import { probe as probeWith } from '#backend/sources/probe/probe.ts';
import { goodMetrics } from '../../../fakes/fault-server.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

const probe = async (input: string, format: ProbeFormat | null = null) =>
  (await probeWith(input, { clock: systemClock, format })).answer;

describe('a probe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-probe-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const fileOf = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('names the line that it cannot read, quotes it, and reads the others', async () => {
    const found = await probe(fileOf('broken.txt', `what { is this\n${goodMetrics}`));
    expect(found).toMatchObject({ valid: false, kind: 'dcgm-exporter+engine', power: { boardWatts: 312.5 } });
    expect(found.problems).toEqual([{ kind: 'syntax', line: 1, message: expect.stringContaining('what { is this') }]);
  });

  it('lists twenty lines that cannot be read and counts the others', async () => {
    const found = await probe(fileOf('much.txt', `${'---\n'.repeat(500)}${goodMetrics}`));
    expect(found.problems).toHaveLength(21);
    expect(found.problems.at(-1)).toEqual({ kind: 'more', message: '480 more lines cannot be read', line: null });
    expect(found.tokens?.output).toBe(12345);
  });

  it('leaves out a last number that may have lost its end, and says that the text breaks off', async () => {
    const found = await probe(fileOf('cut.txt', `${goodMetrics}other_total 12`));
    expect(found).toMatchObject({ valid: false, samples: 2, problems: [{ kind: 'truncated', line: 6 }] });
  });

  it.each([
    ['in the HELP of what follows', `${goodMetrics}# HELP vllm:num_requ`],
    ['behind a comment sign', `${goodMetrics}# `],
    ['in the buckets of a histogram', `${goodMetrics}# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="2"} 3`],
    ['in a label', `${goodMetrics}vllm:num_requests_running{model_na`],
  ])('says that a text breaks off %s', async (_, text) => {
    const found = await probe(fileOf('cut.txt', text));
    expect(found).toMatchObject({ valid: false, tokens: { output: 12345 } });
    expect(found.problems[0]).toMatchObject({ kind: 'truncated', line: expect.any(Number) });
  });

  it('takes a text without a last line break for whole where its last metric is', async () => {
    const text = `${goodMetrics}# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_sum 3\nh_count{a="b"} 3`;
    expect(await probe(fileOf('whole.txt', text))).toMatchObject({ valid: true });
  });

  it('says of OpenMetrics without its end that it breaks off', async () => {
    const found = await probe(fileOf('cut.om', '# TYPE a gauge\na 1\n'));
    expect(found).toMatchObject({ valid: false, format: 'openmetrics', samples: 1, problems: [{ kind: 'truncated' }] });
  });

  it.each([
    ['a byte order mark', Buffer.from(`\ufeff${goodMetrics}`)],
    ['UTF-16, as Windows shells save it', Buffer.from(`\ufeff${goodMetrics}`, 'utf16le')],
  ])('reads a text with %s, and says so', async (_, bytes) => {
    const found = await probe(fileOf('encoded.txt', bytes));
    expect(found).toMatchObject({
      valid: true,
      samples: 2,
      tokens: { output: 12345 },
      problems: [{ kind: 'encoding' }],
    });
  });

  it('reads lines that end as on Windows, stand indented, or within a code fence', async () => {
    const windows = await probe(fileOf('windows.txt', goodMetrics.replaceAll('\n', '\r\n')));
    expect(windows).toMatchObject({ valid: true, samples: 2, tokens: { output: 12345 }, problems: [] });
    const indented = await probe(fileOf('indented.txt', goodMetrics.replaceAll(/^(?=.)/gm, '    ')));
    expect(indented).toMatchObject({ valid: true, samples: 2, tokens: { output: 12345 }, problems: [] });
    const fenced = await probe(fileOf('fenced.txt', `\`\`\`text\n${goodMetrics}...\n\`\`\`\n`));
    expect(fenced).toMatchObject({ valid: false, samples: 2, tokens: { output: 12345 } });
    expect(fenced.problems.map(({ line }) => line)).toEqual([1, 7, 8]);
  });

  it('counts a series that stands at several times once, by its newest', async () => {
    const line = (value: number, time: number) => `vllm:generation_tokens_total{model_name="m"} ${value} ${time}\n`;
    const found = await probe(fileOf('history.prom', line(10, 1000) + line(30, 3000) + line(20, 2000)));
    expect(found).toMatchObject({ samples: 3, tokens: { output: 30 } });
  });

  it.each([
    [
      'the text of nvidia-smi',
      '==============NVSMI LOG==============\nDriver Version : 590.48.01\n',
      'nvidia-smi',
      /-q -x/,
    ],
    ['the list of nvidia-smi', 'GPU 0: NVIDIA H200 (UUID: GPU-1)\n', 'nvidia-smi', /-q -x/],
    ['a login page', '<!doctype html><title>Sign in</title>', 'unknown', /login/],
    ['JSON', '{"status":"success","data":{}}', 'unknown', /--format prometheus-api/],
  ])('says of %s what it is', async (_, text, kind, message) => {
    const found = await probe(fileOf('mistaken.txt', text));
    const problems = [{ kind: 'not-metrics', message: expect.stringMatching(message), line: null }];
    expect(found).toMatchObject({ valid: false, samples: 0, kind, gpus: [], problems });
  });

  it('reads by the grammar that is asked for, whatever the ending says', async () => {
    const text = '# TYPE a counter\na_total 1\n# EOF\n';
    expect(await probe(fileOf('metrics.txt', text), 'openmetrics')).toMatchObject({
      valid: true,
      format: 'openmetrics',
    });
    const asText = await probe(fileOf('metrics.om', `\n${text}`), 'prometheus-text');
    expect(asText).toMatchObject({ valid: true, format: 'prometheus-text', samples: 1 });
    expect(await probe(fileOf('metrics.om', `\n${text}`))).toMatchObject({ valid: false, format: 'openmetrics' });
  });

  it.each([
    ['DCGM_FI_DEV_COUNT 8\n', 'dcgm-exporter'],
    ['nvidia_smi_gpu_info{uuid="1"} 1\n', 'nvidia-gpu-exporter'],
    ['node_cpu_seconds_total{cpu="0",mode="idle"} 1\n', 'node-exporter'],
    ['ipmi_dcmi_power_consumption_current_watts 412\n', 'ipmi-exporter'],
    ['redfish_chassis_power_average_consumed_watts{chassis_id="1"} 412\n', 'redfish-exporter'],
    ['smg_http_requests_total{path="/"} 1\n', 'gateway'],
    ['something_else 1\n', 'other'],
    ['', 'unknown'],
  ])('names the exporter of %s', async (text, kind) => {
    expect(await probe(fileOf('exporter.prom', text))).toMatchObject({ valid: true, kind, engine: null });
  });

  it('says of a file that is not there that it cannot be read', async () => {
    const found = await probe(join(folder, 'absent.txt'));
    expect(found).toMatchObject({ valid: false, kind: 'unknown', problems: [{ kind: 'unreadable', line: null }] });
  });

  it('refuses XML that declares entities', async () => {
    const text = '<!DOCTYPE nvidia_smi_log [<!ENTITY a "b">]><nvidia_smi_log/>';
    const found = await probe(fileOf('hostile.xml', text));
    expect(found).toMatchObject({ valid: false, format: 'nvidia-smi-xml', problems: [{ kind: 'hostile' }] });
  });

  it('holds out a NaN and a negative value, and says so', async () => {
    const text = goodMetrics.replace('312.5', 'NaN').replace('12345', '-1');
    const found = await probe(fileOf('held-out.txt', text));
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
    const [fromAddress, fromFile] = [await probe(url), await probe(fileOf('good.txt', goodMetrics))];
    expect({ ...fromAddress, input: '' }).toEqual({ ...fromFile, input: '' });
    expect(fromAddress).toMatchObject({ power: { boardWatts: 312.5 }, tokens: { output: 12345 }, problems: [] });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('prints one JSON object a line on the command line, and exits with 1 where one cannot be read', async () => {
    const inputs = [fileOf('one.prom', goodMetrics), fileOf('two.prom', '<html>'), fileOf('three.prom', '')];
    const { code, stdout } = await commandLine('probe', ...inputs, '--json');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Probe);
    expect(lines.map(({ input, valid, kind }) => ({ input, valid, kind }))).toEqual([
      { input: inputs[0], valid: true, kind: 'dcgm-exporter+engine' },
      { input: inputs[1], valid: false, kind: 'unknown' },
      { input: inputs[2], valid: true, kind: 'unknown' },
    ]);
    expect(code).toBe(1);
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
