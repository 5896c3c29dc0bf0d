import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '#backend/store/store.ts';
import { scrapeTargetsOf } from '#electron/sample-fleet/exporters/scrape-targets.ts';
import type { Node } from '#electron/sample-fleet/world/fleet-plan.ts';
import { nodeMomentAt } from '#electron/sample-fleet/world/gpu-moment.ts';
import { bmcWattsAt, modulePowers } from '#electron/sample-fleet/world/node-power.ts';
import { truthOf } from '#electron/sample-fleet/world/truth.ts';
import { createWorld } from '#electron/sample-fleet/world/world.ts';
import { epochMs, plusSeconds } from '#shared/time/instant.ts';
import { ask, clientOver } from '../backend/answers/ask.ts';
import { storeOf, textsOver } from './hour-of-texts.ts';
import { BOOK_REVISION } from './promql-cost.ts';

/** Texts of one node of each kind, read as direct scrapes, beside what the world knows of their power. */
const GRID_SECONDS = 30;
const NODES = ['dal-b200-03', 'dal-h100-01', 'ash-nvl72-01-t11'];
const world = createWorld({ seed: 7, anchor: epochMs(Date.parse('2026-11-24T15:00:00Z')) });
const hour = (hours: number) => plusSeconds(world.anchor, hours * 3600);

/** Half an hour before the BMC of dal-b200-03 falls silent, and its first half hour of silence. */
const window = { from: hour(-3.5), to: hour(-2.5) };
const nodeOf = (name: string): Node => world.nodes.find((node) => node.name === name)!;

describe('an hour of a BMC that falls silent, a superchip tray and a node without a meter', () => {
  let store: Store;
  beforeAll(async () => {
    const targets = scrapeTargetsOf(world).filter((target) => NODES.some((name) => target.path.includes(name)));
    expect(targets.filter((target) => target.labels['job'] === 'ipmi')).toHaveLength(1);
    const engines = scrapeTargetsOf(world).filter(
      ({ labels }) => labels['job'] === 'vllm' && NODES.includes(labels['node']!),
    );
    store = await storeOf(textsOver([...targets, ...engines], window, GRID_SECONDS), GRID_SECONDS);
  }, 60_000);

  const powerOf = (node?: string) => {
    const client = clientOver({ store, book: { revisions: [BOOK_REVISION] }, now: window.to });
    return ask(client, 'figure', { name: 'power', window, ...(node !== undefined && { scope: { node } }) });
  };

  /** Joules of a power that is read on the grid, as the mean of both ends of each interval. */
  function integrated(wattsAt: (at: ReturnType<typeof epochMs>) => number | undefined): number {
    let joules = 0;
    for (let at = window.from; at < window.to; at = plusSeconds(at, GRID_SECONDS)) {
      const [one, other] = [wattsAt(at), wattsAt(plusSeconds(at, GRID_SECONDS))];
      if (one !== undefined && other !== undefined) joules += ((one + other) / 2) * GRID_SECONDS;
    }
    return joules;
  }

  const { nodeOverhead, moduleOverhead } = BOOK_REVISION.energy;
  const boardJoules = (name: string, from = window.from): number => {
    const { joulesByGpu } = truthOf(world, from, window.to);
    return nodeOf(name).gpus.reduce((sum, { uuid }) => sum + joulesByGpu.get(uuid)!, 0);
  };

  it('gives the node its meter while that speaks, then the boards with the stated overhead', async () => {
    const node = nodeOf('dal-b200-03');
    const measured = integrated((at) => bmcWattsAt(world, node, at));
    // The last interval that the meter measured ends with its last reading, a grid step before it fell silent.
    const rest = boardJoules(node.name, plusSeconds(hour(-3), -GRID_SECONDS)) * nodeOverhead;
    const figure = await powerOf(node.name);
    expect(((figure.value ?? 0) * 3600) / (measured + rest)).toBeCloseTo(1, 3);
    expect(figure.powerBoundary).toMatch(/^IT: node meters \(49\.\d % of GPU time\), rest GPU boards × 1\.25$/);
    expect(figure.notes).toContain('dal-b200-03 rests on a meter for part of the time only.');
  });

  it('gives the tray its two modules once each, and a tenth for the rest of it', async () => {
    const node = nodeOf('ash-nvl72-01-t11');
    const measured = integrated((at) =>
      modulePowers(node, nodeMomentAt(world, node, at)).reduce((sum, module) => sum + module.watts, 0),
    );
    const figure = await powerOf(node.name);
    expect(((figure.value ?? 0) * 3600) / (measured * moduleOverhead)).toBeCloseTo(1, 6);
    expect(figure.powerBoundary).toBe('IT: superchip modules × 1.1');
  });

  it('adds the nodes, each on its own boundary, to the fleet', async () => {
    const figures = await Promise.all(NODES.map((node) => powerOf(node)));
    const fleet = await powerOf();
    const sum = figures.reduce((total, figure) => total + (figure.value ?? 0), 0);
    expect((fleet.value ?? 0) / sum).toBeCloseTo(1, 9);
    expect((figures[1]!.value! * 3600) / (boardJoules('dal-h100-01') * nodeOverhead)).toBeCloseTo(1, 4);
    expect(fleet.powerBoundary).toBe(
      'IT: node meters (1 of 3 nodes), superchip modules × 1.1 (1 of 3 nodes), rest GPU boards × 1.25',
    );
  });
});
