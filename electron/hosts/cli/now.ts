import { COST_PARTS, type Capabilities, type Overview } from '#shared/contract/backend-api.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { plusSeconds, secondsBetween } from '#shared/time/instant.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatAge } from '#shared/units/format-time.ts';
import { coverageText, isCovered } from './coverage.ts';
import { failureOfCall, type CommandFailure } from './exit-codes.ts';
import { headline, type Report } from './report.ts';
import { tableText } from './text-table.ts';

/** What the last minutes cost: the overview, as a table. */
export async function nowReport(client: BackendClient, basis: TokenBasis): Promise<Result<Report, CommandFailure>> {
  const about = await client.capabilities({});
  if (!about.ok) return fail(failureOfCall(about.failure));
  const { now } = about.value;
  const overview = await client.overview({ window: { from: plusSeconds(now, -3600), to: now }, basis });
  if (!overview.ok) return fail(failureOfCall(overview.failure));
  return succeed({
    json: { fleet: about.value.fleetName, isSample: about.value.isSample, basis, overview: overview.value },
    text: textOf(about.value, overview.value, basis),
    warnings: warningsOf(overview.value),
  });
}

function textOf(about: Capabilities, { heard, now, engines, models }: Overview, basis: TokenBasis): string {
  const age = heard.until === null ? null : secondsBetween(heard.until, about.now);
  const rows = [
    figureRow(`cost, ${basis} tokens`, now.cost),
    ...partRows(now.cost),
    figureRow('serving cost', now.servingCost),
    figureRow('marginal cost', now.marginalCost),
    figureRow('spend', now.spendRate),
    figureRow('idle spend', now.idleSpendRate),
    figureRow('idle share', now.idleShare),
    figureRow('throughput', now.throughput),
    figureRow('power', now.power),
    figureRow('efficiency', now.efficiency),
  ];
  const heardText = `heard ${formatAge(age)}, ${heard.gpusHeard} of ${heard.gpusKnown} GPUs, ${engines} engines, ${models} models`;
  return [
    headline(about, now.window),
    heardText,
    coverageText(now.cost.coverage),
    '',
    tableText(rows, { numeric: [1] }),
  ].join('\n');
}

function figureRow(label: string, figure: Figure): readonly string[] {
  return [label, formatWithUnit(figure.value, figure.unit), figure.absence ?? ''];
}

function partRows({ value: total, parts }: Figure): readonly (readonly string[])[] {
  if (total === null) return [];
  const inOrder = COST_PARTS.flatMap((key) => parts.filter((part) => part.key === key));
  return inOrder.map(({ label, value, unit }) => [`  ${label}`, formatWithUnit(value, unit), '']);
}

function warningsOf({ heard, now }: Overview): readonly string[] {
  if (heard.until === null) return ['nothing has been heard yet'];
  return isCovered(now.cost.coverage) ? [] : [`partial: ${coverageText(now.cost.coverage)}`];
}
