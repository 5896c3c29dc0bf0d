import { answerableWindow, type AnswerContext } from '#backend/answers/answer-context.ts';
import { demandHours, demandShares } from '#backend/answers/demand-charges.ts';
import type { Store } from '#backend/store/store.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import { chargeRows, type ChargeSurroundings } from '#shared/cost/charges/charge-rows.ts';
import { commitmentPayments, committedHours } from '#shared/cost/charges/commitment-payments.ts';
import { pricedPieces } from '#shared/cost/hourly-rates.ts';
import { createPricer } from '#shared/cost/pricer.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { ChargeCapacity, ChargeLedger, ChargePlace, ChargeRow } from '#shared/model/charge-row.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { Coverage } from '#shared/model/figure.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { readLedgerPiece, usageOf, type LedgerPiece } from './ledger-piece.ts';
import { readWork } from './ledger-work.ts';

/** The charge rows of a window, by the local days of a zone: what facts can say of it, priced as every answer prices it. */
export async function chargeLedger(
  context: AnswerContext,
  ask: { readonly window: TimeRange; readonly zone: string; readonly scope?: CallScope },
): Promise<ChargeLedger> {
  const window = await answerableWindow(context, ask.window);
  return await ledgerOf(context.store, context.costBook(), { ...ask, asked: ask.window, window });
}

/** The same over a store and a cost book alone, of a window that is taken as it is. */
export async function ledgerOf(
  store: Store,
  book: CostBook,
  ask: {
    readonly asked: TimeRange;
    readonly window: TimeRange;
    readonly zone: string;
    readonly scope?: CallScope;
  },
): Promise<ChargeLedger> {
  const { asked, window, zone, scope = {} } = ask;
  const [hours, spans, work, ...pieces] = await Promise.all([
    demandHours(store, book, { window, columns: ['energyJoules'] }),
    store.engineSpans(window),
    readWork(store, { window, zone, scope }),
    ...pricedPieces(book, window).map((piece) => readLedgerPiece(store, { ...piece, zone, scope })),
  ]);
  const demand = demandShares(hours);
  const usage = pieces.flatMap((piece) =>
    usageOf(piece, createPricer(piece.revision, { calendar: piece.calendar, demand })),
  );
  const capacity = capacityOf(pieces);
  const surroundings = { coverageOf: coverageFinder(capacity), engineKindOf: engineKindFinder(spans) };
  const rows = chargeRows(book, { usage, work }, surroundings);
  return {
    asked,
    window,
    zone,
    rows,
    capacity,
    ...(Object.keys(scope).length === 0
      ? { commitments: committedHours(book, window, zone), payments: commitmentPayments(book, window) }
      : { commitments: [], payments: [] }),
    total: totalOf(rows),
    unpriced: unpricedOf(rows),
  };
}

function totalOf(rows: readonly ChargeRow[]): number | null {
  return rows.some(({ cost }) => cost === null) ? null : sumOf(rows, ({ cost }) => cost ?? 0);
}

function unpricedOf(rows: readonly ChargeRow[]): string[] {
  return [...new Set(rows.filter(({ cost }) => cost === null).map(({ product }) => product))].toSorted();
}

type CapacityPlace = Pick<ChargePlace, 'day' | 'site' | 'pool'>;

function capacityKey({ day, site, pool }: CapacityPlace): string {
  return JSON.stringify([day, site, pool]);
}

function capacityOf(pieces: readonly LedgerPiece[]): ChargeCapacity[] {
  const alike = Map.groupBy(
    pieces.flatMap(({ hardware }) => hardware),
    ({ place }) => capacityKey(place),
  );
  return [...alike]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, list]) => {
      const [first] = list;
      if (first === undefined) return [];
      const { day, period, site, pool } = first.place;
      const coverage = {
        observedSeconds: sumOf(list, (item) => item.coverage.observedSeconds),
        expectedSeconds: sumOf(list, (item) => item.coverage.expectedSeconds),
      };
      return coverage.expectedSeconds > 0 ? [{ day, period, site, pool, coverage }] : [];
    });
}

const NOTHING_EXPECTED: Coverage = { observedSeconds: 0, expectedSeconds: 0 };

function coverageFinder(capacity: readonly ChargeCapacity[]): ChargeSurroundings['coverageOf'] {
  const known = new Map(capacity.map((item) => [capacityKey(item), item.coverage]));
  return (place) => known.get(capacityKey(place)) ?? NOTHING_EXPECTED;
}

/** The kind of the engines of a model, tenant and version; null where they are of several kinds. */
function engineKindFinder(spans: readonly EngineSpan[]): ChargeSurroundings['engineKindOf'] {
  const keyOf = (of: Pick<ChargePlace, 'model' | 'tenant' | 'version'>): string =>
    JSON.stringify([of.model, of.tenant, of.version]);
  const kinds = Map.groupBy(spans, keyOf);
  return (place) => {
    const known = new Set((kinds.get(keyOf(place)) ?? []).map(({ kind }) => kind));
    const [kind = null] = known;
    return known.size === 1 ? kind : null;
  };
}
