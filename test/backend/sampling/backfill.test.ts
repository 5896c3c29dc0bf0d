import { FINE_HOURS } from '#backend/sampling/past-grain.ts';
import { describe, expect, it } from 'vitest';
import { backfillFrom, type BackfillOptions } from '#backend/sampling/backfill.ts';
import { pastRead, pastToRead, type PastRead } from '#backend/sampling/backfill-marks.ts';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { inOrderOfTime, mergeBatches } from '#backend/sampling/poller.ts';
import { createSampler, type FleetSpans } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import type { Source } from '#backend/sources/source.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import { fail, succeed } from '#shared/lib/result.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { BackfillProgress } from '#shared/model/source-health.ts';
import { NO_TOPOLOGY } from '#shared/model/topology.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { worldOf } from './sample-world.ts';

const GRID_SECONDS = 30;
const ANCHOR = epochMs(Date.UTC(2026, 10, 24, 3));
/** A GPU of this node is lost seven hours before the anchor; an engine of the other restarts nine hours before it. */
const NODES = ['dal-h100-02', 'dal-b200-05'];
const LIVE_SINCE = epochMs(ANCHOR - 5.5 * 3_600_000 + 7_000);
const RANGE: TimeRange = { from: epochMs(ANCHOR - 9.5 * 3_600_000), to: LIVE_SINCE };

/** Every scrape that a server kept of the two nodes, at its own pace. */
function pastScrapes(): Scrape[] {
  const { targets } = worldOf(7, ANCHOR, NODES);
  const scrapes: Scrape[] = [];
  for (let at = RANGE.from; at < LIVE_SINCE; at = plusSeconds(at, GRID_SECONDS)) {
    for (const target of targets) {
      const scrape = target.scrapeAt(at);
      if (scrape !== null) scrapes.push({ ...scrape, monotonicMs: null, intervalSeconds: GRID_SECONDS });
    }
  }
  return scrapes;
}

function liveScrapes(at: EpochMs): Scrape[] {
  const { targets } = worldOf(7, ANCHOR, NODES);
  return targets.flatMap((target) => {
    const scrape = target.scrapeAt(at);
    return scrape === null
      ? []
      : [{ ...scrape, target: `live ${target.name}`, monotonicMs: at, intervalSeconds: null }];
  });
}

function newSpans(): FleetSpans {
  return { seats: createSeats([]), engines: createEngineSpans([]) };
}

function sourceOf(scrapes: readonly Scrape[], answers: (asked: TimeRange) => boolean = () => true): Source {
  return {
    name: 'server',
    poll: async () => {},
    history: async (asked) =>
      answers(asked)
        ? succeed({ scrapes: scrapes.filter(({ at }) => at > asked.from - 1000 && at <= asked.to), warnings: [] })
        : fail({ kind: 'refused', message: 'gone' }),
    health: () => {
      throw new Error('not asked for');
    },
    close: () => {},
  };
}

async function totals(store: Store, window: TimeRange) {
  const [gpus, engines, bins] = await Promise.all([
    store.gpuFacts({ window, by: ['gpu', 'state'], stepSeconds: null }),
    store.engineFacts({ window, by: ['engine'], stepSeconds: null }),
    store.latencies({ window, by: ['engine'], stepSeconds: null }),
  ]);
  return {
    states: new Map(gpus.map((row) => [row.by.join(' '), row.sums.observedSeconds ?? 0])),
    joules: gpus.reduce((total, row) => total + (row.sums.energyJoules ?? 0), 0),
    tokens: new Map(
      engines.map((row) => [row.by[0], [row.sums.inputTokens, row.sums.outputTokens, row.sums.restarts]]),
    ),
    observations: bins.reduce((total, row) => total + row.count, 0),
  };
}

/** The live sampler after two polls, as it is when history is read. */
async function startLive(store: Store, spans: FleetSpans, node = '') {
  const live = createSampler(spans);
  const heard = (at: EpochMs): Scrape[] => liveScrapes(at).filter(({ target }) => target.includes(node));
  const joining = heard(LIVE_SINCE);
  for (const scrapes of [joining, heard(plusSeconds(LIVE_SINCE, 5))]) {
    expect((await store.append(live.take(scrapes, 5))).ok).toBe(true);
  }
  return { live, joining };
}

