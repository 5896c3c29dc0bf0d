import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startSampleFleet } from '#electron/hosts/sample-fleet-process.ts';
import type { CostBreakdown, Overview, SourceHealth } from '#shared/contract/backend-api.ts';

const MAIN = fileURLToPath(new URL('../../../electron/hosts/cli/main.ts', import.meta.url));

type Ended = { readonly code: number | null; readonly out: string; readonly said: string };

/** The command line as a user runs it, against the sample fleet's exporters taken as a fleet of one's own. */
describe('the command line against a running server', () => {
  const home = mkdtempSync(join(tmpdir(), 'tokenwatt-home-'));
  let fleet: Awaited<ReturnType<typeof startSampleFleet>>;
  let server: ChildProcess;
  let greeting = '';

  const start = (...args: readonly string[]) =>
    spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, TOKENWATT_HOME: home, CI: 'true' } });

  const run = async (...args: readonly string[]): Promise<Ended> => {
    const child = start(...args);
    const [out, said] = [textOf(child.stdout), textOf(child.stderr)];
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out: out(), said: said() };
  };

  const serveFleet = async () => {
    const discovery = fleet.config.sources.find((source) => source.kind === 'discovery');
    const exporters = discovery?.kind === 'discovery' ? discovery.url : '';
    server = start(
      'serve',
      '--discovery',
      exporters,
      '--poll-seconds',
      '1',
      '--price-per-gpu-hour',
      '2.5',
      '--no-open',
    );
    const out = textOf(server.stdout!);
    await vi.waitFor(() => expect(out()).toContain('/open#'), { timeout: 30_000 });
    greeting = out();
  };

  beforeAll(async () => {
    fleet = await startSampleFleet();
    await serveFleet();
    // The first fact needs two polls, and GPUs may be heard before engines.
    const hasCost = async () => expect(overviewOf(await run('now', '--json')).now.cost.value).not.toBeNull();
    await vi.waitFor(hasCost, { timeout: 50_000, interval: 500 });
  });

  afterAll(async () => {
    server.kill('SIGKILL');
    await fleet.stop();
    rmSync(home, { recursive: true });
  });

  it('answers what a million tokens costs, with JSON alone on standard output', async () => {
    const { code, out } = await run('now', '--json');
    expect([0, 3]).toContain(code);
    const { now } = overviewOf({ code, out, said: '' });
    expect(now.cost.value).toBeGreaterThan(0);
    const parts = now.cost.parts.reduce((total, part) => total + part.value, 0);
    expect(parts).toBeCloseTo(now.cost.value!, 9);
  });

  it('charges the price that was entered', async () => {
    const { spendRate, window } = overviewOf(await run('now', '--json')).now;
    expect(window.to).toBeGreaterThan(window.from);
    // Every GPU costs 2.50 USD/h, whatever it does: the spend is a multiple of it.
    const { out } = await run('cost', '--by', 'fleet', '--from', 'now-5s', '--json');
    const { breakdown } = JSON.parse(out) as { breakdown: CostBreakdown };
    expect(breakdown.total.spendUsdPerHour! / breakdown.total.gpus).toBeCloseTo(2.5, 6);
    expect(spendRate.unit).toBe('USD/h');
  });

  it('prints the same figures as a table, and the total below the rows', async () => {
    const { out } = await run('cost', '--by', 'model', '--from', 'now-1m', '--basis', 'output');
    expect(out).toMatch(/^model +GPUs +cost/m);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^total /);
  });

  it('says with exit code 3 and on standard error that most of a window lies before the first fact', async () => {
    const { code, said } = await run('cost', '--from', 'now-24h', '--json');
    expect(code).toBe(3);
    expect(said).toContain('later than the window asked for');
  });

  it('lists the sources with their targets', async () => {
    const { sources } = JSON.parse((await run('sources', '--json')).out) as { sources: readonly SourceHealth[] };
    expect(sources.map(({ kind }) => kind)).toEqual(['discovery']);
    expect(sources[0]!.targets.length).toBeGreaterThan(10);
  });

  it('prints a new link, other than the first', async () => {
    const { code, out } = await run('open');
    expect(code).toBe(0);
    expect(out.trim()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open#[0-9a-f]{64}$/);
    expect(greeting).not.toContain(out.trim());
  });

  it('refuses a second server on the same folder with exit code 5 and the process that holds it', async () => {
    const { code, said } = await run('serve', '--no-open');
    expect(code).toBe(5);
    expect(said).toContain(`process ${server.pid}`);
  });

  it('ends with code 0 when it is stopped, takes its address away, and leaves its facts to be asked', async () => {
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    expect((await ended)[0]).toBe(0);
    expect(existsSync(join(home, 'running.json'))).toBe(false);
    const overview = overviewOf(await run('now', '--json'));
    expect(overview.heard.until).not.toBeNull();
  });

  it('starts again after a kill, and takes over what the killed one left', async () => {
    await serveFleet();
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    expect(existsSync(join(home, 'running.json'))).toBe(true);
    expect((await run('open')).said).toContain('no server is running');
    await serveFleet();
    expect(overviewOf(await run('now', '--json')).heard.until).not.toBeNull();
  });
});

describe('the command line with nothing to ask', () => {
  it('says so with the next step, and uses its exit codes', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tokenwatt-empty-'));
    const env = { ...process.env, TOKENWATT_HOME: home };
    const run = async (...args: readonly string[]): Promise<Ended> => {
      const child = spawn(process.execPath, [MAIN, ...args], { env });
      const [out, said] = [textOf(child.stdout), textOf(child.stderr)];
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, out: out(), said: said() };
    };
    expect(await run('now')).toMatchObject({ code: 1, out: '', said: expect.stringContaining('npm start') });
    expect(await run('now', '--wrong')).toMatchObject({ code: 2, out: '' });
    expect(await run('--version')).toMatchObject({ code: 0, out: '0.1.0\n', said: '' });
    expect(await run('probe', MAIN)).toMatchObject({ code: 1 });
    rmSync(home, { recursive: true });
  });
});

function overviewOf({ out }: Ended): Overview {
  return (JSON.parse(out) as { readonly overview: Overview }).overview;
}

/** Collects what a stream says, and gives what it has said so far. */
function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return () => text;
}
