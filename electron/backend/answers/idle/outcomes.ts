import type { SuggestionMark, SuggestionOutcome } from '#shared/contract/idle-schema.ts';
import { poolSteps } from '#shared/cost/idle/engine-steps.ts';
import { usableGpus } from '#shared/cost/idle/free-capacity.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import type { AnswerContext } from '../answer-context.ts';
import { dollars, short } from '../figure-text.ts';
import { heardSeconds } from './capacity-facts.ts';
import { placedDeployments } from './deployments.ts';
import { readEngines, spreadFrontends, wholeSteps, type StepWindow } from './engine-facts.ts';
import { freePools } from './free-gpus.ts';
import { idleFigure, inputOf, measured } from './idle-figure.ts';
import type { StoredMark } from './marks.ts';
import type { ProductPrice } from './prices.ts';
import { clocksOf, isScheduled } from './schedule.ts';

const BEFORE_DAYS = 7;
const DAY_MS = 86_400_000;

/** What came of the suggestions that were marked as done: GPUs in the hours of each, before its mark and since. */
export async function markedSuggestions(
  context: AnswerContext,
  marks: readonly StoredMark[],
  known: {
    readonly until: EpochMs;
    readonly seats: readonly GpuSeat[];
    readonly priceOf: (pool: string | null, sku: string) => ProductPrice;
  },
): Promise<SuggestionMark[]> {
  const done = marks.filter(({ mark }) => mark === 'done');
  const first = Math.min(...done.map(({ at }) => at));
  const window = { from: epochMs(first - BEFORE_DAYS * DAY_MS), to: known.until };
  const asked = done.length === 0 ? null : wholeSteps(window, SECONDS_PER_HOUR);
  const series = asked === null ? null : await gpuSeries(context, asked, done, known.seats);
  return marks.map((mark) => {
    const gpus = mark.mark === 'done' ? (series?.get(mark.suggestion.id) ?? null) : null;
    const price = known.priceOf(mark.suggestion.pool, mark.suggestion.sku);
    return {
      ...mark,
      worth: worthThen(mark),
      outcome: gpus === null || asked === null ? null : outcomeOf(mark, { gpus, asked, price }),
    };
  });
}

/** What was kept of its worth; how it came about was shown then, and is not kept. */
function worthThen({ suggestion, at }: StoredMark): Figure {
  const value = suggestion.usdPerMonth;
  const when = formatInstant(at, 'UTC');
  return idleFigure(
    {
      value,
      unit: 'USD',
      formula: `its worth a month as it was worked out when it was marked, ${when}`,
      working: value === null ? '–' : dollars(value),
      inputs: [
        inputOf('Worth a month, then', value, 'USD', { source: `kept with the mark of ${when}`, quality: 'estimated' }),
      ],
      notes: ['Demand and prices may have changed since: while a suggestion is open, its working is that of now.'],
    },
    { observedSeconds: 0, expectedSeconds: 0 },
  );
}

/** GPUs of what each suggestion named, hour by hour: of the replicas of its deployment, or free in its pool. */
async function gpuSeries(
  context: AnswerContext,
  asked: StepWindow,
  marks: readonly StoredMark[],
  seats: readonly GpuSeat[],
): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  const facts = await readEngines(context, asked);
  const deployments = await placedDeployments(context, { window: asked.window, scope: {} }, facts);
  const placed = new Set(deployments.flatMap(({ engines }) => [...engines]));
  const rows = spreadFrontends(facts.steps, (engine) => placed.has(engine));
  const heard = await heardSeconds(context, asked, rows);
  const pools = await freePools(context, asked, { scope: {}, seats, deployments, heardSeconds: heard });
  const seconds = { steps: asked.steps, stepSeconds: asked.stepSeconds, heardSeconds: heard };
  return new Map(
    marks.flatMap(({ suggestion }) => {
      if (suggestion.kind === 'free') {
        const pool = pools.find((one) => one.pool === suggestion.pool && one.sku === suggestion.sku);
        const free = Array.from({ length: asked.steps }, (_, step) =>
          (pool?.steps[step] ?? []).reduce((sum, node) => sum + usableGpus(node, pool?.gpusPerReplica ?? null), 0),
        );
        return [[suggestion.id, free] as const];
      }
      const deployment = deployments.find(({ key }) => key === suggestion.deployment?.key);
      if (deployment === undefined) return [];
      const steps = poolSteps(
        rows.filter(({ engine }) => deployment.engines.has(engine)),
        seconds,
      );
      const gpus = steps.map(({ replicas, demand }) => (demand === null ? null : replicas * deployment.gpusPerReplica));
      return [[suggestion.id, gpus] as const];
    }),
  );
}

