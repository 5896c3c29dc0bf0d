import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { WhatIf } from '#shared/contract/what-if-schema.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { ScenarioEdit } from '#shared/model/scenario.ts';
import { NOW, SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../../golden/small-fleet.ts';
import { ask, clientOver } from '../ask.ts';

/** The fleet of test/golden/small-fleet.ts: 78.24 USD in four hours, a third of them idle, energy charged. */
async function clientOf(): Promise<BackendClient> {
  const store = createMemoryStore();
  await store.append(SMALL_FLEET);
  return clientOver({ store, book: SMALL_BOOK, now: NOW });
}

async function ifOnly(...edits: readonly ScenarioEdit[]): Promise<WhatIf> {
  return await ask(await clientOf(), 'whatIf', { window: WINDOW, scenario: { edits: [...edits] } });
}

const part = (answer: WhatIf, key: string) => answer.parts.find((one) => one.key === key)!;
const H100 = 'NVIDIA H100 80GB HBM3';

describe('a scenario', () => {
  it('without edits is what was, figure for figure', async () => {
    const answer = await ifOnly();
    expect(answer.would).toEqual(answer.was);
    expect(answer.change.spend.value).toBe(0);
    expect(answer.change.cost.value).toBe(0);
    expect([answer.steps, answer.assumptions, answer.isEstimate]).toEqual([[], [], false]);
    const spend = await ask(await clientOf(), 'figure', { name: 'spend', window: WINDOW });
    expect(answer.was.spend).toEqual(spend);
  });

  it('with twice the tariff has twice the cost of energy, and nothing else', async () => {
    const before = await ifOnly();
    const marginal = await ask(await clientOf(), 'figure', {
      name: 'marginal-cost-per-million-tokens',
      window: WINDOW,
    });
    const energy = (marginal.value! * 83.6e6) / 1e6;
    const answer = await ifOnly({ kind: 'tariff-factor', factor: 2 });
    expect(answer.change.spend.value).toBeCloseTo(energy, 9);
    expect(part(answer, 'energy').would).toBeCloseTo(part(answer, 'energy').was! * 2, 9);
    expect(part(answer, 'capital').would).toBe(part(answer, 'capital').was);
    expect(answer.was).toEqual(before.was);
    expect(answer.isEstimate).toBe(false);
  });

  it('with another PUE changes energy in proportion', async () => {
    const answer = await ifOnly({ kind: 'pue', pue: 3 });
    const piece = await ifOnly({ kind: 'pue', pue: 1.5 });
    expect(part(answer, 'energy').would).toBeCloseTo(part(piece, 'energy').would! * 2, 9);
  });

  it('that rents everything, all in, costs GPU-hours x rent', async () => {
    const answer = await ifOnly({ kind: 'rent', sku: '*', usdPerGpuHour: 3, isAllIn: true });
    expect(answer.would.spend.value).toBeCloseTo(24 * 3, 9);
    expect(part(answer, 'energy').would).toBe(0);
  });

  it('weighs tokens otherwise, and leaves the spend', async () => {
    const answer = await ifOnly({ kind: 'weights', weights: { input: 1, cached: 1, output: 1 } });
    expect(answer.change.spend.value).toBe(0);
    // 52 M input (16 M of them cached), 11 M output of all engines count alike
    expect(answer.would.tokens.value).toBeCloseTo(60e6, 3);
    expect(answer.would.cost.value).toBeCloseTo((answer.was.spend.value! / 60e6) * 1e6, 9);
  });

  it('takes a whole second book', async () => {
    const book = { revisions: [SMALL_BOOK.revisions[0]!] };
    const answer = await ask(await clientOf(), 'whatIf', {
      window: WINDOW,
      scenario: { book, edits: [] },
    });
    const store = createMemoryStore();
    await store.append(SMALL_FLEET);
    const other = clientOver({ store, book, now: NOW });
    const expected = await ask(other, 'figure', { name: 'spend', window: WINDOW });
    expect(answer.would.spend.value).toBe(expected.value);
    expect(answer.steps.map((step) => step.label)).toEqual(['Another cost book']);
  });
});

describe('another fleet', () => {
  it('does the same work in less GPU time where its GPUs are faster', async () => {
    const replace = { kind: 'replace', sku: H100, by: 'B200', throughputRatio: 4, powerRatio: 2 } as const;
    const answer = await ifOnly({ ...replace, usdPerGpuHour: 4 });
    // 16 of 24 GPU-hours are of H100: 4 GPU-h at 4 USD all in; the B200 cost as before
    const others = await ask(await clientOf(), 'figure', { name: 'spend', window: WINDOW, scope: { node: 'node-b' } });
    expect(answer.would.gpuHours).toBeCloseTo(8 + 4, 9);
    expect(answer.would.spend.value).toBeCloseTo(others.value! + 16, 9);
    expect(answer.would.tokens.value).toBe(answer.was.tokens.value);
    expect(answer.isEstimate).toBe(true);
    expect(answer.would.spend.inputs.some((input) => input.quality === 'measured')).toBe(false);
    expect(answer.would.spend.notes[0]).toMatch(/^What if: B200 stands in place of NVIDIA H100/);
  });

  it('takes energy by power and throughput, and the price of the book', async () => {
    const answer = await ifOnly({
      kind: 'replace',
      sku: H100,
      by: 'B200',
      throughputRatio: 2,
      powerRatio: 1,
      usdPerGpuHour: null,
    });
    const a = await ask(await clientOf(), 'figure', { name: 'energy', window: WINDOW, scope: { node: 'node-b' } });
    const all = answer.was.energy.value!;
    expect(answer.would.energy.value).toBeCloseTo(a.value! + (all - a.value!) / 2, 3);
  });

  it('is asked for a ratio or a price that nobody publishes', async () => {
    const client = await clientOf();
    const edit = { kind: 'replace', sku: H100, by: 'L40S', powerRatio: null, usdPerGpuHour: null } as const;
    const answerTo = async (throughputRatio: number | null) =>
      await client.whatIf({ window: WINDOW, scenario: { edits: [{ ...edit, throughputRatio }] } });
    expect(await answerTo(null)).toMatchObject({
      ok: false,
      failure: { kind: 'not-possible', message: expect.stringContaining('enter the throughput ratio') },
    });
    expect(await answerTo(2)).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('has no price for L40S') },
    });
  });

  it('finds its ratio in public runs', async () => {
    const replace = { kind: 'replace', sku: H100, by: 'B200', throughputRatio: null, powerRatio: null } as const;
    const answer = await ifOnly({ ...replace, usdPerGpuHour: 4 });
    expect(answer.would.gpuHours).toBeLessThan(answer.was.gpuHours);
    expect(answer.assumptions[0]).toMatch(/public recipes of DeepSeek-R1, at .* tok\/s per user/);
    expect(answer.assumptions[0]).toContain('1.254 times the power (provisioned power of the catalogue)');
  });

  it('has the busy share that is asked for, and all of its tokens', async () => {
    const answer = await ifOnly({ kind: 'busy', share: 0.9 });
    expect(answer.would.busyShare).toBeCloseTo(0.9, 12);
    expect(answer.was.busyShare).toBeCloseTo(14 / 22, 1);
    expect(answer.change.spend.value).toBeLessThan(0);
    expect(part(answer, 'capital').would).toBe(part(answer, 'capital').was);
    expect(part(answer, 'down-unseen').would).toBe(part(answer, 'down-unseen').was);
  });
});

