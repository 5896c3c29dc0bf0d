import { beforeAll, describe, expect, it } from 'vitest';
import { scrapeTargetsOf } from '#electron/sample-fleet/exporters/scrape-targets.ts';
import { createWorld } from '#electron/sample-fleet/world/world.ts';
import type { Recoverable } from '#shared/contract/idle-schema.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import { SERVICE_LEVEL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { epochMs } from '#shared/time/instant.ts';
import { storeOf, textsOver } from '../../../end-to-end/hour-of-texts.ts';
import { ask, clientOver } from '../ask.ts';
import { trueCapacity } from './world-capacity.ts';

/*
 * The sample fleet's idle capacity against what its script makes true: a day of its exporters' texts, read, sampled and stored
 * as any fleet's, and beside it the same figures from the functions of the world alone.
 */
const ANCHOR = epochMs(Date.UTC(2026, 10, 24, 12));
const WINDOW = { from: epochMs(ANCHOR - 12 * 3_600_000), to: ANCHOR };
const POLL_SECONDS = 120;
const NEAR = 0.02;

describe('the recoverable idle of the sample fleet', () => {
  const world = createWorld({ seed: 7, anchor: ANCHOR });
  // Nodes of several small engines, a pool that falls quiet, and one where nothing runs: a part of the fleet keeps the test short.
  const unused = world.nodes.find(({ engines }) => engines.length === 0);
  const nodes = world.nodes.filter(
    (node) => node.engines.length >= 4 || node.pool === 'code' || node.name === unused?.name,
  );
  const truth = trueCapacity(
    world,
    { nodes, window: WINDOW },
    {
      ...SERVICE_LEVEL_DEFAULTS,
      weights: SAMPLE_COST_BOOK.revisions[0]!.weights,
      stepSeconds: 900,
    },
  );
  let recoverable: Recoverable;

  beforeAll(async () => {
    const names = new Set(nodes.map(({ name }) => name));
    const targets = scrapeTargetsOf(world, { meters: false }).filter(({ labels }) => names.has(labels['node'] ?? ''));
    const store = await storeOf(textsOver(targets, WINDOW, POLL_SECONDS), POLL_SECONDS);
    const client = clientOver({ store, book: SAMPLE_COST_BOOK, now: ANCHOR, pollSeconds: POLL_SECONDS });
    recoverable = (await ask(client, 'idleCapacity', { window: WINDOW, scope: {} })).recoverable;
  }, 120_000);

  it('is that of its script, deployment by deployment', () => {
    const said = new Map(
      recoverable.deployments.map((one) => [[one.model, one.pool, one.sku, one.gpusPerReplica].join(' '), one.hours]),
    );
    expect([...said.keys()].toSorted()).toEqual(truth.deployments.map(({ key }) => key).toSorted());
    for (const { key, ...meant } of truth.deployments) {
      for (const part of ['provisioned', 'load', 'recoverable'] as const)
        expect([key, part, nearness(said.get(key)![part], meant[part])]).toEqual([key, part, 'near']);
    }
  });

  it('is that of its script for free GPUs', () => {
    for (const { key, provisioned, recoverable: meant } of truth.free) {
      const own = recoverable.free.find((one) => `${one.pool} ${one.sku}` === key);
      expect([key, nearness(own?.gpuHours ?? 0, provisioned)]).toEqual([key, 'near']);
      expect([key, nearness(own?.recoverableGpuHours ?? 0, meant)]).toEqual([key, 'near']);
    }
  });

  it('is that of its script in all, within 2 %', () => {
    const said =
      sumOf(recoverable.deployments.map(({ hours }) => hours.recoverable)) +
      sumOf(recoverable.free.map((one) => one.recoverableGpuHours));
    const meant = sumOf([...truth.deployments, ...truth.free].map((one) => one.recoverable));
    expect(meant).toBeGreaterThan(50);
    expect(nearness(said, meant)).toBe('near');
  });
});

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** `near` within 2 %, or within a step of one GPU; else both numbers, for the message. */
function nearness(said: number, meant: number): string {
  return Math.abs(said - meant) <= Math.max(NEAR * Math.abs(meant), 0.25) ? 'near' : `${said} for ${meant}`;
}