const TO_READ: PastRead = { range: RANGE, reached: RANGE.to, oldest: null, partialStretches: 0 };

type Given = Pick<BackfillOptions, 'store' | 'spans' | 'live' | 'joining'> & {
  readonly toRead?: PastRead;
  readonly sleep?: () => Promise<void>;
};

/** Reads a past to its end, or to where it fails, and gives what was said of it. */
async function readPast(source: Source, { store, spans, live, joining, toRead = TO_READ, sleep }: Given) {
  const progress: BackfillProgress[] = [];
  await backfillFrom(source, {
    past: 'server',
    store,
    spans,
    topology: () => NO_TOPOLOGY,
    clock: { now: () => plusSeconds(LIVE_SINCE, 25), monotonicMs: () => 0, sleep: sleep ?? (async () => {}) },
    toRead,
    isNear: false,
    fineHours: FINE_HOURS,
    pollSeconds: 5,
    joining,
    live,
    onFacts: () => {},
    onProgress: (state) => progress.push(state),
    signal: new AbortController().signal,
  });
  return progress;
}

async function backfilled(source: Source, store: Store, spans: FleetSpans) {
  const { live, joining } = await startLive(store, spans);
  return { live, progress: await readPast(source, { store, spans, live, joining }) };
}

/** One sampler over the whole past and the first live scrapes: what reading in stretches must come to. */
async function readAtOnce(past: readonly Scrape[]): Promise<Store> {
  const store = createMemoryStore();
  const sampler = createSampler(newSpans());
  const joining = liveScrapes(LIVE_SINCE).map((scrape) => ({
    ...scrape,
    monotonicMs: null,
    intervalSeconds: GRID_SECONDS,
  }));
  const groups = inOrderOfTime([...past, ...joining], GRID_SECONDS);
  await store.append(mergeBatches(groups.map((group) => sampler.take(group, GRID_SECONDS))));
  return store;
}

