import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '#backend/store/store.ts';
import { scrapeTargetsOf } from '#electron/sample-fleet/exporters/scrape-targets.ts';
import { startSampleFleet } from '#electron/sample-fleet/server.ts';
import { trueChangesOf, type TrueChange } from '#electron/sample-fleet/world/updates.ts';
import { createWorld } from '#electron/sample-fleet/world/world.ts';
import type { UpdatesAnswer, UpdateSummary } from '#shared/contract/savings-schema.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import { epochMs, plusSeconds } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { ask, clientOver } from '../backend/answers/ask.ts';
import { machineHas } from '../machine-has.ts';
import { startPrometheus } from './real-prometheus.ts';
import { storeOfPast, writeMarks } from './world-past.ts';

/**
 * The sample fleet's weeks through a server, a past read at marks, facts, detection and estimate: each update must come out
 * as the world knows it.
 */

const prometheus = machineHas('prometheus');
const promtool = machineHas('promtool');

const ANCHOR = epochMs(Date.parse('2026-11-24T15:00:00Z'));
const DAY = 86_400;
const WINDOW: TimeRange = { from: plusSeconds(ANCHOR, -18 * DAY), to: plusSeconds(ANCHOR, -DAY / 2) };
/** One replica of deepseek-r1, two of qwen3-235b, and four of llama-3.3-70b. */
const NODES = ['ash-nvl72-01-t01', 'dal-b200-03', 'dal-h100-01'];
/** A replica of kimi-k2, whose update is too recent. */
const RECENT = 'dal-b200-01';

const world = createWorld({ seed: 7, anchor: ANCHOR });
const truth = (model: string): TrueChange => trueChangesOf(world).find((change) => change.model === model)!;

const ROUTES = [
  {
    name: "the sample's own Prometheus API",
    isThere: true,
    hasRecent: true,
    serve: async () => {
      const nodes = [...NODES, RECENT];
      const fleet = await startSampleFleet({ anchor: ANCHOR, now: () => WINDOW.to, nodes, meters: false });
      return { url: `${fleet.url}/prometheus`, stop: fleet.close };
    },
  },
  {
    name: 'a real Prometheus (programs: prometheus, promtool)',
    isThere: prometheus !== null && promtool !== null,
    hasRecent: false,
    serve: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-updates-'));
      const texts = join(folder, 'world.om');
      await writeMarks(texts, scrapeTargetsOf(world, { nodes: NODES, meters: false }), WINDOW);
      // One pass over the texts for each block: they are as long as they may be.
      const flags = ['--quiet', '--max-block-duration=486h'];
      const blocks = ['tsdb', 'create-blocks-from', ...flags, 'openmetrics', texts, join(folder, 'data')];
      await promisify(execFile)(promtool!, blocks);
      const server = await startPrometheus(prometheus!, folder, 'global: {}\n');
      const stop = async () => {
        await server.stop();
        await rm(folder, { recursive: true });
      };
      return { url: server.url, stop };
    },
  },
] as const;

for (const { name, isThere, hasRecent, serve } of ROUTES) {
  describe.skipIf(!isThere)(`the sample fleet's updates through ${name}`, () => {
    let store: Store;
    let answer: UpdatesAnswer;

    beforeAll(async () => {
      const server = await serve();
      store = await storeOfPast(server.url, WINDOW);
      await server.stop();
      const client = clientOver({ store, book: SAMPLE_COST_BOOK, now: WINDOW.to });
      answer = await ask(client, 'updates', { window: WINDOW, scope: {} });
    }, 600_000);

    afterAll(() => store?.close());

    const summaryOf = (model: string): UpdateSummary => {
      const own = answer.changes.filter(({ change }) => change.deployment.model === model);
      expect(own, model).toHaveLength(1);
      return own[0]!;
    };

    it('are found, each once, when they began', () => {
      const found = answer.changes.map(({ change }) => change.deployment.model);
      const recent = hasRecent ? ['kimi-k2'] : [];
      expect(found.toSorted()).toEqual(['deepseek-r1', ...recent, 'llama-3.3-70b', 'qwen3-235b']);
      for (const model of found) {
        const { change } = summaryOf(model);
        // Between the last mark before it and the first at which a restarted engine answers.
        expect(Math.abs(change.firstAt - truth(model).firstAt)).toBeLessThanOrEqual(600_000);
        expect(change.fields.map(({ field }) => field)).toContain('version');
      }
    });

    it('that help are sized within their interval, and graded', () => {
      const { verdict, grade, effect } = summaryOf('deepseek-r1');
      const { savedShare } = truth('deepseek-r1');
      expect([verdict, grade]).toEqual(['saving', expect.stringMatching(/^[ABC]$/)]);
      expect(effect!.low).toBeLessThanOrEqual(-savedShare);
      expect(effect!.high).toBeGreaterThanOrEqual(-savedShare);
      expect(effect!.change).toBeCloseTo(-savedShare, 1.5);
    });

    it('that do nothing are no material change', () => {
      const { verdict, effect } = summaryOf('qwen3-235b');
      expect(verdict).toBe('no material change');
      expect(Math.abs(effect!.change)).toBeLessThan(0.02);
    });

    it('that come as load grows are not credited with it', () => {
      const { verdict, effect, rawChange } = summaryOf('llama-3.3-70b');
      // Compared as it is, the growth would pass for a saving.
      expect(rawChange!).toBeLessThan(-0.15);
      expect(verdict).toBe('no material change');
      expect(Math.abs(effect!.change)).toBeLessThan(0.03);
    });

    it.skipIf(!hasRecent)('that are a day old are too young to be judged', () => {
      const { verdict, effect } = summaryOf('kimi-k2');
      expect([verdict, effect]).toEqual(['insufficient days', null]);
    });
  });
}
