import { isDeepStrictEqual } from 'node:util';
import { pricedPieces } from '#shared/cost/hourly-rates.ts';
import { grainInWords } from '#shared/contract/snapshot-schema.ts';
import type { ComparedSide } from '#shared/contract/snapshot-comparison-schema.ts';
import type { CostBook, CostBookRevision } from '#shared/model/cost-book.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { formatDuration } from '#shared/units/format-time.ts';

export type NotedSide = ComparedSide & { readonly asked: TimeRange; readonly ownBook: CostBook };

/** What makes two sides less than alike. */
export function comparisonNotes(
  first: NotedSide,
  second: NotedSide,
  { book, isScoped }: { readonly book: 'own' | 'first'; readonly isScoped: boolean },
): string[] {
  return [
    ...windowNotes(first, second),
    ...priceNotes(first, second, book),
    ...zoneNotes(first, second, book),
    ...grainNotes(first, 'first'),
    ...grainNotes(second, 'second'),
    ...fleetNotes(first, second, isScoped),
  ];
}

function windowNotes(first: NotedSide, second: NotedSide): string[] {
  const between = secondsOf(second.window) - secondsOf(first.window);
  if (Math.abs(between) < 1) return [];
  const which = between > 0 ? 'second' : 'first';
  return [
    `The windows differ in length: that of the ${which} side is ${formatDuration(Math.abs(between))} longer, and sums grow with it.`,
  ];
}

const OWN_BOOKS =
  'Prices differ: each side has its own cost book, which also weighs billed tokens and holds the PUE of the energy.';

/** The prices that a window is priced with, without the dates from which they hold. */
function pricesOf(book: CostBook, window: TimeRange): readonly Omit<CostBookRevision, 'from'>[] {
  return pricedPieces(book, window).map(({ revision }) => ({ ...revision, from: null }));
}

function priceNotes(first: NotedSide, second: NotedSide, book: 'own' | 'first'): string[] {
  const used = book === 'first' ? first.ownBook : second.ownBook;
  const isAlike = isDeepStrictEqual(pricesOf(first.ownBook, first.window), pricesOf(used, second.window));
  if (book === 'own') return isAlike ? [] : [OWN_BOOKS];
  const dated = isAlike ? '' : ' Its prices changed between or inside the windows: each hour has those of its date.';
  return [`Both sides are priced by the cost book of the first.${dated}`];
}

function zoneNotes(first: NotedSide, second: NotedSide, book: 'own' | 'first'): string[] {
  const zones = (of: CostBook, window: TimeRange): string => {
    const all = pricesOf(of, window).flatMap(({ energy, siteEnergy }) => [
      energy,
      ...siteEnergy.map((site) => site.energy),
    ]);
    return [...new Set(all.map(({ zone }) => zone))].toSorted().join(', ');
  };
  const was = zones(first.ownBook, first.window);
  const is = zones(book === 'first' ? first.ownBook : second.ownBook, second.window);
  return was === is ? [] : [`Tariffs go by different clocks: ${was} on the first side, ${is} on the second.`];
}

function grainNotes({ about, asked }: NotedSide, which: string): string[] {
  if (about === null) return [];
  const { from, to } = about.window;
  const isCut = asked.from < from || asked.to > to;
  return [
    ...(isCut ? [`The ${which} side’s snapshot holds only a part of the window that was asked for.`] : []),
    ...(about.grain === 'hour' || about.minutesOf === 'group'
      ? [
          `The ${which} side is ${grainInWords(about)}: where a window or a price cuts an hour, it is divided in proportion.`,
        ]
      : []),
  ];
}

function fleetNotes(first: NotedSide, second: NotedSide, isScoped: boolean): string[] {
  const isUnnamed = first.about?.hasPseudonyms === true || second.about?.hasPseudonyms === true;
  return [
    ...(first.fleetName === second.fleetName || isUnnamed
      ? []
      : [`The sides are of different fleets: ${first.fleetName} and ${second.fleetName}.`]),
    ...(isUnnamed && isScoped ? ['A side has pseudonyms in place of names: a scope by name finds nothing there.'] : []),
  ];
}