describe('history read newest stretch first', () => {
  const past = pastScrapes();

  it('gives the tokens, joules and latencies of reading it all in order, and joins the live facts', async () => {
    const store = createMemoryStore();
    const { progress } = await backfilled(sourceOf(past), store, newSpans());
    const [one, other] = [await totals(store, RANGE), await totals(await readAtOnce(past), RANGE)];
    expect(one.tokens).toEqual(other.tokens);
    expect(one.observations).toBe(other.observations);
    expect(one.joules).toBeCloseTo(other.joules, 2);
    expect(progress.at(-1)).toEqual({ state: 'done', doneShare: 1, message: 'History read' });
  });

  it('gives every GPU one state at any time, and a lost GPU is lost in the stretches that were stored before', async () => {
    const store = createMemoryStore();
    const spans = newSpans();
    const { live } = await backfilled(sourceOf(past), store, spans);
    const one = await totals(store, RANGE);
    const other = await totals(await readAtOnce(past), RANGE);
    const lost = [...other.states.keys()].filter((key) => key.endsWith('unhealthy'));
    expect(lost).toHaveLength(1);
    for (const [key, seconds] of other.states) {
      // Stretches know no older past: the first interval of one may differ in state, never in time.
      expect(Math.abs((one.states.get(key) ?? 0) - seconds), key).toBeLessThanOrEqual(6 * GRID_SECONDS);
    }
    const total = (states: ReadonlyMap<string, number>): number => [...states.values()].reduce((sum, s) => sum + s, 0);
    expect(total(one.states) / total(other.states)).toBeCloseTo(1, 3);
    expect(live.lost().map((track) => `${track.sample.gpu} unhealthy`)).toEqual(lost);
  });

  it('lets live polls hear a GPU for the first time while its past is read, and keeps what they learn of it', async () => {
    const store = createMemoryStore();
    const spans = newSpans();
    const { live } = await startLive(store, spans, NODES[1]);
    let polls = 0;
    const pollLive = async (): Promise<void> => {
      const at = plusSeconds(LIVE_SINCE, 10 + 5 * polls);
      polls += 1;
      if (polls > 3) return;
      // By then the GPUs of the other node stand in another rack than the past tells.
      const scrapes = liveScrapes(at).map((scrape) => ({
        ...scrape,
        gpus: scrape.gpus.map((gpu) => ({ ...gpu, rack: 'moved' })),
      }));
      expect((await store.append(live.take(scrapes, 5))).ok).toBe(true);
    };
    await readPast(sourceOf(past), { store, spans, live, joining: [], sleep: pollLive });
    expect(polls).toBeGreaterThan(3);
    const now = { from: plusSeconds(LIVE_SINCE, 20), to: plusSeconds(LIVE_SINCE, 21) };
    const heard = new Set(liveScrapes(LIVE_SINCE).flatMap(({ gpus }) => gpus.map(({ gpu }) => gpu)));
    const seats = (await store.seats(now)).filter((seat) => heard.has(seat.gpu));
    expect(seats.map((seat) => seat.rack)).toEqual([...heard].map(() => 'moved'));
  });

  it('goes on after a break with what is still missing, and no stretch is stored twice', async () => {
    const store = createMemoryStore();
    const spans = newSpans();
    const half = epochMs(RANGE.from + 2 * 3_600_000);
    const source = sourceOf(past, (asked) => asked.to > half);
    const broken = await backfilled(source, store, spans);
    expect(broken.progress.at(-1)).toMatchObject({ state: 'failed', message: 'History: gone' });
    const toRead = pastToRead(pastRead('server', await store.checkpoints()), LIVE_SINCE, 4)!;
    expect(toRead).toMatchObject({ range: RANGE });
    expect(toRead.reached).toBeLessThan(RANGE.to);
    const progress = await readPast(sourceOf(past), { store, spans, live: broken.live, joining: [], toRead });
    expect(progress[0]!.doneShare).toBeGreaterThan(0.4);
    expect((await totals(store, RANGE)).tokens).toEqual((await totals(await readAtOnce(past), RANGE)).tokens);
    expect(pastToRead(pastRead('server', await store.checkpoints()), LIVE_SINCE, 4)).toBeNull();
  });

  it('I1 leaves out what other sources have told of the same GPUs and engines', async () => {
    const store = createMemoryStore();
    const spans = newSpans();
    // They were scraped directly for half an hour of that past already, as other targets and at other instants.
    const known = { from: epochMs(RANGE.from + 3_600_000), to: epochMs(RANGE.from + 5_400_000) };
    const direct = createSampler(spans);
    const { targets } = worldOf(7, ANCHOR, NODES);
    for (let at = plusSeconds(known.from, 3); at < known.to; at = plusSeconds(at, 20)) {
      const heard = targets.flatMap((target) => target.scrapeAt(at) ?? []);
      const scrapes = heard.map((scrape) => ({
        ...scrape,
        target: `direct ${scrape.target}`,
        monotonicMs: null,
        intervalSeconds: 20,
      }));
      expect((await store.append(direct.take(scrapes, 20))).ok).toBe(true);
    }
    const before = await totals(store, known);
    const { live } = await startLive(store, spans);
    await readPast(sourceOf(past), { store, spans, live, joining: liveScrapes(LIVE_SINCE) });
    const [all, once] = [await totals(store, RANGE), await totals(await readAtOnce(past), RANGE)];
    const sum = (one: typeof all, column: number): number =>
      [...one.tokens.values()].reduce((total, counts) => total + (counts[column] ?? 0), 0);
    expect(sum(before, 1)).toBeGreaterThan(1000);
    // At the two seams a minute may be missing, and none is there twice.
    for (const column of [0, 1]) {
      expect(sum(all, column)).toBeLessThanOrEqual(sum(once, column));
      expect(sum(all, column) / sum(once, column)).toBeGreaterThan(0.98);
    }
    expect(all.joules).toBeLessThanOrEqual(once.joules * 1.0001);
    expect(all.joules / once.joules).toBeGreaterThan(0.98);
  });
});
