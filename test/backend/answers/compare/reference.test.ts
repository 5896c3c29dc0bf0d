import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { ComparedDeployment, ReferenceAnswer } from '#shared/contract/compare-schema.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { ask, clientOver } from '../ask.ts';
import { BOOK, CATALOGUE, DEEPSEEK_FLEET, FRONT, NOW, spanOf, WINDOW } from './deepseek-fleet.ts';

const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

function fileOf(content: unknown): string {
  files += 1;
  const path = join(folder, `catalogue-${files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function clientOf(
  batch: FactBatch = DEEPSEEK_FLEET,
  catalogue: ReferenceCatalogue = CATALOGUE,
): Promise<BackendClient> {
  const store = createMemoryStore();
  await store.append(batch);
  return clientOver({ store, book: BOOK, now: NOW, referenceCatalogue: fileOf(catalogue) });
}

async function answerOf(batch?: FactBatch, catalogue?: ReferenceCatalogue): Promise<ReferenceAnswer> {
  return await ask(await clientOf(batch, catalogue), 'reference', { window: WINDOW });
}

function deploymentOf(answer: ReferenceAnswer, word: string): ComparedDeployment {
  return answer.deployments.find((one) => one.model.includes(word))!;
}

/** The fleet with its engine of DeepSeek-R1 told otherwise. */
function withSpan(more: Parameters<typeof spanOf>[2]): FactBatch {
  const [, other] = DEEPSEEK_FLEET.engineSpans;
  return { ...DEEPSEEK_FLEET, engineSpans: [spanOf('ds', 'deepseek-ai/DeepSeek-R1-0528', more), other!] };
}

describe('a deployment beside a reference that is the same thing', () => {
  it('has its own throughput per GPU, cost, busy share and interactivity', async () => {
    const { own, gpus, skus } = deploymentOf(await answerOf(), 'DeepSeek');
    expect([gpus, skus]).toEqual([2, ['NVIDIA B200']]);
    expect(own.inputPerGpu.value).toBeCloseTo(500, 9);
    expect(own.outputPerGpu.value).toBeCloseTo(500, 9);
    expect(own.totalPerGpu.value).toBeCloseTo(1000, 9);
    expect(own.rate.value).toBeCloseTo(4, 9);
    // 8 USD for 7.2 M tokens
    expect(own.cost.value).toBeCloseTo(8 / 7.2, 9);
    expect(own.busy.value).toBeCloseTo(0.75, 9);
    expect(own.interactivity.value).toBeCloseTo(40, 9);
    expect(own.cachedShare.value).toBe(0);
    expect(own.inputLength.value).toBeCloseTo(1000, 9);
  });

  it('is compared at its own interactivity, precision and lengths', async () => {
    const [best, next] = deploymentOf(await answerOf(), 'DeepSeek').references;
    expect(best!.front).toEqual(FRONT);
    expect([best!.isComparable, best!.reasons]).toEqual([true, []]);
    expect(best!.throughput.value).toBeCloseTo(2000, 9);
    // 4 x 1e6 / 3600 / 2000, and 2 x 1e6 / 3600 / 2000 of a neocloud
    expect(best!.costAtOwnRate.value).toBeCloseTo(0.5555555556, 9);
    expect(best!.costAtTierRate.value).toBeCloseTo(0.2777777778, 9);
    expect(best!.utilisation.value).toBeCloseTo(0.5, 9);
    expect(best!.adjustedCost.value).toBeCloseTo(0.5555555556, 9);
    // 2000 tok/s of 1,600 W, provisioned: never the same as measured power
    expect(best!.efficiency.value).toBeCloseTo(1.25, 9);
    expect(best!.efficiencyReasons[0]).toContain('provisioned power, not measured');
    expect(next!.reasons).toEqual(['it ran in fp4, this is fp8']);
  });

  it('has the gap in dollars, divided into idle time and slower work', async () => {
    const [best] = deploymentOf(await answerOf(), 'DeepSeek').references;
    // 2 GPU-h paid, 1.5 with work, 1 at the reference's throughput, 4 USD each
    expect(best!.gap.value).toBeCloseTo(4, 9);
    expect(best!.gap.parts.map((part) => part.value)).toEqual([expect.closeTo(2, 9), expect.closeTo(2, 9)]);
    expect(best!.gapAtWork.value).toBeCloseTo(2, 9);
    expect(best!.gap.working).toBe('$8 − 1 GPU-h × $4 = $4');
  });

  it('has a curve that begins and ends with the runs', async () => {
    const [best] = deploymentOf(await answerOf(), 'DeepSeek').references;
    expect(best!.curve[0]).toEqual({ interactivity: 20, totalPerGpu: 3000 });
    expect(best!.curve.at(-1)).toEqual({ interactivity: 60, totalPerGpu: 1000 });
  });

  it('explains every figure', async () => {
    const { deployments } = await answerOf();
    const figures = deployments.flatMap((one) => [
      ...Object.values(one.own),
      ...one.references.flatMap((other) => Object.values(other).filter(isFigure)),
      ...one.submissions.flatMap((other) => Object.values(other).filter(isFigure)),
    ]);
    expect(figures.length).toBeGreaterThan(40);
    for (const figure of figures) {
      expect(figure.formula).not.toBe('');
      expect(figure.working).not.toBe('');
      expect(figure.absence === null).toBe(figure.value !== null);
      expect(figure.inputs.every((input) => input.label !== '' && input.source !== '')).toBe(true);
      const keys = figure.inputs.map((input) => `${input.label} ${input.source}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});

