import type { LedgerRow, LedgerTotals, UpdateTag } from '#shared/contract/savings-schema.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { Figure, FigurePart } from '#shared/model/figure.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { short } from '../figure-text.ts';
import { addCoverage } from '../priced-group.ts';
import type { AssessedChange } from './assessed-changes.ts';
import { freedFigure, valueFigure } from './update-figures.ts';

/** One change in the ledger of a window. Untagged hours count as still idle: nobody said that they became anything. */
export function ledgerRow(assessed: AssessedChange, tags: readonly UpdateTag[], window: TimeRange): LedgerRow {
  const { id } = assessed.change;
  const tag = tags.find((one) => one.id === id) ?? null;
  const freed = freedFigure(assessed, window);
  const value = valueFigure(assessed, freed);
  const amount = value?.value ?? 0;
  const use = tag?.tag ?? 'still-idle';
  const gained = Math.max(0, amount);
  return {
    id,
    tag: tag?.tag ?? null,
    tagNote: tag?.note ?? null,
    freed,
    value,
    released: use === 'released' ? gained : 0,
    absorbed: use === 'absorbed' ? gained : 0,
    stillIdle: use === 'still-idle' ? gained : 0,
    lost: Math.max(0, -amount),
  };
}

type Named = { readonly row: LedgerRow; readonly label: string };

/** Totals whose parts are the rows. */
export function ledgerTotals(rows: readonly Named[]): LedgerTotals {
  const totalOf = (unit: 'GPU-h' | 'USD', formula: string, amountOf: (row: LedgerRow) => number | null): Figure => {
    const parts = rows.flatMap(({ row, label }): FigurePart[] => {
      const value = amountOf(row);
      return value === null || value === 0 ? [] : [{ key: row.id, label, value, unit }];
    });
    const value = sumOf(parts, (part) => part.value);
    return {
      value,
      unit,
      absence: null,
      formula,
      working:
        parts.length === 0
          ? 'no change counts'
          : `${parts.map((part) => short(part.value)).join(' + ')} = ${short(value)}`,
      parts,
      inputs: [],
      coverage: addCoverage(rows.flatMap(({ row }) => (row.freed === null ? [] : [row.freed.coverage]))),
      powerBoundary: null,
      notes: unpriced > 0 ? [`${unpriced} of the changes have hours but no price: they are not in the dollars.`] : [],
    };
  };
  const unpriced = rows.filter(({ row }) => row.freed !== null && row.value === null).length;
  return {
    freed: totalOf('GPU-h', 'sum of freed GPU-hours, regressions below zero', (row) => row.freed?.value ?? null),
    released: totalOf('USD', 'value of hours tagged as released: cash', (row) => row.released),
    absorbed: totalOf('USD', 'value of hours tagged as absorbed by growth: a purchase avoided', (row) => row.absorbed),
    stillIdle: totalOf(
      'USD',
      'value of hours that are still idle, or that nobody tagged: nothing yet',
      (row) => row.stillIdle,
    ),
    lost: totalOf('USD', 'what regressions cost', (row) => row.lost),
    net: totalOf('USD', 'released + absorbed + still idle − lost', (row) => row.value?.value ?? null),
  };
}
