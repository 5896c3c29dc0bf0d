import type { UpdateChange, UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { FingerprintChange } from '#shared/cost/savings/fingerprint-change.ts';
import { isOccupancySteady } from '#shared/cost/savings/occupancy.ts';
import { VERDICT_RULE } from '#shared/cost/savings/verdict.ts';
import { daysOf } from '#shared/cost/savings/work-row.ts';
import { workRowsOf } from '#shared/cost/savings/work-window.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { AssessedChange } from './assessed-changes.ts';
import { effectFigure, signedPercent } from './update-figures.ts';

const DAY_MS = 86_400_000;

/** What is said of a change wherever it is named. */
export function updateSummary(assessed: AssessedChange): UpdateSummary {
  const { gpuTime, missing } = assessed.assessment;
  const figure = effectFigure(assessed);
  const { interval } = gpuTime;
  return {
    change: changeInWords(assessed.change),
    verdict: gpuTime.verdict,
    grade: gpuTime.grade,
    design: gpuTime.controlRatio === null ? 'before-after' : 'control-pool',
    effect:
      figure === null || figure.value === null || interval === null
        ? null
        : { change: figure.value, low: -interval.high, high: -interval.low, figure },
    rawChange: gpuTime.naive === null ? null : -gpuTime.naive,
    daysBefore: gpuTime.daysBefore,
    daysAfter: gpuTime.daysAfter,
    daysNeeded: VERDICT_RULE.daysMin,
    coverage: gpuTime.coverage,
    coverageNeeded: VERDICT_RULE.coverageMin,
    readyAt: missing === null || assessed.sides.isCutShort ? null : readyAt(assessed, missing.readyInDays),
    notes: notesOf(assessed),
  };
}

export function changeInWords(change: FingerprintChange): UpdateChange {
  const { id, deployment, kinds, from, to, firstAt, lastAt, replicas, source, note, isBundle } = change;
  return {
    id,
    deployment,
    fields: kinds.map((field) => ({ field, from: from[field], to: to[field] })),
    firstAt,
    lastAt,
    source,
    note,
    isBundle,
    replicasChanged: replicas.changed.length,
    replicasKept: replicas.kept.length,
  };
}

/** The day on which the last missing day begins, at the earliest. */
function readyAt({ usable, sides }: AssessedChange, days: number | null): EpochMs | null {
  if (days === null) return null;
  const last = daysOf(workRowsOf(usable.after, 'gpu-seconds')).at(-1);
  const newest = usable.after.reduce((latest, { start }) => Math.max(latest, start), Number(sides.after.from));
  const from = last === undefined ? sides.after.from - DAY_MS : newest;
  return epochMs((Math.floor(from / DAY_MS) + days) * DAY_MS);
}

function notesOf({ change, assessment, sides, settledFrom, controls }: AssessedChange): string[] {
  const { gpuTime } = assessment;
  const { occupancyChange } = gpuTime;
  const asked = new Set<string>(change.kinds);
  return [
    ...(change.isBundle
      ? [`${change.kinds.length} things changed at once: the effect is that of all of them together.`]
      : []),
    ...(asked.has('precision') || asked.has('speculation')
      ? [
          'Another precision or speculative mode is another product: check the quality of its output before you count it.',
        ]
      : []),
    ...(occupancyChange === null || isOccupancySteady(occupancyChange)
      ? []
      : [
          `Requests in flight per GPU moved by ${signedPercent(occupancyChange)} within what was compared: the load may be the reason, and no number is shown.`,
        ]),
    ...(gpuTime.verdict === 'unstable baseline' && gpuTime.placebo !== null
      ? [`Before the change GPU time per token moved by ${signedPercent(-gpuTime.placebo)} by itself.`]
      : []),
    ...(sides.isCutShort && gpuTime.verdict === 'insufficient days'
      ? ['The next change came too soon: waiting does not help.']
      : []),
    ...(settledFrom === null
      ? ['First tokens are still slower than twice their later median, or none were served: warm-up is not over.']
      : []),
    ...(gpuTime.controlRatio === null
      ? []
      : [`Compared with ${controls.join(', ')}, which did not change: what happened there too is taken off.`]),
  ];
}
