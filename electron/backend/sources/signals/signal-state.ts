import type { Signal, SignalStep } from '#shared/model/signal.ts';
import type { TargetRead } from './target-read.ts';

/** What is asked of a group of things that are alike, such as all GPUs of a source. */
export type SignalQuestion<Thing> = {
  readonly name: string;
  readonly label: string;
  /** Whether a thing tells it. */
  readonly isHeard: (thing: Thing) => boolean;
  /** Metrics that hold it: those of the present release first, then those of others. Empty where no metric does. */
  readonly metrics: { readonly present: readonly string[]; readonly other: readonly string[] };
  /** Where it is read when not from a metric. */
  readonly from: string | null;
  /** One thing that tells it is enough: the others may have nothing to tell. */
  readonly anyIsEnough?: true;
  readonly note: string | null;
  readonly gap: SignalStep | null;
};

/** The signal of a group, from what its things tell and the metrics of the targets that they were read from. */
export function signalOf<Thing>(
  question: SignalQuestion<Thing>,
  things: readonly Thing[],
  reads: readonly TargetRead[],
): Signal {
  const heard = things.filter(question.isHeard).length;
  const { present, other } = question.metrics;
  const metricIn = (names: readonly string[], of: 'names' | 'staleNames'): string | null =>
    names.find((name) => reads.some((read) => read[of].has(name))) ?? null;
  const own = metricIn(present, 'names');
  const renamed = own === null ? metricIn(other, 'names') : null;
  const stale = metricIn([...present, ...other], 'staleNames');
  const isWhole = heard === things.length || question.anyIsEnough === true;
  const common = { name: question.name, label: question.label, heard };
  if (heard === 0)
    return {
      ...common,
      state: stale === null ? 'absent' : 'stale',
      from: stale,
      note: question.note,
      next: question.gap,
    };
  return {
    ...common,
    state: renamed === null ? 'found' : 'renamed',
    from: own ?? renamed ?? question.from,
    note: isWhole ? null : question.note,
    next: isWhole ? null : question.gap,
  };
}
