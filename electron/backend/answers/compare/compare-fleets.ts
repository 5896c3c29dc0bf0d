import type { CheckedInput } from '#shared/contract/backend-api.ts';
import type { SnapshotComparison } from '#shared/contract/snapshot-comparison-schema.ts';
import type { SnapshotAbout } from '#shared/contract/snapshot-schema.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { overlapOf, type TimeRange } from '#shared/time/time-range.ts';
import type { AnswerContext } from '../answer-context.ts';
import { comparisonNotes, type NotedSide } from './comparison-notes.ts';
import { fleetMeasures } from './fleet-measures.ts';
import { comparedMeasure, type MeasuredSide } from './measure-difference.ts';

/** A fleet that stands on one side of a comparison. */
export type FleetSide = {
  readonly name: string;
  readonly fleetName: string;
  readonly about: SnapshotAbout | null;
  readonly context: AnswerContext;
  readonly asked: TimeRange;
};

type Ask = Pick<CheckedInput['compareSnapshots'], 'scope' | 'basis' | 'book'>;

/** The same measures of two fleets, each from its own facts alone, and what lies between them. */
export async function compareFleets(one: FleetSide, other: FleetSide, ask: Ask): Promise<SnapshotComparison> {
  const ownBook = one.context.costBook();
  const first = await measured(one, ask, ownBook);
  const second = await measured(other, ask, ask.book === 'first' ? ownBook : other.context.costBook());
  const isScoped = Object.values(ask.scope).some((value) => value !== undefined);
  return {
    first: toldOf(first),
    second: toldOf(second),
    basis: ask.basis,
    book: ask.book,
    measures: first.measures.flatMap((measure) => comparedMeasure(measure, first, second)),
    notes: comparisonNotes(first, second, { book: ask.book, isScoped }),
  };
}

async function measured(side: FleetSide, ask: Ask, book: CostBook): Promise<MeasuredSide & NotedSide> {
  const { context, asked, about, name, fleetName } = side;
  // Beyond its window a snapshot knows nothing: GPUs there would count as owned and unobserved.
  const held = about === null ? asked : (overlapOf(asked, about.window) ?? asked);
  const { window, measures } = await fleetMeasures(context, { asked: held, scope: ask.scope, basis: ask.basis, book });
  return { name, fleetName, about, window, measures, asked, ownBook: context.costBook() };
}

function toldOf({ name, fleetName, about, window }: MeasuredSide): SnapshotComparison['first'] {
  return { name, fleetName, about, window };
}