function isFigure(value: unknown): value is Figure {
  return typeof value === 'object' && value !== null && 'formula' in value;
}

describe('a deployment that is not the same thing', () => {
  it('says why, and has no gap', async () => {
    const [best] = deploymentOf(await answerOf(withSpan({})), 'DeepSeek').references;
    expect(best!.isComparable).toBe(false);
    expect(best!.reasons).toContain('it ran in fp8, this precision is not known');
    expect(best!.gap).toMatchObject({ value: null, absence: 'not-comparable', working: '–' });
    expect(best!.gap.notes).toContain('Not comparable because it ran in fp8, this precision is not known.');
    expect(best!.gapAtWork.value).toBeNull();
  });

  it('of a model without a reference stands beside another one of its product, or none', async () => {
    const [best] = deploymentOf(await answerOf(), 'Qwen').references;
    expect(best).toBeUndefined();
    const catalogue = { ...CATALOGUE, fronts: [...CATALOGUE.fronts, { ...FRONT, gpu: 'H100' }] };
    const { own, references } = deploymentOf(await answerOf(DEEPSEEK_FLEET, catalogue), 'Qwen');
    expect(references[0]!.reasons[0]).toBe('it served DeepSeek-R1, this is Qwen/Qwen3-32B');
    expect(own.interactivity).toMatchObject({ value: null, absence: 'no-latency' });
    expect(references[0]!.throughput).toMatchObject({ value: null, absence: 'no-latency' });
    expect(own.inputLength).toMatchObject({ value: null });
  });

  it('takes the word of the operator, and forgets it', async () => {
    const client = await clientOf(withSpan({}));
    const precisionNow = async () => {
      const answer = await ask(client, 'reference', { window: WINDOW });
      const { precision, speculation, references } = deploymentOf(answer, 'DeepSeek');
      return [precision, speculation, references[0]!.isComparable];
    };
    expect(await precisionNow()).toEqual([{ value: null, by: null }, { value: null, by: null }, false]);
    const model = 'deepseek-ai/DeepSeek-R1-0528';
    await ask(client, 'saveDeploymentNote', { model: 'other', precision: 'fp4', speculation: null });
    await ask(client, 'saveDeploymentNote', { model, precision: 'fp8', speculation: 'none' });
    expect(await precisionNow()).toEqual([{ value: 'fp8', by: 'operator' }, { value: 'none', by: 'operator' }, true]);
    const left = await ask(client, 'saveDeploymentNote', { model, precision: null, speculation: null });
    expect(left.deployments).toEqual([{ model: 'other', precision: 'fp4', speculation: null }]);
    expect((await precisionNow())[2]).toBe(false);
  });

  it.each([
    ['nvidia/DeepSeek-R1-NVFP4', null, { value: 'fp4', by: 'name' }],
    ['nvidia/DeepSeek-R1-FP4-v2', null, { value: 'fp4', by: 'name' }],
    ['DeepSeek-R1-AWQ', null, { value: 'int4', by: 'name' }],
    ['DeepSeek-R1', null, { value: null, by: null }],
    ['DeepSeek-R1-FP4', JSON.stringify({ quantization: 'modelopt_fp4' }), { value: 'fp4', by: 'engine' }],
    ['DeepSeek-R1-FP8', JSON.stringify({ quantization: 'strange' }), { value: null, by: null }],
  ])('reads the precision of %s launched with %s', async (model, settings, expected) => {
    const [, other] = DEEPSEEK_FLEET.engineSpans;
    const batch = { ...DEEPSEEK_FLEET, engineSpans: [spanOf('ds', model, { settings }), other!] };
    expect(deploymentOf(await answerOf(batch), 'DeepSeek').precision).toEqual(expected);
  });
});

