import type { CatalogueFailure } from '#backend/reference/read-catalogue.ts';
import type { Clock } from '#backend/clock.ts';
import type { Store } from '#backend/store/store.ts';
import { revisionAt } from '#shared/cost/hourly-rates.ts';
import type { CallScope, Heard } from '#shared/contract/backend-api.ts';
import type { Result } from '#shared/lib/result.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import type { CostBook, CostBookRevision } from '#shared/model/cost-book.ts';
import type { Coverage } from '#shared/model/figure.ts';
import { deploymentOf, type EngineSpan } from '#shared/model/inference-engine.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { engineScopeOf } from './engine-work.ts';
import type { FigureContext } from './figure-inputs.ts';
import { measuredPue, pueNotes } from './measured-pue.ts';
import { meterNotes } from './meter-notes.ts';
import { isPhysical, PHYSICAL_DIMENSIONS } from './presence.ts';
import type { PricedGroup } from './priced-group.ts';

/** What every answer may use. */
export type AnswerContext = {
  readonly store: Store;
  readonly clock: Clock;
  readonly pollSeconds: number;
  readonly costBook: () => CostBook;
  /** While a server's past is still being read: since when facts are whole, and how far reading got. */
  readonly history: () => HistoryState | null;
  /** The catalogue of public references, and the name of the file that it was read from; null: Tokenwatt's own. */
  readonly reference: () => Promise<
    Result<{ readonly catalogue: ReferenceCatalogue; readonly file: string | null }, CatalogueFailure>
  >;
};

export type HistoryState = { readonly wholeSince: EpochMs | null; readonly message: string };

/** Length of "now": long enough to be steady, short enough to follow the load. */
export const NOW_SECONDS = 300;

/** The newest facts may be this many polls old before their lateness is counted as time not observed. */
const LATE_POLLS = 3;

/**
 * The part of a window that facts can say something about. It begins with the first fact: a rate over hours before Tokenwatt
 * ran would look frugal. The seconds between the newest fact and the asked end are not unobserved while the next poll is
 * still due; when sources have fallen silent, they are. Never empty: a window outside all facts keeps one millisecond.
 */
export async function windowOfFacts(context: AnswerContext, window: TimeRange): Promise<TimeRange> {
  const extent = await context.store.extent();
  const now = context.clock.now();
  const end = Math.min(window.to, now);
  if (extent === null) return { from: window.from, to: epochMs(Math.max(end, window.from + 1)) };
  const isLive = now - extent.to <= LATE_POLLS * context.pollSeconds * 1000;
  return beginNoEarlier({ from: window.from, to: epochMs(isLive ? Math.min(end, extent.to) : end) }, extent.from);
}

/** The window of facts, from where they are whole: while a server's past is being read, its half would be a wrong number. */
export async function answerableWindow(context: AnswerContext, window: TimeRange): Promise<TimeRange> {
  return beginNoEarlier(await windowOfFacts(context, window), context.history()?.wholeSince ?? window.from);
}

function beginNoEarlier(window: TimeRange, start: EpochMs): TimeRange {
  const from = start < window.to ? Math.max(window.from, start) : window.from;
  return { from: epochMs(from), to: epochMs(Math.max(window.to, from + 1)) };
}

/** The last five minutes of data; less while only seconds of the present are there and the past is still being read. */
export async function nowWindow(context: AnswerContext): Promise<TimeRange> {
  const now = context.clock.now();
  const { to } = await answerableWindow(context, { from: epochMs(now - NOW_SECONDS * 1000), to: now });
  return await answerableWindow(context, { from: epochMs(to - NOW_SECONDS * 1000), to });
}

/** An earlier window observed by less than this share is no reference for a change. */
const COMPARABLE_COVERAGE = 0.9;

export function isComparable({ observedSeconds, expectedSeconds }: Coverage): boolean {
  return expectedSeconds > 0 && observedSeconds / expectedSeconds >= COMPARABLE_COVERAGE;
}

export function seatsInScope(seats: readonly GpuSeat[], scope: CallScope): GpuSeat[] {
  return seats.filter((seat) =>
    PHYSICAL_DIMENSIONS.every((name) => {
      const wanted: string | null | undefined = Object.entries(scope).find(([key]) => key === name)?.[1];
      return wanted === undefined || seat[name] === wanted;
    }),
  );
}

/** Everything a figure needs besides its group. */
export async function figureContext(
  context: AnswerContext,
  ask: {
    readonly asked: TimeRange;
    readonly window: TimeRange;
    readonly scope: CallScope;
    readonly basis: TokenBasis;
  },
  group: PricedGroup,
): Promise<FigureContext> {
  const [spans, pue] = await Promise.all([context.store.engineSpans(ask.window), measuredPue(context.store, ask)]);
  const revision = revisionOf(context, ask.window);
  const engines = new Set(spans.filter((span) => isInScope(span, ask.scope)).map((span) => span.engine));
  return {
    group,
    revision,
    measuredPue: pue,
    basis: ask.basis,
    windowSeconds: secondsOf(ask.window),
    engines: engines.size,
    windowNote: context.history()?.message ?? lateStartNote(ask),
    meterNotes: [
      ...dividedNotes(ask.scope),
      ...(await meterNotes(context.store, ask, group)),
      ...pueNotes(pue, revision, ask.scope),
    ],
  };
}

/** Whether an engine is of a scope, as far as engines have it. */
export function isInScope(span: EngineSpan, scope: CallScope): boolean {
  const own = new Map<string, unknown>([...Object.entries(span), ['deployment', deploymentOf(span)]]);
  return Object.entries(engineScopeOf(scope)).every(([name, value]) => own.get(name) === value);
}

function dividedNotes({ gpu }: CallScope): string[] {
  return typeof gpu === 'string'
    ? ['Tokens are counted by engine: those of an engine are divided over its GPUs by their time with it, an estimate.']
    : [];
}

function lateStartNote({ asked, window }: { readonly asked: TimeRange; readonly window: TimeRange }): string | null {
  if (window.from <= asked.from) return null;
  return `Facts begin at ${formatInstant(window.from, 'UTC')}: the figure covers the time since then.`;
}

/** The revision that explains a window: the one in force at its end. */
export function revisionOf(context: AnswerContext, window: TimeRange): CostBookRevision {
  const revision = revisionAt(context.costBook(), epochMs(window.to - 1));
  if (revision === null) throw new Error('a cost book has at least one revision');
  return revision;
}

/** How fresh and complete the data is. */
export async function heardNow(context: AnswerContext, scope: CallScope): Promise<Heard> {
  const now = context.clock.now();
  const extent = await context.store.extent();
  const physical = Object.fromEntries(Object.entries(scope).filter(([name]) => isPhysical(name)));
  const until: EpochMs | null = extent?.to ?? null;
  const recent = { from: epochMs((until ?? now) - 60_000), to: until ?? now };
  const [seats, rows] = await Promise.all([
    context.store.seats({ from: now, to: epochMs(now + 1) }),
    context.store.gpuFacts({
      window: recent,
      scope: physical,
      by: ['gpu', 'state'],
      stepSeconds: null,
      columns: ['observedSeconds'],
    }),
  ]);
  const heard = new Set(
    rows.filter((row) => row.by[1] !== 'unhealthy' && (row.sums.observedSeconds ?? 0) > 0).map((row) => row.by[0]),
  );
  const readingHistory = context.history()?.message ?? null;
  return { until, gpusHeard: heard.size, gpusKnown: seatsInScope(seats, scope).length, readingHistory };
}
