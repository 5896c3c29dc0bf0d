import type { ChargeLedger, ChargeRow } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportSection } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { COMPONENT_WORDS, USE_WORDS } from './words.ts';

/** The charge rows themselves, for a workbook: every other table is a sum of them. */
export function dailySection({ ledger }: ReportMaterial): ReportSection {
  return sectionOf({ id: 'daily', title: 'Daily', workbookOnly: true, tables: [dailyTable(ledger)] });
}

function dailyTable({ rows, total }: ChargeLedger) {
  return tableOf({
    id: 'daily',
    title: 'Charges by day',
    columns: [
      plainColumn('day', 'Day', 'day'),
      textColumn('site', 'Site'),
      textColumn('pool', 'Pool'),
      textColumn('model', 'Model'),
      textColumn('tenant', 'Tenant'),
      textColumn('version', 'Version'),
      textColumn('use', 'Use'),
      textColumn('component', 'For'),
      textColumn('product', 'Product'),
      textColumn('sku', 'SKU'),
      textColumn('price-id', 'Price id'),
      plainColumn('quantity', 'Quantity', 'number'),
      textColumn('unit', 'Unit'),
      plainColumn('price', 'USD per unit', 'number'),
      addedColumn('cost', 'Cost', 'usd'),
      addedColumn('gpu-hours', 'GPU time', 'gpu-hours'),
      addedColumn('energy', 'Facility energy', 'kwh'),
      addedColumn('input', 'Input tokens', 'tokens'),
      addedColumn('cached', 'of them cached', 'tokens'),
      addedColumn('output', 'Output tokens', 'tokens'),
      addedColumn('requests', 'Requests', 'count'),
      plainColumn('coverage', 'Coverage', 'ratio'),
    ],
    rows: rows.map(cellsOf),
    total: { cost: total },
  });
}

function cellsOf(row: ChargeRow): ReportCell[] {
  const { coverage, tokens } = row;
  return [
    row.day,
    row.site,
    row.pool,
    row.model,
    row.tenant,
    row.version,
    USE_WORDS[row.use],
    COMPONENT_WORDS[row.component],
    row.product,
    row.skuId,
    row.skuPriceId,
    row.quantity,
    row.unit,
    row.unitPrice,
    row.cost,
    row.gpuHours,
    row.kilowattHours,
    tokens?.input ?? null,
    tokens?.cached ?? null,
    tokens?.output ?? null,
    row.requests,
    coverage.expectedSeconds > 0 ? coverage.observedSeconds / coverage.expectedSeconds : null,
  ];
}