describe('tokens stay with the GPUs that made them', () => {
  it('where engines of one model stand on two products', async () => {
    const engineSpans = DEEPSEEK_FLEET.engineSpans.map((span) => ({ ...span, model: 'one' }));
    const { deployments } = await answerOf({ ...DEEPSEEK_FLEET, engineSpans });
    expect(deployments.map((one) => [one.skus.join(), one.own.outputPerGpu.value])).toEqual([
      ['NVIDIA B200', expect.closeTo(500, 9)],
      ['NVIDIA H100 80GB HBM3', expect.closeTo(1e5 / 3600, 9)],
    ]);
  });

  it('where prefill and decode stand on two products: they are one deployment, of both', async () => {
    const engineSpans = DEEPSEEK_FLEET.engineSpans.map((span, index) => ({
      ...span,
      model: 'one',
      role: index === 0 ? ('decode' as const) : ('prefill' as const),
    }));
    const { deployments } = await answerOf({ ...DEEPSEEK_FLEET, engineSpans });
    expect(deployments).toHaveLength(1);
    expect(deployments[0]).toMatchObject({ isDisaggregated: true, skus: ['NVIDIA B200', 'NVIDIA H100 80GB HBM3'] });
    expect(deployments[0]!.own.outputPerGpu.value).toBeCloseTo(3.7e6 / 10_800, 9);
  });

  it('where a frontend without GPUs counts them', async () => {
    const frontend = { ...spanOf('front', 'deepseek-ai/DeepSeek-R1-0528'), kind: 'dynamo' as const };
    const engineFacts = DEEPSEEK_FLEET.engineFacts.map((fact) =>
      fact.engineSpan === 'ds' ? { ...fact, engineSpan: 'front' } : fact,
    );
    const engineSpans = [...DEEPSEEK_FLEET.engineSpans, frontend];
    const found = deploymentOf(await answerOf({ ...DEEPSEEK_FLEET, engineFacts, engineSpans }), 'DeepSeek');
    expect(found.skus).toEqual(['NVIDIA B200']);
    expect(found.own.totalPerGpu.value).toBeCloseTo(1000, 9);
    expect(found.own.inputLength.value).toBeCloseTo(1000, 9);
  });
});

describe('the catalogue', () => {
  it('says its version, date and file', async () => {
    const { catalogue, catalogueTrouble, claims } = await answerOf();
    expect(catalogue).toMatchObject({
      version: 'by hand',
      asOf: '2026-08-14',
      file: expect.stringMatching(/^catalogue-/),
    });
    expect(catalogueTrouble).toBeNull();
    expect(claims[0]).toMatchObject({ statedBy: 'a vendor', source: { date: '2026-06' } });
  });

  it('is that of Tokenwatt where no file is named', async () => {
    const store = createMemoryStore();
    await store.append(DEEPSEEK_FLEET);
    const answer = await ask(clientOver({ store, book: BOOK, now: NOW }), 'reference', { window: WINDOW });
    expect(answer.catalogue).toMatchObject({ file: null, version: '2026.08' });
    expect(deploymentOf(answer, 'DeepSeek').references[0]!.front).toMatchObject({ gpu: 'B200', precision: 'fp8' });
  });

  it('that cannot be used gives no reference, and says what is wrong without its folder', async () => {
    const store = createMemoryStore();
    await store.append(DEEPSEEK_FLEET);
    const troubleOf = async (path: string) => {
      const client = clientOver({ store, book: BOOK, now: NOW, referenceCatalogue: path });
      const answer = await ask(client, 'reference', { window: WINDOW });
      expect(answer).toMatchObject({ catalogue: null, deployments: [], claims: [] });
      return answer.catalogueTrouble!;
    };
    expect(await troubleOf(fileOf({ ...CATALOGUE, asOf: 'today' }))).toMatch(/is no reference catalogue: .*asOf/su);
    expect(await troubleOf(fileOf('{'))).toContain('is not JSON');
    const missing = await troubleOf(join(folder, 'missing.json'));
    expect(missing).toBe('missing.json does not exist');
  });

  it('tells steady gains from headlines', async () => {
    const { gains } = deploymentOf(await answerOf(), 'DeepSeek');
    expect(gains[0]!.warnings).toEqual([
      '4 of 9 pairs changed their occupancy by more than 15 %: a stall at the start went away.',
      'The headline is well above the gain at steady load.',
    ]);
  });
});

describe('claim', () => {
  it('does its sum again with other inputs', async () => {
    const client = await clientOf();
    const { results } = await ask(client, 'claim', {
      arithmetic: { kind: 'throughput-for-cost', usdPerMillionTokens: 0.02, usdPerGpuHour: 1.95, note: 'of its time' },
    });
    expect(results[0]!.figure.value).toBeCloseTo(27_083.33, 2);
    expect(results[0]!.figure.working).toBe('$1.95 × 10⁶ ÷ (3600 × $0.02) = 27.08 k');
    expect(results[0]!.figure.inputs.map((input) => input.label)).toEqual(['Cost of a million tokens', 'Rate']);
  });

  it('shows both sides of a ratio', async () => {
    const point = (tokensPerSecondPerGpu: number, usdPerGpuHour: number) => ({ tokensPerSecondPerGpu, usdPerGpuHour });
    const { results } = await ask(await clientOf(), 'claim', {
      arithmetic: { kind: 'cost', here: point(6000, 2.65), there: point(90, 1.41), note: 'full machines' },
    });
    expect(results.map((one) => one.figure.value)).toEqual([
      expect.closeTo(0.1227, 4),
      expect.closeTo(4.352, 3),
      expect.closeTo(35.5, 1),
    ]);
  });
});
