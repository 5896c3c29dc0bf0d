import type { BreakdownRow, Capabilities, CostBreakdown } from '#shared/contract/backend-api.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import type { CostCommand } from './arguments.ts';
import { coverageText, isCovered } from './coverage.ts';
import { EXIT, failureOfCall, type CommandFailure } from './exit-codes.ts';
import { readWindow } from './read-instant.ts';
import { headline, type Report } from './report.ts';
import { tableText } from './text-table.ts';

/** Cost of a window by one dimension, as a table whose rows add to its total. */
export async function costReport(client: BackendClient, command: CostCommand): Promise<Result<Report, CommandFailure>> {
  const about = await client.capabilities({});
  if (!about.ok) return fail(failureOfCall(about.failure));
  const window = readWindow(command, about.value.now);
  if (!window.ok) return fail({ code: EXIT.wrongUse, message: window.failure.message });
  const { by, basis } = command;
  const answer = await client.costBreakdown({ window: window.value, by, basis });
  if (!answer.ok) return fail(failureOfCall(answer.failure));
  const breakdown = answer.value;
  const { fleetName: fleet, isSample } = about.value;
  return succeed({
    json: { fleet, isSample, basis, by, breakdown },
    text: textOf(about.value, command, breakdown),
    warnings: warningsOf(window.value.from, breakdown),
  });
}

/** A window may begin this much before the first fact without a word: a few polls. */
const EARLIER_MS_MAX = 60_000;

/** What makes the figures less than the whole window's: said aloud, and in the exit code. */
function warningsOf(askedFrom: number, { window, total }: CostBreakdown): string[] {
  const begins = `partial: facts begin at ${new Date(window.from).toISOString()}, later than the window asked for`;
  return [
    ...(window.from - askedFrom > EARLIER_MS_MAX ? [begins] : []),
    ...(isCovered(total.coverage) ? [] : [`partial: ${coverageText(total.coverage)}`]),
  ];
}

function textOf(
  about: Capabilities,
  { by, basis }: CostCommand,
  { window, rows, total, omitted }: CostBreakdown,
): string {
  const head = [by, 'GPUs', 'cost', 'serving cost', 'throughput', 'spend', 'idle', 'power', 'observed'];
  const lines = [head, ...rows.map(rowCells), ...omittedCells(omitted), ['total', ...rowCells(total).slice(1)]];
  const numeric = head.map((_, column) => column).slice(1);
  return [headline(about, window), `cost per million ${basis} tokens`, '', tableText(lines, { numeric })].join('\n');
}

function rowCells(row: BreakdownRow): readonly string[] {
  const { observedSeconds, expectedSeconds } = row.coverage;
  return [
    row.label === '' ? row.key : row.label,
    formatWithUnit(row.gpus, 'count'),
    formatWithUnit(row.cost, 'USD/Mtok'),
    formatWithUnit(row.servingCost, 'USD/Mtok'),
    formatWithUnit(row.tokensPerSecond, 'token/s'),
    formatWithUnit(row.spendUsd, 'USD'),
    formatWithUnit(row.idleUsdPerHour, 'USD/h'),
    formatWithUnit(row.powerWatts, 'W'),
    formatWithUnit(expectedSeconds > 0 ? observedSeconds / expectedSeconds : null, 'ratio'),
  ];
}

function omittedCells(omitted: number): readonly (readonly string[])[] {
  return omitted === 0 ? [] : [[`(${omitted} more rows, in the total)`]];
}
