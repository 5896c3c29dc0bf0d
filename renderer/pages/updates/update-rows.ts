import type { ExportTable } from '#renderer/components/csv-text.ts';
import type { LedgerRow, UpdateAnswer, UpdatesAnswer, UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { epochMs } from '#shared/time/instant.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { changeWords, deploymentWords, VERDICT_LOOKS } from './update-words.ts';

const DAY_MS = 86_400_000;

/** Changes need days on either side to be judged: a shorter range is widened to this much, ending where it ends. */
const DAYS_MIN = 60;

export function widened({ from, to }: TimeRange): TimeRange {
  return { from: epochMs(Math.min(from, to - DAYS_MIN * DAY_MS)), to };
}

export type LedgerLine = { readonly row: LedgerRow; readonly summary: UpdateSummary };

/** Rows of the ledger with what is said of their change. */
export function ledgerLines({ ledger, changes }: UpdatesAnswer): readonly LedgerLine[] {
  const byId = new Map(changes.map((summary) => [summary.change.id, summary]));
  return ledger.rows.flatMap((row) => {
    const summary = byId.get(row.id);
    return summary === undefined ? [] : [{ row, summary }];
  });
}

/** The change to show first: the one that saves or costs most surely, the newest of them; else the newest. */
export function firstShown(changes: readonly UpdateSummary[]): UpdateSummary | null {
  return (
    changes.find((one) => one.verdict === 'saving' && one.effect !== null) ??
    changes.find((one) => one.effect !== null) ??
    changes[0] ??
    null
  );
}

/** Two others worth a look beside it: what is not sure yet, and what got worse; else the next newest. */
export function besideShown(changes: readonly UpdateSummary[], shown: UpdateSummary): readonly UpdateSummary[] {
  const others = changes.filter((one) => one.change.id !== shown.change.id);
  const waiting = others.find((one) => VERDICT_LOOKS[one.verdict].tone === 'waiting');
  const worse = others.find((one) => one.verdict === 'regression');
  const first = [waiting, worse].filter((one) => one !== undefined);
  return [...first, ...others.filter((one) => !first.includes(one))].slice(0, 2);
}

export function ledgerExport(lines: readonly LedgerLine[], zone: string): ExportTable {
  return {
    columns: [
      { head: 'Changed', unit: zone },
      { head: 'Deployment' },
      { head: 'What' },
      { head: 'Verdict' },
      { head: 'Grade' },
      { head: 'GPU time per token, change', unit: 'ratio' },
      { head: 'Interval low', unit: 'ratio' },
      { head: 'Interval high', unit: 'ratio' },
      { head: 'Comparable tokens', unit: 'ratio' },
      { head: 'Freed', unit: 'GPU-h' },
      { head: 'Released', unit: 'USD' },
      { head: 'Absorbed', unit: 'USD' },
      { head: 'Still idle', unit: 'USD' },
      { head: 'Lost', unit: 'USD' },
      { head: 'Net', unit: 'USD' },
      { head: 'Tag' },
      { head: 'Note' },
    ],
    rows: lines.map(({ row, summary }) => [
      formatInstant(summary.change.firstAt, zone, 'input'),
      deploymentWords(summary.change.deployment),
      changeWords(summary.change),
      summary.verdict,
      summary.grade,
      summary.effect?.change ?? null,
      summary.effect?.low ?? null,
      summary.effect?.high ?? null,
      summary.coverage,
      row.freed?.value ?? null,
      ...(row.value === null ? [null, null, null, null] : [row.released, row.absorbed, row.stillIdle, row.lost]),
      row.value?.value ?? null,
      row.tag ?? '',
      row.tagNote ?? '',
    ]),
  };
}

/** The table from which anybody can work the saving out again. */
export function strataExport({ strata }: UpdateAnswer): ExportTable {
  const sides = ['before', 'after'] as const;
  return {
    columns: [
      { head: 'GPU' },
      { head: 'Load from', unit: 'requests/GPU' },
      { head: 'Load to', unit: 'requests/GPU' },
      { head: 'Input from', unit: 'tokens/request' },
      { head: 'Output from', unit: 'tokens/request' },
      { head: 'Cache hits from', unit: 'ratio' },
      { head: 'Power' },
      { head: 'Compared' },
      ...sides.flatMap((side) => [
        { head: `GPU time ${side}`, unit: 'GPU-s' },
        { head: `Tokens ${side}`, unit: 'weighted tokens' },
        { head: `Windows ${side}` },
        { head: `Days ${side}` },
        { head: `Concurrency ${side}`, unit: 'requests/GPU' },
      ]),
      { head: 'GPU time it would have taken', unit: 'GPU-s' },
    ],
    rows: strata.map((one) => [
      one.sku,
      one.loadFrom,
      one.loadTo,
      one.inputTokensFrom,
      one.outputTokensFrom,
      one.cacheHitsFrom,
      one.powerClass ?? '',
      one.isSupported ? 'yes' : 'no',
      ...sides.flatMap((side) => [
        one[side].gpuSeconds,
        one[side].weightedTokens,
        one[side].windows,
        one[side].days,
        one[side].concurrencyPerGpu,
      ]),
      one.counterfactual,
    ]),
  };
}
