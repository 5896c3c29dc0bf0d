import type { ChargeCommitment, CommitmentPayment } from '#shared/model/charge-row.ts';
import type { CostBook, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { overlapOf, overlapSeconds, type TimeRange } from '#shared/time/time-range.ts';
import { daysOf } from '#shared/time/zone-clock.ts';
import { HOURS_PER_AVERAGE_MONTH, HOURS_PER_YEAR, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { committedPrices, termOf, type CommittedPrice } from '../commitments.ts';
import { pricedPieces, ratesOfPrice } from '../hourly-rates.ts';
import { placeWords } from '../matching-price.ts';
import { placeOfPrice, skuIdOf, skuPriceIdOf } from './sku-id.ts';

const MONTHS_PER_YEAR = 12;

/** The name that rows under a commitment carry: its price and its first day. */
export function commitmentIdOf({ price, commitment }: CommittedPrice): string {
  const words = placeOfPrice(price).map(encodeURIComponent);
  return ['commitment', ...words, formatInstant(commitment.since, 'UTC', 'date')].join(':');
}

/** What commitments are for in a window, by local day and price: their GPU-hours, whether GPUs took them up or not. */
export function committedHours(book: CostBook, window: TimeRange, zone: string): ChargeCommitment[] {
  const held = pricedPieces(book, window).flatMap((piece) =>
    committedPrices(piece.revision).flatMap((committed) => {
      const rate = ratesOfPrice(piece.revision, committed.price)?.capital;
      const term = overlapOf(termOf(committed.commitment), piece.window);
      if (rate === undefined || term === null) return [];
      const days = daysOf(term, zone).map((period) => ({
        day: formatInstant(period.from, zone, 'date'),
        gpuHours: (committed.commitment.gpus * overlapSeconds(period, term)) / SECONDS_PER_HOUR,
        unitPrice: rate,
      }));
      return { id: commitmentIdOf(committed), name: nameOf(committed.price, committed.commitment.gpus), days };
    }),
  );
  return [...Map.groupBy(held, ({ id }) => id).values()].flatMap((list) => {
    const [first] = list;
    return first === undefined ? [] : { ...first, days: list.flatMap(({ days }) => days) };
  });
}

/**
 * What is paid for commitments in a window, at the prices in force when it is due. A contract month is 730 h, so that all
 * payments of a term are its contract, as `commitmentView` has it:
 *
 *   prepayment [USD] = rate x GPUs x years x 8,760 h x share paid before
 *   monthly [USD] = rate x GPUs x years x 8,760 h x (1 - share paid before) / months
 */
export function commitmentPayments(book: CostBook, window: TimeRange): CommitmentPayment[] {
  return pricedPieces(book, window).flatMap((piece) =>
    committedPrices(piece.revision).flatMap((committed) => paymentsIn(committed, piece)),
  );
}

function paymentsIn(
  committed: CommittedPrice,
  { window, revision }: { readonly window: TimeRange; readonly revision: CostBookRevision },
): CommitmentPayment[] {
  const { price, commitment } = committed;
  const { gpus, since, years, upfrontShare } = commitment;
  const rate = ratesOfPrice(revision, price)?.capital;
  if (rate === undefined) return [];
  const contractHours = gpus * years * HOURS_PER_YEAR;
  const months = Math.round(years * MONTHS_PER_YEAR);
  const skuId = skuIdOf(price.sku, 'reserved');
  const pay = (
    kind: CommitmentPayment['kind'],
    { period, gpuHours }: { readonly period: TimeRange; readonly gpuHours: number },
  ): CommitmentPayment => ({
    commitment: commitmentIdOf(committed),
    name: nameOf(price, gpus),
    kind,
    at: period.from,
    period,
    skuId,
    skuPriceId: skuPriceIdOf(skuId, { place: [...placeOfPrice(price), kind], since: revision.from, hours: null }),
    gpuHours,
    unitPrice: rate,
    cost: rate * gpuHours,
  });
  const isDue = (at: number): boolean => at >= window.from && at < window.to;
  const before =
    upfrontShare > 0 && isDue(since)
      ? [pay('prepayment', { period: termOf(commitment), gpuHours: contractHours * upfrontShare })]
      : [];
  const monthMs = HOURS_PER_AVERAGE_MONTH * SECONDS_PER_HOUR * 1000;
  const monthly = Array.from({ length: upfrontShare < 1 ? months : 0 }, (_, month) => since + month * monthMs)
    .filter(isDue)
    .map((from) =>
      pay('monthly', {
        period: { from: epochMs(from), to: epochMs(from + monthMs) },
        gpuHours: (contractHours * (1 - upfrontShare)) / months,
      }),
    );
  return [...before, ...monthly];
}

function nameOf({ sku, where }: HardwarePrice, gpus: number): string {
  const place = placeWords(where);
  return `${gpus} x ${sku === '*' ? 'GPU' : sku}${place === null ? '' : `, ${place}`}, reserved`;
}
