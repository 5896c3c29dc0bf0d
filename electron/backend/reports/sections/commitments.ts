import { committedPrices, termOf } from '#shared/cost/commitments.ts';
import { chargedCost, chargedGpuHours, ratioOf } from '#shared/cost/charges/charge-sums.ts';
import { revisionAt } from '#shared/cost/hourly-rates.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { ChargeRow } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { dollars, percent } from './words.ts';

const DAY_MS = 86_400_000;
/** Terms that end this soon are worth a thought now. */
const SOON_DAYS = [90, 180] as const;

/** Rent that is committed for years: how much of it is used, what is unused, what ends soon. */
export function commitmentsSection(material: ReportMaterial): ReportSection {
  const { ledger } = material;
  const rows = ledger.rows.filter(({ commitment }) => commitment !== null);
  const head = { id: 'commitments', title: 'Commitments' };
  if (rows.length === 0 && ledger.payments.length === 0)
    return sectionOf({ ...head, emptyReason: 'No rent is committed in the cost book in this time.' });
  const used = rows.filter(({ use }) => use !== 'unused-commitment');
  const unused = rows.filter(({ use }) => use === 'unused-commitment');
  const rent = ledger.rows.filter(
    ({ component, use }) => (component === 'capital' || component === 'reserved') && use !== 'unused-commitment',
  );
  return sectionOf({
    ...head,
    lead: [
      `Coverage: ${percent(ratioOf(chargedCost(used), chargedCost(rent)))} of the cost of GPU time is under a commitment. Utilisation: ${percent(ratioOf(chargedGpuHours(used), chargedGpuHours(rows)))} of the committed GPU-hours had a GPU behind them. ${dollars(chargedCost(unused))} went unused.`,
    ],
    tables: [usedTable(rows), paymentTable(material), expiryTable(material)],
    notes: [
      'A committed GPU that idles is idle, and stands under waste. Unused is a commitment that no GPU of the fleet stands for. No hour is both.',
    ],
  });
}

function usedTable(rows: readonly ChargeRow[]): ReportTable {
  const groups = [...Map.groupBy(rows, ({ commitment }) => commitment ?? '')];
  return tableOf({
    id: 'commitments',
    title: 'Used and unused',
    columns: [
      textColumn('commitment', 'Commitment'),
      addedColumn('used', 'Used', 'gpu-hours'),
      addedColumn('unused', 'Unused', 'gpu-hours'),
      plainColumn('utilisation', 'Utilisation', 'ratio'),
      addedColumn('cost', 'Amortised', 'usd'),
      addedColumn('unused-cost', 'Of it unused', 'usd'),
    ],
    rows: groups.map(([commitment, list]): ReportCell[] => {
      const unused = list.filter(({ use }) => use === 'unused-commitment');
      const hours = chargedGpuHours(list);
      return [
        commitment,
        hours - chargedGpuHours(unused),
        chargedGpuHours(unused),
        ratioOf(hours - chargedGpuHours(unused), hours),
        chargedCost(list),
        chargedCost(unused),
      ];
    }),
    total: { cost: chargedCost(rows) },
    totalName: 'All commitments',
  });
}

function paymentTable({ ledger }: ReportMaterial): ReportTable {
  return tableOf({
    id: 'commitment-payments',
    title: 'Paid in this time',
    note: 'Cash, as the contract has it. It is not part of the effective cost, which spreads it over the term.',
    columns: [
      plainColumn('at', 'When', 'instant'),
      textColumn('name', 'Commitment'),
      textColumn('kind', 'Kind'),
      addedColumn('gpu-hours', 'For', 'gpu-hours'),
      addedColumn('cost', 'Paid', 'usd'),
    ],
    rows: ledger.payments.map((one): ReportCell[] => [one.at, one.name, one.kind, one.gpuHours, one.cost]),
    total: null,
  });
}

function expiryTable({ costBook, known }: ReportMaterial): ReportTable {
  const revision = revisionAt(costBook, epochMs(known.to - 1));
  const terms = (revision === null ? [] : committedPrices(revision))
    .map(({ price, commitment }) => ({ price, commitment, term: termOf(commitment) }))
    .toSorted((one, other) => one.term.to - other.term.to);
  const soon = (to: number): string => {
    const days = (to - known.to) / DAY_MS;
    if (days <= 0) return 'over';
    const limit = SOON_DAYS.find((one) => days <= one);
    return limit === undefined ? '' : `within ${limit} days`;
  };
  return tableOf({
    id: 'commitment-terms',
    title: 'Terms',
    columns: [
      textColumn('price', 'Price'),
      plainColumn('gpus', 'GPUs', 'count'),
      plainColumn('from', 'Since', 'instant'),
      plainColumn('to', 'Ends', 'instant'),
      textColumn('soon', 'Ends soon'),
    ],
    rows: terms.map(({ price, commitment, term }): ReportCell[] => [
      price.sku === '*' ? 'any GPU' : price.sku,
      commitment.gpus,
      term.from,
      term.to,
      soon(term.to),
    ]),
    total: null,
  });
}