function outcomeOf(
  { at, suggestion }: StoredMark,
  seen: { readonly gpus: readonly (number | null)[]; readonly asked: StepWindow; readonly price: ProductPrice },
): SuggestionOutcome | null {
  const { window, stepSeconds } = seen.asked;
  const clocks = clocksOf(seen.asked, suggestion.zone);
  const inSchedule = seen.gpus.flatMap((gpus, step) => {
    const clock = clocks[step];
    if (gpus === null || clock === undefined || !isScheduled(clock, suggestion)) return [];
    return [{ gpus, start: window.from + step * stepSeconds * 1000 }];
  });
  const before = inSchedule.filter(({ start }) => start < at && start >= at - BEFORE_DAYS * DAY_MS);
  const after = inSchedule.filter(({ start }) => start >= at);
  if (before.length === 0 || after.length === 0) return null;
  const gpusBefore = meanOf(before);
  const gpusAfter = meanOf(after);
  const gone = Math.max(0, Math.min(suggestion.gpus, gpusBefore - gpusAfter));
  const gpuHours = (gone * after.length * stepSeconds) / SECONDS_PER_HOUR;
  const since = { from: at, to: window.to };
  return {
    since,
    gpusBefore,
    gpusAfter,
    gpuHours,
    saved: savedFigure({ gpuHours, gone, hours: after.length, gpusBefore, gpusAfter }, seen.price),
    verdict: verdictOf(suggestion, { gone, gpusBefore, gpusAfter }),
  };
}

function meanOf(list: readonly { readonly gpus: number }[]): number {
  return list.reduce((sum, { gpus }) => sum + gpus, 0) / list.length;
}

/** A change by less than this share of what was suggested is none. */
const LEAST_SHARE = 0.1;

function verdictOf(
  suggestion: StoredMark['suggestion'],
  of: { readonly gone: number; readonly gpusBefore: number; readonly gpusAfter: number },
): string {
  const what = suggestion.kind === 'free' ? 'free GPUs' : 'GPUs of its replicas';
  const seen = `${short(of.gpusBefore)} ${what} before, ${short(of.gpusAfter)} since, in these hours`;
  if (of.gone <= suggestion.gpus * LEAST_SHARE) return `Nothing went yet: ${seen}.`;
  if (of.gone >= suggestion.gpus * (1 - LEAST_SHARE)) return `It went: ${seen}.`;
  return `${short(of.gone)} of ${short(suggestion.gpus)} GPUs went: ${seen}.`;
}

function savedFigure(
  of: {
    readonly gpuHours: number;
    readonly gone: number;
    readonly hours: number;
    readonly gpusBefore: number;
    readonly gpusAfter: number;
  },
  { fixedRate: rate, provenance, coverage }: ProductPrice,
) {
  const value = rate === null ? null : of.gpuHours * rate;
  return idleFigure(
    {
      value,
      unit: 'USD',
      formula:
        '(GPUs before the mark − GPUs since) × hours of the schedule since × fixed rate, at most what was suggested',
      working:
        value === null || rate === null
          ? '–'
          : `${short(of.gone)} GPUs × ${short(of.hours)} h × ${dollars(rate)}/GPU-h = ${dollars(value)}`,
      inputs: [
        measured('GPUs before', of.gpusBefore, 'count', 'mean of these hours in the seven days before the mark'),
        measured('GPUs since', of.gpusAfter, 'count', 'mean of these hours since the mark'),
        measured('Hours of the schedule since', of.hours, 'count', 'hours that were observed'),
        inputOf('Fixed rate', rate, 'USD/GPU-h', {
          source: provenance?.note ?? 'no price in the cost book',
          quality: provenance?.quality ?? 'assumed',
        }),
      ],
      notes: [
        'An opportunity: on owned hardware it is cash only once the GPUs are sold, let or spare a purchase. GPUs of replicas that stopped count as free until something uses them.',
      ],
    },
    coverage,
  );
}
