import { sumOf } from '#shared/lib/sum.ts';
import type { ChargeLedger, ChargeRow, CommitmentPayment } from '#shared/model/charge-row.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { monthAt } from '#shared/time/zone-clock.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { NO_CELLS, type FocusRow } from './focus-columns.ts';
import { ownCells } from './focus-own-cells.ts';
import type { FocusContext, FocusSettings } from './focus-settings.ts';
import { purchaseCells } from './focus-purchase.ts';
import { usageCells, type Allocation } from './focus-usage.ts';

/** Rows that correct a closed month: differences, charged in the month that is open now. */
export type FocusCorrections = { readonly rows: readonly ChargeRow[]; readonly billingPeriod: TimeRange };

/**
 * The rows of an export: one per priced charge of the ledger in its order, then what is paid for commitments, then
 * corrections. Charges without a price have no row: the checks and the sidecar say how many they are.
 */
export function focusRows(
  ledger: ChargeLedger,
  context: FocusContext,
  corrections: FocusCorrections | null = null,
): FocusRow[] {
  const allocationOf = allocations(ledger.rows);
  const names = new Map(ledger.commitments.map(({ id, name }) => [id, name]));
  const charges = ledger.rows
    .filter(({ cost }) => cost !== null)
    .map((row) => chargeRow(row, context, { names, allocation: allocationOf(row), billed: null }));
  const payments = ledger.payments.map((payment) => paymentRow(payment, context));
  const corrected = (corrections?.rows ?? [])
    .filter(({ cost }) => cost !== null)
    .map((row) => chargeRow(row, context, { names, allocation: null, billed: corrections?.billingPeriod ?? null }));
  return [...charges, ...payments, ...corrected].map((row) => asAsked(row, context.settings));
}

function chargeRow(
  row: ChargeRow,
  context: FocusContext,
  of: {
    readonly names: ReadonlyMap<string, string>;
    readonly allocation: Allocation | null;
    readonly billed: TimeRange | null;
  },
): FocusRow {
  const { billed } = of;
  const isCorrection = billed !== null;
  return {
    ...NO_CELLS,
    ...commonCells(context, billed ?? monthAt(row.period.from, context.zone)),
    ...usageCells(row, context, { ...of, isCorrection }),
    ...ownCells(row, context, isCorrection),
  };
}

function paymentRow(payment: CommitmentPayment, context: FocusContext): FocusRow {
  return {
    ...NO_CELLS,
    ...commonCells(context, monthAt(payment.at, context.zone)),
    ...purchaseCells(payment, context.settings),
    x_SnapshotId: context.snapshotId,
  };
}

function commonCells({ settings, account, state, zone }: FocusContext, billing: TimeRange): Partial<FocusRow> {
  const { serviceName, hostName, billedCost } = settings;
  const isBilled = state === 'closed' && billedCost === 'internal';
  return {
    BillingAccountId: account.id,
    BillingAccountName: account.name,
    BillingAccountType: 'Fleet',
    BillingCurrency: 'USD',
    BillingPeriodStart: billing.from,
    BillingPeriodEnd: billing.to,
    HostProviderName: hostName ?? serviceName,
    InvoiceId: isBilled ? `statement:${account.id}:${monthText(billing, zone)}` : null,
    InvoiceIssuerName: serviceName,
    PricingCurrency: 'USD',
    ProviderName: serviceName,
    PublisherName: serviceName,
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: 'GPU Inference',
    ServiceProviderName: serviceName,
    ServiceSubcategory: 'Generative AI',
  };
}

function monthText({ from }: TimeRange, zone: string): string {
  return formatInstant(from, zone, 'date').slice(0, 7);
}

/** What the rows of one price in one place and day have together: their shares of it add to 1. */
function allocations(rows: readonly ChargeRow[]): (row: ChargeRow) => Allocation | null {
  const keyOf = ({ period, site, pool, skuPriceId, commitment }: ChargeRow): string =>
    JSON.stringify([period.from, site, pool, skuPriceId, commitment]);
  const origins = Map.groupBy(
    rows.filter(({ quantity, use }) => quantity > 0 && use !== 'unused-commitment'),
    keyOf,
  );
  const totals = new Map(
    [...origins].map(([key, list]) => [key, { whole: sumOf(list, ({ quantity }) => quantity), count: list.length }]),
  );
  return (row) => {
    const origin = row.quantity > 0 ? totals.get(keyOf(row)) : undefined;
    return origin === undefined || origin.count < 2 ? null : { ratio: row.quantity / origin.whole };
  };
}

function asAsked(row: FocusRow, settings: FocusSettings): FocusRow {
  const cells = Object.entries(row).map(([name, cell]) => [
    name,
    typeof cell === 'string' ? writtenName(cell, settings) : cell,
  ]);
  return Object.fromEntries(cells) as FocusRow;
}

/** A text as it is; an empty one is none. What is not ASCII is percent-encoded where the operator asks for that. */
export function writtenName(text: string | null, { hasAsciiNames }: FocusSettings): string | null {
  if (text === null || text === '') return null;
  return hasAsciiNames ? asciiOf(text) : text;
}

function asciiOf(text: string): string {
  return Array.from(text.toWellFormed(), (letter) =>
    (letter.codePointAt(0) ?? 0) < 128 ? letter : encodeURIComponent(letter),
  ).join('');
}
