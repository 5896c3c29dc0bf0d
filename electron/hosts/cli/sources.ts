import type { SourceHealth, TargetHealth } from '#shared/contract/backend-api.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { secondsBetween, type EpochMs } from '#shared/time/instant.ts';
import { formatAge } from '#shared/units/format-time.ts';
import { failureOfCall, type CommandFailure } from './exit-codes.ts';
import type { Report } from './report.ts';
import { tableText } from './text-table.ts';

/** What is polled and how fresh it is: sources, and below each the targets it polls. */
export async function sourcesReport(client: BackendClient): Promise<Result<Report, CommandFailure>> {
  const about = await client.capabilities({});
  if (!about.ok) return fail(failureOfCall(about.failure));
  const health = await client.sourceHealth({});
  if (!health.ok) return fail(failureOfCall(health.failure));
  const sources = health.value;
  return succeed({
    json: { fleet: about.value.fleetName, isSample: about.value.isSample, sources },
    text: textOf(sources, about.value.now),
    warnings: sources.length === 0 ? ['no source is configured'] : sources.flatMap(warningsOf),
  });
}

function textOf(sources: readonly SourceHealth[], now: EpochMs): string {
  const head = ['source', 'state', 'signal', 'series', 'held out', 'heard', 'address', 'why'];
  const rows = sources.flatMap((source) => [
    sourceCells(source),
    ...source.targets.map((target) => targetCells(target, now)),
  ]);
  return tableText([head, ...rows], { numeric: [3, 4] });
}

function sourceCells({ name, state, kind, address, reason, notes, backfill }: SourceHealth): readonly string[] {
  const why = [reason ?? backfill?.message ?? '', ...notes].filter((sentence) => sentence !== '');
  return [name, state, kind, '', '', '', address, why.join(' ')];
}

function targetCells(target: TargetHealth, now: EpochMs): readonly string[] {
  const age = target.lastHeard === null ? null : secondsBetween(target.lastHeard, now);
  return [
    `  ${target.name}`,
    target.state,
    target.signal,
    String(target.samples),
    String(target.heldOut),
    formatAge(age),
    target.address,
    target.reason ?? target.heldOutReason ?? '',
  ];
}

/** A source that was not asked yet is no warning: it says so in its row. */
function warningsOf({ name, state, reason, targets }: SourceHealth): readonly string[] {
  const bad = targets.filter((target) => target.state === 'down' || target.state === 'stale');
  if (state === 'down' || state === 'stale') return [`${name} is ${state}${reason === null ? '' : `: ${reason}`}`];
  return bad.length === 0 ? [] : [`${bad.length} of ${targets.length} targets of ${name} do not answer`];
}
