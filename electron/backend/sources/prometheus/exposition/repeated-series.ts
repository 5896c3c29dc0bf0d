import type { SampleTable } from './sample-table.ts';
import type { Series } from '../series.ts';
import { shown, type WarningList } from './warning-list.ts';

/** Samples that have name and labels in common, in body order, at least two. */
export type Repeat = readonly number[];

/** The series that stand on more than one line. */
export function repeatsOf(table: SampleTable): readonly Repeat[] {
  const identities = 1 + table.blocks.reduce((most, block) => Math.max(most, block.identity), 0);
  const firsts = new Map<number, number>();
  const repeats = new Map<number, number[]>();
  for (let sample = 0; sample < table.blocks.length; sample++) {
    // Both factors are below the number of samples (500,000), so their product stays a whole number.
    const key = (table.nameIndexes[sample] ?? 0) * identities + (table.blocks[sample]?.identity ?? 0);
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, sample);
      continue;
    }
    const repeat = repeats.get(key) ?? [first];
    repeat.push(sample);
    repeats.set(key, repeat);
  }
  return [...repeats.values()];
}

export type RepeatedSamples = {
  readonly repeats: readonly Repeat[];
  readonly series: readonly Series[];
  readonly lines: ArrayLike<number>;
  readonly values: Float64Array;
  readonly timestamps: Float64Array | null;
};

/**
 * Which samples to leave out, 1 for each. At one instant a series has one value: an equal second one is left out, and of
 * different ones none can be trusted. At different instants all are kept, with a warning.
 */
export function leftOutOf(samples: RepeatedSamples, warnings: WarningList): Uint8Array {
  const leftOut = new Uint8Array(samples.series.length);
  for (const repeat of samples.repeats) markRepeat(repeat, samples, { leftOut, warnings });
  return leftOut;
}

function markRepeat(
  repeat: Repeat,
  { series, lines, values, timestamps }: RepeatedSamples,
  { leftOut, warnings }: { readonly leftOut: Uint8Array; readonly warnings: WarningList },
): void {
  const firstByTime = new Map<number, number>();
  const contested = new Set<number>();
  for (const sample of repeat) {
    const time = timestamps?.[sample] ?? Number.NaN;
    const first = firstByTime.get(time);
    if (first === undefined) {
      firstByTime.set(time, sample);
      continue;
    }
    leftOut[sample] = 1;
    const isConflict = contested.has(time) || !isSameValue(values[first], values[sample]);
    const where = () => `${shown(series[sample]?.name ?? '')} stands on line ${lines[first]} too`;
    if (isConflict) {
      contested.add(time);
      leftOut[first] = 1;
      warnings.add('conflict', lines[sample] ?? 0, () => `${where()}, with another value: none of them is used`);
    } else {
      warnings.add('duplicate', lines[sample] ?? 0, () => `${where()}, with the same value`);
    }
  }
  if (firstByTime.size > 1) {
    const first = repeat[0] ?? 0;
    warnings.add(
      'several-timestamps',
      lines[first] ?? 0,
      `${shown(series[first]?.name ?? '')} stands at several times`,
    );
  }
}

/** Zero and minus zero are one value, and so are two NaN. */
function isSameValue(one: number | undefined, other: number | undefined): boolean {
  return one === other || (Number.isNaN(one) && Number.isNaN(other));
}
