import { sumOf } from '#shared/lib/sum.ts';
import { chargedCost } from '#shared/cost/charges/charge-sums.ts';
import type { ChargeLedger } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { COMPONENT_WORDS } from './words.ts';

/** How everything is computed: prices that were used, measures (they follow), and room to sign. */
export function methodSection({ ledger, costBook }: ReportMaterial): ReportSection {
  return sectionOf({
    id: 'method',
    title: 'How computed',
    lead: [
      'All money is a sum of charge rows: one for each local day, pool, model, tenant, use of GPU time and price. Cost is quantity times unit price, nothing is rounded before it is printed, and lines are rounded so that they add to their printed total.',
    ],
    tables: [priceTable(ledger), assumedTable(costBook)],
    notes: [
      'Capital of owned GPUs is an annuity or straight line over their term, for every hour of it, observed or not. Currencies are converted at the rate of the cost book that held at the time.',
    ],
  });
}

/** Every price that the rows used. */
function priceTable({ rows }: ChargeLedger): ReportTable {
  const groups = [...Map.groupBy(rows, ({ skuPriceId, unitPrice }) => `${skuPriceId} ${unitPrice}`).values()].toSorted(
    (one, other) => ((one[0]?.skuPriceId ?? '') < (other[0]?.skuPriceId ?? '') ? -1 : 1),
  );
  return tableOf({
    id: 'prices',
    title: 'Prices used',
    columns: [
      textColumn('product', 'Product'),
      textColumn('component', 'For'),
      textColumn('hours', 'Hours'),
      plainColumn('since', 'In the book since', 'instant'),
      plainColumn('price', 'USD per unit', 'number'),
      plainColumn('quantity', 'Quantity', 'number'),
      textColumn('unit', 'Unit'),
      addedColumn('cost', 'Cost', 'usd'),
    ],
    rows: groups.flatMap((list): ReportCell[][] => {
      const [first] = list;
      if (first === undefined) return [];
      return [
        [
          first.product,
          COMPONENT_WORDS[first.component],
          first.tariffPeriod,
          first.priceVersion <= 0 ? null : first.priceVersion,
          first.unitPrice,
          sumOf(list, ({ quantity }) => quantity),
          first.unit,
          chargedCost(list),
        ],
      ];
    }),
    total: { cost: chargedCost(rows) },
  });
}

/** What of the prices somebody entered, and what is assumed until somebody does. */
function assumedTable({ revisions }: ReportMaterial['costBook']): ReportTable {
  return tableOf({
    id: 'price-sources',
    title: 'Where prices come from',
    columns: [
      textColumn('price', 'Price'),
      plainColumn('from', 'In force from', 'instant'),
      textColumn('quality', 'Quality'),
      textColumn('note', 'Source'),
      textColumn('as-of', 'As of'),
    ],
    rows: revisions.flatMap((revision): ReportCell[][] => {
      const from = revision.from <= 0 ? null : revision.from;
      const line = (
        name: string,
        { provenance }: { readonly provenance: typeof revision.energy.provenance },
      ): ReportCell[] => [name, from, provenance.quality, provenance.note, provenance.asOf];
      return [
        ...revision.hardware.map((price) => line(price.sku === '*' ? 'any GPU' : price.sku, price)),
        line('electricity', revision.energy),
        ...revision.siteEnergy.map(({ site, energy }) => line(`electricity of ${site}`, energy)),
        ...revision.currencies.map((rate) => line(`one ${rate.currency}: ${rate.usdPerUnit} USD`, rate)),
      ];
    }),
    total: null,
  });
}
