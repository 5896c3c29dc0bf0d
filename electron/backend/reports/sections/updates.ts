import type { LedgerRow, UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { dollars } from './words.ts';

/** What changes of software saved or cost, at equal load, and what became of it. */
export function updatesSection({ updates }: ReportMaterial): ReportSection {
  const head = { id: 'updates', title: 'Software updates' };
  if (updates.changes.length === 0)
    return sectionOf({ ...head, emptyReason: 'No change of software was seen or marked that reaches into this time.' });
  return sectionOf({
    ...head,
    lead: [leadOf(updates)],
    tables: [changeTable(updates), ledgerTable(updates)],
    notes: [
      'A gain is counted from its change to the end of this time, by work that is comparable with work before it. It is not put on a year.',
      'Freed GPU time is capacity. It is cash only where a bill falls: rented nodes that went back, and energy.',
      ...(updates.omitted > 0 ? [`${updates.omitted} older changes are not listed.`] : []),
    ],
  });
}

/** Without a change that the evidence gives a value, sums of zero would read like a finding. */
function leadOf({ changes, ledger }: ReportMaterial['updates']): string {
  const { rows, totals } = ledger;
  if (!rows.some(({ value }) => value !== null && value.value !== null))
    return changes.length === 1
      ? 'One change of software was found; the evidence gives it no value.'
      : `${changes.length} changes of software were found; the evidence gives none of them a value.`;
  return `Changes of software freed GPU time worth ${dollars(totals.net.value)} in this time: ${dollars(totals.released.value)} of it is cash, ${dollars(totals.absorbed.value)} was taken up by growth, ${dollars(totals.stillIdle.value)} is still idle, and regressions cost ${dollars(totals.lost.value)}.`;
}

function changeTable({ changes }: ReportMaterial['updates']): ReportTable {
  return tableOf({
    id: 'updates',
    title: 'Changes and their effect',
    note: 'Effect: GPU time per weighted token after against before, at matched load; below zero is better. The range holds nineteen of twenty times.',
    columns: [
      plainColumn('at', 'When', 'instant'),
      textColumn('model', 'Deployment'),
      textColumn('what', 'Change'),
      textColumn('verdict', 'Verdict'),
      plainColumn('effect', 'Effect', 'ratio'),
      plainColumn('low', 'From', 'ratio'),
      plainColumn('high', 'To', 'ratio'),
      plainColumn('days', 'Days before', 'count'),
      plainColumn('days-after', 'after', 'count'),
    ],
    rows: changes
      .toReversed()
      .map((one): ReportCell[] => [
        one.change.firstAt,
        [one.change.deployment.model, one.change.deployment.pool].filter((part) => part !== null).join(', '),
        whatChanged(one),
        `${one.verdict}, grade ${one.grade}`,
        one.effect?.change ?? null,
        one.effect?.low ?? null,
        one.effect?.high ?? null,
        one.daysBefore,
        one.daysAfter,
      ]),
    total: null,
  });
}

function whatChanged({ change }: UpdateSummary): string {
  const fields = change.fields.map(({ field, from, to }) => `${field} ${from ?? '?'} to ${to ?? '?'}`);
  return fields.length === 0 ? (change.note ?? 'marked by hand') : fields.join('; ');
}

function ledgerTable({ changes, ledger }: ReportMaterial['updates']): ReportTable {
  const named = new Map(changes.map(({ change }) => [change.id, change]));
  const { totals } = ledger;
  return tableOf({
    id: 'updates-ledger',
    title: 'What it was worth in this time',
    columns: [
      textColumn('model', 'Deployment'),
      plainColumn('at', 'Since', 'instant'),
      addedColumn('freed', 'Freed', 'gpu-hours'),
      addedColumn('released', 'Cash', 'usd'),
      addedColumn('absorbed', 'Growth', 'usd'),
      addedColumn('still-idle', 'Still idle', 'usd'),
      addedColumn('lost', 'Lost', 'usd'),
    ],
    rows: ledger.rows.map((row: LedgerRow): ReportCell[] => {
      const change = named.get(row.id);
      const isPriced = row.value !== null && row.value.value !== null;
      const money = (value: number): number | null => (isPriced ? value : null);
      return [
        change === undefined
          ? row.id
          : [change.deployment.model, change.deployment.pool].filter((part) => part !== null).join(', '),
        change?.firstAt ?? null,
        row.freed?.value ?? null,
        money(row.released),
        money(row.absorbed),
        money(row.stillIdle),
        money(row.lost),
      ];
    }),
    total: {
      freed: totals.freed.value,
      released: totals.released.value,
      absorbed: totals.absorbed.value,
      'still-idle': totals.stillIdle.value,
      lost: totals.lost.value,
    },
  });
}
