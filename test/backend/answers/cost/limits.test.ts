import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { DeploymentLimits } from '#shared/contract/cost-schema.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { SERVICE_LEVEL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import type { GpuFact } from '#shared/model/fact.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import {
  at,
  createRandom,
  engineFact,
  FLEET,
  gpuFact,
  latencyFact,
  PLACEMENTS,
  SEATS,
} from '../../store/store-facts.ts';
import { randomBook } from '../random-fleet.ts';
import { ask, clientOver } from '../ask.ts';

/** Three days, of which each hour has one fact: DAY_START is a Tuesday. */
const HOURS = 72;
const START = at(0);
const hour = (index: number): EpochMs => epochMs(START + index * 3_600_000);
const WINDOW = { from: hour(0), to: hour(HOURS) };

const HOUR = 3600;

/** engine-0 (llama for team-a) held back by power; engine-2 (qwen for team-a) quiet half of the time, its cache full else. */
const FACTS: FactBatch = {
  ...FLEET,
  placements: [...PLACEMENTS, { key: 'of-qwen', rule: 'pod', members: [{ engineSpan: 'span-3', share: 1 }] }],
  gpuFacts: Array.from({ length: HOURS }, (_, index): readonly GpuFact[] => {
    const common = { start: hour(index), seconds: HOUR, observedSeconds: HOUR };
    const capped = {
      powerCappedSeconds: 1800,
      heatCappedSeconds: 0,
      tensorActiveSeconds: 1000,
      dramActiveSeconds: 1500,
    };
    const isQuiet = index % 2 === 0;
    return [
      gpuFact({ ...common, seat: SEATS[0]!.key, placement: 'placement-0', state: 'throttled', ...capped }),
      gpuFact({
        ...common,
        seat: SEATS[1]!.key,
        placement: 'of-qwen',
        state: isQuiet ? 'loaded-idle' : 'serving',
        tensorActiveSeconds: isQuiet ? 0 : 900,
        dramActiveSeconds: isQuiet ? 0 : 2520,
      }),
    ];
  }).flat(),
  engineFacts: Array.from({ length: HOURS }, (_, index) => {
    const common = { start: hour(index), seconds: HOUR, observedSeconds: HOUR, inputTokens: 1000, outputTokens: 100 };
    const ended = { requestsStopped: 90, requestsLength: 10, requestsAborted: 1, requestsFailed: 0 };
    return [
      engineFact({ ...common, ...ended, engineSpan: 'span-0', waitingRequestSeconds: 0, kvCacheUsageSeconds: 1200 }),
      engineFact({
        ...common,
        engineSpan: 'span-3',
        waitingRequestSeconds: 60,
        kvCacheUsageSeconds: index % 2 === 0 ? 0 : 3500,
        preemptions: index === 1 ? 7 : 0,
      }),
    ];
  }).flat(),
  latencyFacts: Array.from({ length: HOURS }, (_, index) => {
    const common = { engineSpan: 'span-0', start: hour(index), seconds: 60, measure: 'ttft' as const };
    // The third day is slower than the others.
    return [
      latencyFact({ ...common, upperBoundSeconds: 0.5, count: index < 48 ? 95 : 60 }),
      latencyFact({ ...common, upperBoundSeconds: 1, count: index < 48 ? 5 : 40 }),
    ];
  }).flat(),
};

const BOOK: CostBook = {
  revisions: [
    {
      ...randomBook(createRandom(1)).revisions[0]!,
      serviceLevels: [{ ...SERVICE_LEVEL_DEFAULTS, model: 'llama', ttftSeconds: 0.5 }],
    },
  ],
};

async function limitsOf(): Promise<ReadonlyMap<string, DeploymentLimits>> {
  const store = createMemoryStore();
  void store.append(FACTS);
  const client = clientOver({ store, book: BOOK, now: epochMs(hour(HOURS) + 5000) });
  const { deployments } = await ask(client, 'limits', { window: WINDOW });
  return new Map(deployments.map((one) => [one.deployment, one]));
}

describe('what held a deployment back', async () => {
  const found = await limitsOf();
  const llama = found.get('llama · team-a')!;
  const qwen = found.get('qwen · team-a')!;
  const causeOf = (deployment: DeploymentLimits, key: string) => deployment.causes.find((cause) => cause.key === key)!;

  it('is found where it is known, with its share of time and its evidence', () => {
    expect(llama.causes[0]).toMatchObject({ key: 'power-cap', missing: null });
    expect(llama.causes[0]!.share.value).toBeCloseTo(0.5, 9);
    expect(causeOf(llama, 'tensor')).toMatchObject({ evidence: expect.stringContaining('27.8 %') });
    expect(causeOf(llama, 'memory-bandwidth').share.value).toBe(0);
  });

  it('tells time without demand from time in which memory and cache are full', () => {
    expect(causeOf(qwen, 'little-demand').share.value).toBeCloseTo(0.5, 9);
    expect(causeOf(qwen, 'memory-bandwidth').share.value).toBeCloseTo(0.5, 9);
    expect(causeOf(qwen, 'kv-cache').share.value).toBeCloseTo(0.5, 9);
    expect(causeOf(qwen, 'kv-cache').evidence).toContain('7 preemptions');
    expect(qwen.preemptions).toBe(7);
    expect(causeOf(qwen, 'queueing').share.value).toBe(0);
  });

  it('names the signal that is missing instead of a zero', () => {
    for (const key of ['power-cap', 'heat', 'nvlink', 'pcie']) {
      expect(causeOf(qwen, key).share.value).toBeNull();
      expect(causeOf(qwen, key).missing).toContain('DCGM_FI');
    }
  });

  it('shows requests and attainment per day and per week', () => {
    expect(llama.days.map(({ requests }) => requests)).toEqual([2400, 2400, 2400]);
    expect(llama.days.map(({ notCompleted }) => notCompleted)).toEqual([24, 24, 24]);
    expect(llama.days.map(({ ttft }) => ttft)).toEqual([0.95, 0.95, 0.6]);
    expect(llama.weeks).toHaveLength(1);
    expect(new Date(llama.weeks[0]!.from).getUTCDay()).toBe(1);
    expect(llama.weeks[0]!.ttft).toBeCloseTo((0.95 * 48 + 0.6 * 24) / 72, 9);
    expect(llama.days.map(({ interToken }) => interToken)).toEqual([null, null, null]);
    expect(qwen.days.every(({ ttft }) => ttft === null)).toBe(true);
  });
});
