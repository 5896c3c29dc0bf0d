import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TargetHealth } from '#shared/contract/backend-api.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { startFaultServer, type FaultServer } from '../fakes/fault-server.ts';
import { startCountingExporter, type CountingExporter } from './counting-exporter.ts';
import { answerOf, serveBackend, type ServedBackend } from './serve-backend.ts';

/** What is served, what becomes of the target, and what its health says about it. */
const REFUSED = [
  { what: 'garbage', page: 'garbage', reason: /^Not readable at line 1: .*The whole answer was refused\.$/ },
  { what: 'a login page', page: 'N10/login', reason: /not a metrics page \(HTML\): is there a login/ },
  { what: 'a gzip bomb', page: 'N08/bomb', reason: /sent a compressed body over the limit/ },
  {
    what: 'a port where nobody listens',
    page: 'N01',
    reason: /^127\.0\.0\.1:\d+ refused the connection: check that the exporter runs/,
  },
] as const;

const HELD_OUT = [
  { what: 'a NaN gauge', page: 'nan', reason: /DCGM_FI_DEV_POWER_USAGE of GPU-\S+ is NaN: held out/ },
  {
    what: 'a negative counter',
    page: 'negative-counter',
    reason: /outputTokens of \S+ is -12345, below zero: held out/,
  },
] as const;

describe('a backend with one good target among bad ones, asked over HTTP', () => {
  let faults: FaultServer;
  let exporter: CountingExporter;
  let mixed: ServedBackend;
  let alone: ServedBackend;
  let startedAt: EpochMs;

  beforeAll(async () => {
    faults = await startFaultServer();
    exporter = await startCountingExporter(21);
    exporter.freeze();
    startedAt = epochMs(Date.now());
    const good = { kind: 'scrape' as const, name: 'good', targets: [...exporter.targets] };
    const bad = [...REFUSED, ...HELD_OUT].map(({ what, page }) => ({
      kind: 'scrape' as const,
      name: what,
      targets: [{ url: faults.url(page), labels: {} }],
    }));
    [mixed, alone] = await Promise.all([
      serveBackend({ pollSeconds: 1, sources: [...bad, good] }),
      serveBackend({ pollSeconds: 1, sources: [good] }),
    ]);
    // Both count from the same readings to the same readings: counters move only in between.
    await Promise.all([heardSince(mixed, startedAt), heardSince(alone, startedAt)]);
    exporter.thaw();
    await exporter.asked(6);
    exporter.freeze();
    // An answer from just before may still be on its way.
    await exporter.asked(2);
    const frozenAt = epochMs(Date.now());
    await Promise.all([heardSince(mixed, frozenAt), heardSince(alone, frozenAt)]);
  });

  afterAll(async () => {
    await Promise.all([mixed.stop(), alone.stop()]);
    await Promise.all([exporter.close(), faults.close()]);
  });

  it.each(REFUSED)('says that $what is down, and why', async ({ what, reason }) => {
    const target = await targetOf(mixed, what);
    expect(target).toMatchObject({ state: 'down', lastHeard: null, reason: expect.stringMatching(reason) });
  });

  it.each(HELD_OUT)('holds out $what, says which, and keeps the rest', async ({ what, reason }) => {
    const target = await targetOf(mixed, what);
    expect(target).toMatchObject({ state: 'fresh', samples: 2, heldOutReason: expect.stringMatching(reason) });
    expect(target.heldOut).toBeGreaterThan(0);
  });

  it('leaves the good target fresh', async () => {
    const health = await answerOf(mixed.client.sourceHealth({}));
    const good = health.find((source) => source.name === 'good')!;
    expect(good).toMatchObject({ state: 'fresh', reason: null });
    expect(good.targets.map((target) => target.heldOut)).toEqual([0, 0, 0]);
  });

  it('counts the same tokens and joules as with the good target alone', async () => {
    const window = { from: startedAt, to: epochMs(Date.now()) };
    const totals = async ({ client }: ServedBackend): Promise<(number | null)[]> => {
      const tokens = await answerOf(client.figure({ name: 'tokens', window, basis: 'total' }));
      // The pages that are held out in part have a GPU of their own, on no node.
      const scope = { node: exporter.node };
      const energy = await answerOf(client.figure({ name: 'energy', window, scope }));
      return [tokens.value, energy.value];
    };
    const change = (thing: string, counter: string): number =>
      exporter.readings(thing).at(-1)!.counters[counter]! - exporter.readings(thing)[0]!.counters[counter]!;
    const tokens = exporter.engines.map((engine) => change(engine, 'inputTokens') + change(engine, 'outputTokens'));
    const [counted, energy] = await totals(mixed);
    expect(counted).toBe(tokens.reduce((one, other) => one + other));
    expect(counted).toBeGreaterThan(0);
    expect([counted, energy]).toEqual(await totals(alone));
  });
});

/** Waits until a poll of the good target that began after an instant is stored. */
async function heardSince({ client }: ServedBackend, since: EpochMs): Promise<void> {
  const isHeard = async (): Promise<void> => {
    const window = { from: epochMs(since - 1), to: epochMs(Date.now() + 1) };
    const { heard } = await answerOf(client.overview({ window }));
    const health = await answerOf(client.sourceHealth({}));
    const good = health.find((source) => source.name === 'good')!;
    expect(good.targets.every((target) => (target.lastHeard ?? 0) > since)).toBe(true);
    expect(heard.until ?? 0).toBeGreaterThan(Math.max(...good.targets.map((target) => target.lastHeard!)) - 1);
  };
  // Two calls a look: slower than the ten requests a second that the server gives a script.
  await vi.waitFor(isHeard, { timeout: 60_000, interval: 400 });
}

async function targetOf({ client }: ServedBackend, source: string): Promise<TargetHealth> {
  const health = await answerOf(client.sourceHealth({}));
  return health.find(({ name }) => name === source)!.targets[0]!;
}