describe('edits', () => {
  const EDITS: readonly ScenarioEdit[] = [
    { kind: 'tariff', usdPerKilowattHour: 0.3 },
    { kind: 'pue', pue: 1.1 },
    { kind: 'rent', sku: H100, usdPerGpuHour: 2.5, isAllIn: false },
    { kind: 'busy', share: 0.8 },
    { kind: 'replace', sku: 'NVIDIA B200', by: 'GB200', throughputRatio: 1.5, powerRatio: 1.1, usdPerGpuHour: 5 },
  ];

  it('compose: what each changes adds to what all change', async () => {
    const answer = await ifOnly(...EDITS);
    expect(answer.steps).toHaveLength(EDITS.length);
    expect(sumOf(answer.steps, (step) => step.change.value!)).toBeCloseTo(answer.change.spend.value!, 9);
    const shorter = await ifOnly(...EDITS.slice(0, 3));
    expect(shorter.steps).toEqual(answer.steps.slice(0, 3));
  });

  it('that touch different things may come in any order', async () => {
    const [tariff, pue, rent] = EDITS;
    const spends = await Promise.all(
      [
        [tariff!, pue!, rent!],
        [rent!, tariff!, pue!],
        [pue!, rent!, tariff!],
      ].map(async (edits) => (await ifOnly(...edits)).would.spend.value!),
    );
    expect(spends[1]).toBeCloseTo(spends[0]!, 12);
    expect(spends[2]).toBeCloseTo(spends[0]!, 12);
  });

  it('leave parts and rows that add to both spends', async () => {
    const answer = await ifOnly(...EDITS);
    for (const side of ['was', 'would'] as const) {
      expect(sumOf(answer.parts, (one) => one[side]!)).toBeCloseTo(answer[side].spend.value!, 9);
      expect(sumOf(answer.rows, (one) => one[side].value!)).toBeCloseTo(answer[side].spend.value!, 9);
    }
    expect(sumOf(answer.change.spend.parts, (one) => one.value)).toBeCloseTo(answer.change.spend.value!, 9);
    expect(answer.rows.at(-1)!.label).toBe('No model: free, down, unseen');
  });
});

describe('kept scenarios', () => {
  it('are kept by name, replaced and taken away', async () => {
    const client = await clientOf();
    const save = (name: string, pue: number | null) =>
      ask(client, 'saveScenario', { name, scenario: pue === null ? null : { edits: [{ kind: 'pue', pue }] } });
    await save('north', 1.1);
    await save('south', 1.4);
    await save('north', 1.2);
    const { scenarios } = await ask(client, 'scenarios', {});
    expect(scenarios.map((one) => [one.name, one.scenario.edits])).toEqual([
      ['south', [{ kind: 'pue', pue: 1.4 }]],
      ['north', [{ kind: 'pue', pue: 1.2 }]],
    ]);
    expect((await save('north', null)).scenarios.map((one) => one.name)).toEqual(['south']);
    const refused = await client.saveScenario({ name: ' ', scenario: null });
    expect(refused.ok).toBe(false);
  });
});
