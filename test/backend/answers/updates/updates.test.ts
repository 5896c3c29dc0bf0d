import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { UpdateAnswer, UpdatesAnswer, UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { sum } from '#shared/lib/sum.ts';
import { epochMs } from '#shared/time/instant.ts';
import { ask, clientOver } from '../ask.ts';
import { BOOK, CHANGED_AT, hour, MODEL, POOL, updatedFleet, type FleetPlan } from './updated-fleet.ts';

const clients = new Map<string, Promise<BackendClient>>();

/** A client for asking only: tests of one plan share what it found. */
function clientOf(plan: FleetPlan): Promise<BackendClient> {
  const key = JSON.stringify(plan);
  const client = clients.get(key) ?? newClientOf(plan);
  clients.set(key, client);
  return client;
}

async function newClientOf(plan: FleetPlan): Promise<BackendClient> {
  const store = createMemoryStore();
  await store.append(updatedFleet(plan));
  return clientOver({ store, book: BOOK, now: epochMs(hour(24 * (plan.daysAfter ?? 14)) + 5000) });
}

const WINDOW = { from: hour(-24 * 14), to: hour(24 * 14) };

async function answerOf(plan: FleetPlan, window = WINDOW): Promise<UpdatesAnswer> {
  return await ask(await clientOf(plan), 'updates', { window });
}

async function changeOf(plan: FleetPlan): Promise<UpdateSummary> {
  const { changes } = await answerOf(plan);
  expect(changes).toHaveLength(1);
  return changes[0]!;
}

async function evidenceOf(client: BackendClient): Promise<UpdateAnswer> {
  const { changes } = await ask(client, 'updates', { window: WINDOW });
  return (await ask(client, 'update', { id: changes[0]!.change.id }))!;
}

describe('an update whose truth is known', () => {
  it.each<[string, FleetPlan, number, string, string]>([
    ['that helps is a saving', { factor: 0.88 }, -0.12, 'saving', 'C'],
    ['that does nothing is no material change', {}, 0, 'no material change', 'C'],
    [
      'that coincides with more load is not credited with it',
      { load: { before: 8, after: 12 } },
      0,
      'no material change',
      'C',
    ],
    ['that costs is a regression', { factor: 1.06 }, 0.06, 'regression', 'C'],
    [
      'on one of two replicas is compared with the other',
      { factor: 0.88, isCanary: true, both: 0.9 },
      -0.12,
      'saving',
      'B',
    ],
  ])('%s', async (_, plan, truth, verdict, grade) => {
    const found = await changeOf(plan);
    expect(found).toMatchObject({ verdict, grade });
    expect(Math.abs(found.effect!.change - truth)).toBeLessThan(0.012);
    expect(found.effect!.low).toBeLessThanOrEqual(truth + 0.005);
    expect(found.effect!.high).toBeGreaterThanOrEqual(truth - 0.005);
  });

  it.each<[string, FleetPlan, string]>([
    ['with four days after it', { factor: 0.8, daysAfter: 4 }, 'insufficient days'],
    ['with four days before it', { factor: 0.8, daysBefore: 4 }, 'insufficient days'],
    ['at quite another load', { factor: 0.8, load: { before: 2, after: 60 } }, 'insufficient overlap'],
    ['after a baseline that moves by itself', { factor: 0.96, drift: 1.2 }, 'unstable baseline'],
  ])('%s has no number and no dollars', async (_, plan, verdict) => {
    const { changes, ledger } = await answerOf(plan);
    expect(changes[0]).toMatchObject({ verdict, grade: 'D', effect: null });
    expect(ledger.rows[0]).toMatchObject({ freed: null, value: null, released: 0, stillIdle: 0, lost: 0 });
    expect(ledger.totals.net.value).toBe(0);
  });

  it('says when there will be enough days, and not where waiting does not help', async () => {
    // 20 to 23 October are four days; the seventh is the 26th
    const soon = await changeOf({ factor: 0.8, daysAfter: 4 });
    expect(soon).toMatchObject({ daysAfter: 4, daysNeeded: 7, readyAt: Date.UTC(2026, 9, 26) });
    expect((await changeOf({ daysBefore: 4 })).readyAt).toBeNull();
    expect((await changeOf({})).readyAt).toBeNull();
  });
});

describe('many updates at once', () => {
  it('are judged as each is alone', async () => {
    const store = createMemoryStore();
    const factors = [0.88, 1, 1.06];
    for (const [index, factor] of factors.entries()) {
      await store.append(otherDeployment(updatedFleet({ factor }), index));
    }
    const open = () => clientOver({ store, book: BOOK, now: epochMs(hour(24 * 14) + 5000) });
    const { changes } = await ask(open(), 'updates', { window: WINDOW });
    expect(changes.map(({ verdict }) => verdict).toSorted()).toEqual(['no material change', 'regression', 'saving']);
    for (const summary of changes)
      expect(await ask(open(), 'update', { id: summary.change.id })).toMatchObject(summary);
  });
});

/** The same facts told of another model, on machines of its own. */
function otherDeployment(batch: FactBatch, index: number): FactBatch {
  const names = /"(node-|gpu-|GPU-|old-|new-|on old-|on new-|llama)/g;
  return JSON.parse(JSON.stringify(batch).replace(names, `"${index}-$1`)) as FactBatch;
}

describe('what an update changed', () => {
  it('is said with both values and its replicas', async () => {
    const { change } = await changeOf({});
    expect(change).toMatchObject({
      deployment: { model: MODEL, pool: POOL },
      fields: [{ field: 'version', from: '0.11.2', to: '0.12.0' }],
      firstAt: CHANGED_AT,
      lastAt: CHANGED_AT,
      source: 'detected',
      isBundle: false,
      replicasChanged: 2,
      replicasKept: 0,
    });
  });

  it('divides the deployment into spans', async () => {
    const { deployments } = await answerOf({});
    expect(deployments).toEqual([
      {
        deployment: { model: MODEL, pool: POOL },
        spans: [
          { from: WINDOW.from, to: CHANGED_AT, label: 'vllm 0.11.2', changeId: null },
          { from: CHANGED_AT, to: WINDOW.to, label: 'vllm 0.12.0', changeId: expect.any(String) },
        ],
      },
    ]);
  });
});

describe('the ledger', () => {
  it('frees what the same work would have taken more, at the rate of the baseline', async () => {
    const { ledger } = await answerOf({ factor: 0.88 });
    const [row] = ledger.rows;
    // 2 GPUs x 14 days x 24 h, less the first hour, took 0.88 of what they would have: x (1 / 0.88 - 1)
    expect(row!.freed!.value).toBeCloseTo(2 * (14 * 24 - 1) * (1 / 0.88 - 1), -1);
    expect(row!.value!.value).toBeCloseTo(row!.freed!.value! * 2, 9);
    expect(sum(row!.freed!.parts.map((part) => part.value))).toBeCloseTo(row!.freed!.value!, 9);
    expect([row!.released, row!.stillIdle, row!.lost]).toEqual([0, row!.value!.value, 0]);
  });

  it('of stretches that tile adds to the ledger of all', async () => {
    const client = await clientOf({ factor: 0.88 });
    const edges = [-24, 24 * 3 + 5, 24 * 9, 24 * 14].map(hour);
    const parts = await Promise.all(
      edges.slice(1).map((to, index) => ask(client, 'updates', { window: { from: edges[index]!, to } })),
    );
    const whole = await ask(client, 'updates', { window: { from: edges[0]!, to: edges.at(-1)! } });
    for (const name of ['freed', 'net', 'stillIdle'] as const) {
      const added = sum(parts.map((part) => part.ledger.totals[name].value!));
      expect(added).toBeCloseTo(whole.ledger.totals[name].value!, 6);
    }
  });

  it('has every row of a later stretch told of, though its change was before', async () => {
    const { changes, ledger, deployments } = await answerOf({ factor: 0.88 }, { from: hour(100), to: hour(200) });
    expect(ledger.rows.map((row) => row.id)).toEqual(changes.map(({ change }) => change.id));
    expect(ledger.totals.freed.value).toBeGreaterThan(0);
    expect(deployments[0]!.spans).toMatchObject([{ label: 'vllm 0.12.0', changeId: changes[0]!.change.id }]);
  });

  it('names what a regression costs, below zero in the net', async () => {
    const { ledger } = await answerOf({ factor: 1.06 });
    expect(ledger.rows[0]!.freed!.value).toBeLessThan(0);
    expect(ledger.totals.lost.value).toBeGreaterThan(0);
    expect(ledger.totals.net.value).toBeCloseTo(-ledger.totals.lost.value!, 9);
  });

  it('keeps what the operator says became of the hours, and adds up', async () => {
    const client = await newClientOf({ factor: 0.88 });
    const before = await ask(client, 'updates', { window: WINDOW });
    const { id } = before.ledger.rows[0]!;
    await ask(client, 'tagUpdate', { id, tag: 'released', note: 'two nodes given back' });
    const after = await ask(client, 'updates', { window: WINDOW });
    const [row] = after.ledger.rows;
    expect(row).toMatchObject({ tag: 'released', tagNote: 'two nodes given back', stillIdle: 0, absorbed: 0 });
    expect(row!.released).toBe(row!.value!.value);
    const { totals } = after.ledger;
    const columns = totals.released.value! + totals.absorbed.value! + totals.stillIdle.value! - totals.lost.value!;
    expect(totals.net.value).toBeCloseTo(columns, 9);
    await ask(client, 'tagUpdate', { id, tag: null, note: null });
    expect((await ask(client, 'updates', { window: WINDOW })).ledger.rows[0]!.tag).toBeNull();
  });

  it('has hours and no dollars where there is no price', async () => {
    const store = createMemoryStore();
    await store.append(updatedFleet({ factor: 0.88 }));
    const book = { revisions: BOOK.revisions.map((one) => ({ ...one, hardware: [] })) };
    const client = clientOver({ store, book, now: hour(24 * 14) });
    const { ledger } = await ask(client, 'updates', { window: WINDOW });
    expect(ledger.rows[0]!.freed!.value).toBeGreaterThan(0);
    expect(ledger.rows[0]!.value).toBeNull();
    expect(ledger.totals.net.notes[0]).toContain('no price');
  });
});

describe('the evidence of an update', () => {
  it('lets anybody work the saving out from its strata', async () => {
    const evidence = await evidenceOf(await clientOf({ factor: 0.88 }));
    const compared = evidence.strata.filter((one) => one.isSupported);
    const actual = sum(compared.map((one) => one.after.gpuSeconds));
    const counterfactual = sum(
      compared.map((one) => (one.after.weightedTokens * one.before.gpuSeconds) / one.before.weightedTokens),
    );
    expect(actual / counterfactual - 1).toBeCloseTo(evidence.effect!.change, 9);
    expect((counterfactual - actual) / 3600).toBeCloseTo(evidence.freed!.value!, 6);
    const tokens = sum(evidence.strata.map((one) => one.after.weightedTokens));
    expect(sum(compared.map((one) => one.after.weightedTokens)) / tokens).toBeCloseTo(evidence.coverage, 9);
  });

  it('has other estimates, energy, service and the load beside it', async () => {
    const evidence = await evidenceOf(await clientOf({ factor: 0.88, load: { before: 8, after: 11 } }));
    expect(evidence.rawChange).toBeLessThan(-0.2);
    expect(evidence.estimates.laspeyres).toBeCloseTo(-0.12, 1);
    expect(evidence.estimates.regression).toBeCloseTo(-0.12, 2);
    expect(Math.abs(evidence.estimates.placebo!)).toBeLessThan(0.01);
    expect(evidence.energyChange).toBeCloseTo(-0.12, 1);
    expect(evidence.covariates.concurrencyPerGpu.after! / evidence.covariates.concurrencyPerGpu.before!).toBeCloseTo(
      11 / 8,
      1,
    );
    expect(Math.abs(evidence.occupancyChange!)).toBeLessThan(0.05);
    expect(evidence.service).toMatchObject({ errorRate: { before: 0, after: 0 }, ttftTargetSeconds: null });
    expect(evidence.draws).toMatchObject({ count: 2000, isExact: false });
    expect(evidence.perMonth!.value! / evidence.value!.value!).toBeCloseTo(730 / (14 * 24 - 1), 6);
  });

  it('counts windows that were left out by reason', async () => {
    const events = [
      {
        at: hour(-30),
        kind: 'engine-restarted',
        subject: 'node-0:8000',
        model: MODEL,
        node: 'node-0',
        message: 'again',
      },
      { at: hour(50), kind: 'gpu-lost', subject: 'GPU-1', model: null, node: 'node-1', message: 'fell off the bus' },
      { at: hour(60), kind: 'gpu-lost', subject: 'GPU-9', model: null, node: 'node-9', message: 'of another fleet' },
    ] as const;
    const { windows } = await evidenceOf(await clientOf({ events }));
    const dropped = Object.fromEntries(windows.dropped.map(({ reason, ...sides }) => [reason, sides]));
    expect(dropped['washout']).toEqual({ before: 0, after: 12 });
    expect(dropped['incident']).toEqual({ before: 3, after: 3 });
    expect(dropped['telemetry']).toEqual({ before: 0, after: 0 });
    // The engines began with the first window: it and the next are scaling.
    expect(dropped['scaling']).toEqual({ before: 2, after: 0 });
    expect(windows.before + 3 + 2).toBe(14 * 288);
    expect(windows.after + 12 + 3).toBe(14 * 288);
  });

  it('waits until first tokens are as fast as they will be', async () => {
    const { settledFrom, windows } = await evidenceOf(await clientOf({ warmUp: { times: 5, hours: 4 } }));
    expect(settledFrom).toBe(hour(4));
    expect(windows.dropped.find(({ reason }) => reason === 'washout')!.after).toBe(48);
  });

  it('is null for a change that is not known', async () => {
    expect(await ask(await clientOf({}), 'update', { id: 'gone' })).toBeNull();
  });

  it('explains every figure', async () => {
    const client = await clientOf({ factor: 0.88 });
    const { freed, value, perMonth, effect } = await evidenceOf(client);
    const { ledger } = await ask(client, 'updates', { window: WINDOW });
    for (const figure of [freed, value, perMonth, effect!.figure, ...Object.values(ledger.totals)]) {
      expect(figure!.formula).not.toBe('');
      expect(figure!.working).not.toBe('');
      expect(figure!.inputs.every((input) => input.label !== '' && input.source !== '')).toBe(true);
    }
  });
});

describe('a mark', () => {
  const mark = { model: MODEL, pool: POOL, at: hour(-24 * 7), note: 'new weights' };

  it('is a change of its own, that can be edited and taken back', async () => {
    const client = await newClientOf({});
    const [added] = await ask(client, 'markUpdate', { action: 'save', id: null, mark });
    const { changes, deployments } = await ask(client, 'updates', { window: WINDOW });
    expect(changes.map(({ change }) => change.source)).toEqual(['detected', 'mark']);
    expect(deployments[0]!.spans.map((span) => span.label)).toEqual(['vllm 0.11.2', 'new weights', 'vllm 0.12.0']);
    const moved = { ...mark, at: hour(-24 * 6) };
    expect(await ask(client, 'markUpdate', { action: 'save', id: added!.id, mark: moved })).toEqual([
      { ...moved, id: added!.id },
    ]);
    expect(await ask(client, 'markUpdate', { action: 'remove', id: added!.id })).toEqual([]);
    const gone = await client.markUpdate({ action: 'save', id: added!.id, mark });
    expect(gone).toMatchObject({ ok: false, failure: { kind: 'not-possible' } });
  });

  it('beside a change that was detected is a note to it', async () => {
    const client = await newClientOf({});
    await ask(client, 'markUpdate', { action: 'save', id: null, mark: { ...mark, at: hour(0), note: 'ticket 7' } });
    const { changes } = await ask(client, 'updates', { window: WINDOW });
    expect(changes.map(({ change }) => [change.source, change.note])).toEqual([['detected', 'ticket 7']]);
  });
});
