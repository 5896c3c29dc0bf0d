import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCatalogue } from '#backend/reference/read-catalogue.ts';
import { DEFAULT_COST_BOOK } from '#shared/cost/default-cost-book.ts';
import { PRESET_TABLES } from '#shared/cost/presets.ts';
import { claimResult } from '#shared/cost/reference/claim-arithmetic.ts';
import { paretoFront } from '#shared/cost/reference/front.ts';
import { tableOn } from '#shared/cost/reference/reference-tables.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';

const read = await readCatalogue(null);
if (!read.ok) throw new Error(read.failure.message);
const OWN: ReferenceCatalogue = read.value;

const folder = mkdtempSync(join(tmpdir(), 'tokenwatt-reference-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the catalogue that Tokenwatt brings', () => {
  it('has fronts of each of six products, and nothing undated', () => {
    const gpus = ['B200', 'B300', 'GB200', 'GB300', 'H100', 'H200'];
    expect([...new Set(OWN.fronts.map((front) => front.gpu))].toSorted()).toEqual(gpus);
    for (const table of [
      ...OWN.tiers.map((one) => one.usdPerGpuHour),
      ...OWN.power.map((one) => one.kilowattsPerGpu),
    ]) {
      expect(Object.keys(table).toSorted()).toEqual(gpus);
    }
    for (const source of Object.values(OWN.sources)) expect(source.date).toMatch(/^20\d\d/);
  });

  it('has no point that another one beats', () => {
    for (const { points } of OWN.fronts) expect(paretoFront(points)).toEqual(points);
  });

  it.each([
    // of 2026-03 and 2026-08, economics reference, section 1.2
    ['2026-03-18', 'B200', { hyperscaler: 1.95, neocloud: 2.34, rental: 2.9 }],
    ['2026-08-13', 'H100', { hyperscaler: 1.3, neocloud: 1.69, rental: 1.3 }],
    ['2026-08-14', 'H100', { hyperscaler: 1.17, neocloud: 1.55, rental: 1.78 }],
    ['2027-01-01', 'GB300', { hyperscaler: 2.31, neocloud: 2.79, rental: 3.3 }],
  ])('had on %s the rates of %s', (day, gpu, expected) => {
    expect(tableOn(OWN.tiers, day)!.usdPerGpuHour[gpu]).toEqual(expected);
  });

  it('changed its power on 2026-07-14, and its boundary with it', () => {
    const [before, after] = ['2026-07-13', '2026-07-14'].map((day) => tableOn(OWN.power, day)!);
    expect(before!.kilowattsPerGpu).toMatchObject({ H200: 1.73, B300: 2.17, GB300: 2.1 });
    expect(after!.kilowattsPerGpu).toMatchObject({ H200: 1.37, B300: 1.9, GB300: 2.12 });
    expect(after!.boundary).not.toBe(before!.boundary);
  });

  it('says what the presets of the cost book do, in both of their tables', () => {
    for (const { asOf, prices } of PRESET_TABLES) {
      const [rates, power] = [tableOn(OWN.tiers, asOf)!, tableOn(OWN.power, asOf)!];
      for (const [sku, { kilowatts, ...tiers }] of Object.entries(prices)) {
        expect([sku, tiers, kilowatts]).toEqual([sku, rates.usdPerGpuHour[sku], power.kilowattsPerGpu[sku]]);
      }
    }
  });

  it('assumes what the default cost book does', () => {
    const neocloud = tableOn(OWN.tiers, OWN.asOf)!.usdPerGpuHour;
    for (const { sku, terms } of DEFAULT_COST_BOOK.revisions[0]!.hardware) {
      expect(terms.kind === 'rented' && terms.usdPerGpuHour).toBe(neocloud[sku]!.neocloud);
    }
  });

  it.each([
    // economics reference, section 2, output tok/s (tok/s per GPU)
    ['DeepSeek-R1', 'offline', 'GB200', 72, '5.1', 289_712],
    ['DeepSeek-R1', 'server', 'GB300', 72, '6.0', 400_437],
    ['DeepSeek-R1', 'server', 'GB300', 72, '6.1', 596_944],
    ['GPT-OSS-120B', 'server', 'GB200', 72, '6.0', 899_218],
    ['GPT-OSS-120B', 'server', 'H200', 8, '6.0', 24_103.2],
    ['Llama-3.1-405B', 'server', 'GB200', 72, '6.0', 14_133.9],
    ['Llama-2-70B', 'offline', 'B200', 8, '5.1', 102_909],
    ['Llama-2-70B', 'offline', 'H100', 8, '4.1', 24_524.9],
  ])('has the MLPerf result of %s %s on %s x%i in round %s', (model, scenario, gpu, gpus, round, expected) => {
    const wanted = { model, scenario, gpu, gpus, round };
    const found = OWN.submissions.filter((one) =>
      Object.entries(wanted).every(([key, value]) => one[key as keyof typeof one] === value),
    );
    expect(found.map((one) => one.outputTokensPerSecond)).toContain(expected);
  });

  it('has the power that MLPerf measured: 6,153 W of eight H200 at 25,262 tok/s, 10,401 W of eight B200', () => {
    const measured = OWN.submissions.filter((one) => one.systemWatts !== null && one.scenario === 'offline');
    const perJoule = measured.map((one) => [one.gpu, one.systemWatts, one.outputTokensPerSecond / one.systemWatts!]);
    expect(perJoule).toContainEqual(['H200', 6153, expect.closeTo(4.11, 2)]);
    expect(perJoule).toContainEqual(['B200', 10_401, expect.closeTo(9.89, 2)]);
  });

  it('tells headline from steady gains: B200 SGLang FP4 1.287 against 1.044, four of nine from the start', () => {
    const gain = OWN.gains.find(
      (one) => one.gpu === 'B200' && one.engine === 'SGLang' && one.precision === 'fp4' && one.speculation === 'none',
    )!;
    expect(gain).toMatchObject({ pairs: 9, startupArtefacts: 4 });
    expect(gain.throughputRatio).toBeCloseTo(1.287, 3);
    expect(gain.steadyRatio).toBeCloseTo(1.044, 3);
  });

  it('tells gains that came without a new version text: NVIDIA, v6.0 to v6.1', () => {
    const rounds = OWN.gains.filter((one) => one.from === 'v6.0' && one.to === 'v6.1');
    expect(rounds.length).toBeGreaterThan(8);
    expect(rounds.every((one) => one.isSameSoftwareText)).toBe(true);
  });

  it.each([
    // economics reference, section 3
    ['gb300-50x-per-megawatt', 'times as much', 54.9, 1],
    ['gb300-35x-cheaper', 'times cheaper', 35.5, 1],
    ['gb300-35x-cheaper', 'USD per million tokens here', 0.1227, 4],
    ['b200-two-cents', 'tok/s per GPU needed', 27_083, 0],
    ['dynamo-5.6-million-queries', 'per second', 9.26, 2],
    ['gb200-15x-return', 'USD per million tokens x tok/s per GPU needed', 11_010, -1],
    ['gb200-15x-return', 'revenue over investment', 15, 9],
    ['gb200-10x-per-megawatt', 'times as much', 3.04, 2],
    ['mtp-21x', 'times cheaper', 21.4, 1],
  ])('does the sum of the claim %s: %s', (id, label, expected, digits) => {
    const { arithmetic } = OWN.claims.find((claim) => claim.id === id)!;
    const line = claimResult(arithmetic!).find((one) => one.label === label);
    expect(line!.value).toBeCloseTo(expected, digits);
  });

  it('does a sum again with other inputs: the later power table makes 43.1 of 54.9', () => {
    const { kilowattsPerGpu } = tableOn(OWN.power, '2026-07-14')!;
    const again = claimResult({
      kind: 'per-megawatt',
      here: { tokensPerSecondPerGpu: 6000, kilowattsPerGpu: kilowattsPerGpu['GB300']! },
      there: { tokensPerSecondPerGpu: 90, kilowattsPerGpu: kilowattsPerGpu['H200']! },
      note: 'again',
    });
    expect(again.at(-1)!.value).toBeCloseTo(43.1, 1);
  });
});

describe("a file of one's own", () => {
  const fileOf = (name: string, content: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  it('replaces all of it', async () => {
    const mine = { ...OWN, asOf: '2027-02-01', claims: [], fronts: OWN.fronts.slice(0, 1) };
    expect(await readCatalogue(fileOf('mine.json', mine))).toEqual({ ok: true, value: mine });
  });

  it.each([
    ['with a source that it does not hold', { ...OWN, sources: {} }, 'there is no source'],
    ['with a model that it does not hold', { ...OWN, models: [] }, 'there is no model DeepSeek-R1'],
    [
      'with a throughput of zero',
      { ...OWN, submissions: [{ ...OWN.submissions[0], outputTokensPerSecond: 0 }] },
      'outputTokensPerSecond',
    ],
    ['with a table from no day', { ...OWN, power: [{ ...OWN.power[0], from: 'July' }] }, 'from'],
    ['with a field that means nothing', { ...OWN, wether: 1 }, 'wether'],
    ['that is another JSON', [1, 2], 'expected object'],
  ])('is refused %s', async (_, content, message) => {
    const refused = await readCatalogue(fileOf('refused.json', content));
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'not-a-catalogue' } });
    expect(refused.ok ? '' : refused.failure.message).toContain(message);
  });

  it('is a failure, no crash, when it is missing or no JSON', async () => {
    for (const path of [join(folder, 'missing.json'), fileOf('broken.json', '{')]) {
      expect(await readCatalogue(path)).toMatchObject({ ok: false, failure: { kind: 'unreadable' } });
    }
  });
});
