import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { NOW, SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';
import { at, createRandom } from '../store/store-facts.ts';
import { ask, clientOver } from './ask.ts';
import { hoursAfter, nightFleet } from './idle/night-fleet.ts';
import { randomBook, randomFleet, SPAN_SECONDS } from './random-fleet.ts';
import { figuresIn, isRecomputed, troubleOfWorking, type PlacedFigure } from './worked-by-hand.ts';

type Made = { readonly name: string; readonly batch: FactBatch; readonly book: CostBook; readonly window: TimeRange };

const FLEETS: readonly Made[] = [
  { name: 'worked out by hand', batch: SMALL_FLEET, book: SMALL_BOOK, window: WINDOW },
  ...[1, 2, 3].map((seed) => {
    const random = createRandom(seed);
    const batch = randomFleet(random);
    return {
      name: `of chance, ${seed}`,
      batch,
      book: randomBook(random),
      window: { from: at(0), to: at(SPAN_SECONDS) },
    };
  }),
  {
    name: 'that is quiet by night',
    batch: nightFleet(168),
    book: SMALL_BOOK,
    window: { from: hoursAfter(0), to: hoursAfter(168) },
  },
];

async function clientOf({ batch, book, window }: Made): Promise<BackendClient> {
  const store = createMemoryStore();
  await store.append(batch);
  const now = window === WINDOW ? NOW : epochMs(window.to + 5000);
  return clientOver({ store, book, now });
}

/** All figures of all answers that the screens ask for. */
async function figuresOf(made: Made): Promise<PlacedFigure[]> {
  const client = await clientOf(made);
  const { window } = made;
  const edits = [{ kind: 'tariff', usdPerKilowattHour: 0.2 }] as const;
  const answers = {
    overview: await ask(client, 'overview', { window }),
    costDetail: await ask(client, 'costDetail', { window }),
    serving: await ask(client, 'costDetail', { window, kind: 'serving', basis: 'total' }),
    breakdown: await ask(client, 'costBreakdown', { window, by: 'model' }),
    reconciliation: await ask(client, 'reconciliation', { window }),
    limits: await ask(client, 'limits', { window }),
    idle: await ask(client, 'idleCapacity', { window }),
    idleWaste: await ask(client, 'idleWaste', { window }),
    whatIf: await ask(client, 'whatIf', { window, scenario: { edits } }),
    preview: await ask(client, 'previewCostBook', { window, revisions: made.book.revisions }),
  };
  return figuresIn(answers);
}

describe.each(FLEETS)('every figure of a fleet $name', (made) => {
  const figures = figuresOf(made);

  it('has a value or says why there is none', async () => {
    const wrong = (await figures).filter(({ figure }) => (figure.value === null) !== (figure.absence !== null));
    expect(wrong.map(({ at: place }) => place)).toEqual([]);
    expect((await figures).length).toBeGreaterThan(100);
  });

  it('names the source of each of its inputs', async () => {
    const wrong = (await figures).flatMap(({ at: place, figure }) =>
      figure.inputs
        .filter(({ source, label }) => source === '' || label === '')
        .map(({ label }) => `${place}: ${label}`),
    );
    expect(wrong).toEqual([]);
  });

  it('is the sum of its parts', async () => {
    const wrong = (await figures).filter(({ figure }) => {
      const { value, parts } = figure;
      if (value === null || parts.length === 0) return false;
      const sum = parts.reduce((all, part) => all + part.value, 0);
      return Math.abs(sum - value) > 1e-9 * Math.max(1e-6, Math.abs(value));
    });
    expect(wrong.map(({ at: place }) => place)).toEqual([]);
  });

  it('shows a working that is right when it is done by hand', async () => {
    const wrong = (await figures).flatMap(({ at: place, figure }) => {
      const trouble = figure.value === null ? null : troubleOfWorking(figure.working);
      return trouble === null ? [] : [`${place}: ${trouble}`];
    });
    expect(wrong).toEqual([]);
  });

  it('comes out of its inputs', async () => {
    const wrong = (await figures).filter(({ figure }) => !isRecomputed(figure));
    expect(wrong.map(({ at: place, figure }) => `${place}: ${figure.working}`)).toEqual([]);
  });
});
