import { assertNever } from '#shared/lib/assert.ts';

/** Why a reference figure and the fleet's own do not mean the same thing. */
export type NotComparable =
  | { readonly kind: 'other-model'; readonly reference: string; readonly own: string }
  | { readonly kind: 'other-gpu'; readonly reference: string; readonly own: string }
  | { readonly kind: 'other-precision'; readonly reference: string; readonly own: string | null }
  | { readonly kind: 'other-speculation'; readonly reference: string; readonly own: string | null }
  | { readonly kind: 'interactivity-unknown' }
  | {
      readonly kind: 'interactivity-not-measured';
      readonly own: number;
      readonly measured: { readonly from: number; readonly to: number };
    }
  | { readonly kind: 'other-lengths'; readonly reference: Lengths; readonly own: Lengths | null }
  | { readonly kind: 'cached-input'; readonly share: number | null }
  | { readonly kind: 'output-tokens-only' }
  | { readonly kind: 'other-latency-target'; readonly scenario: string }
  | { readonly kind: 'no-own-throughput' };

/** How far a reason sets two figures apart: of several references, the one with the least of it is shown. */
export const WEIGHT_OF_REASON: Readonly<Record<NotComparable['kind'], number>> = {
  'other-model': 32,
  'other-gpu': 16,
  'other-precision': 8,
  'other-speculation': 4,
  'interactivity-unknown': 2,
  'interactivity-not-measured': 2,
  'other-lengths': 2,
  'cached-input': 1,
  'output-tokens-only': 1,
  'other-latency-target': 1,
  'no-own-throughput': 1,
};

/** Mean tokens per request. */
export type Lengths = { readonly input: number; readonly output: number };

/** The reason in words, to follow "not comparable because". */
export function reasonText(reason: NotComparable): string {
  switch (reason.kind) {
    case 'other-model':
      return `it served ${reason.reference}, this is ${reason.own}`;
    case 'other-gpu':
      return `it ran on ${reason.reference}, this is ${reason.own}`;
    case 'other-precision':
      return `it ran in ${reason.reference}, this ${own(reason.own, 'precision')}`;
    case 'other-speculation':
      return `its speculative decoding was ${reason.reference}, that of this ${own(reason.own, 'setting')}`;
    case 'interactivity-unknown':
      return 'the tokens per second and user of this fleet are not known';
    case 'interactivity-not-measured':
      return `it was measured from ${rounded(reason.measured.from)} to ${rounded(reason.measured.to)} tok/s per user, this fleet gives ${rounded(reason.own)}`;
    case 'other-lengths':
      return `its requests have about ${lengths(reason.reference)}, ${reason.own === null ? 'those of this fleet are not known' : `these ${lengths(reason.own)}`}`;
    case 'cached-input':
      return reason.share === null
        ? 'it ran without cached input, and what this fleet caches is not known'
        : `it ran without cached input, and ${rounded(reason.share * 100)} % of this input is cached`;
    case 'output-tokens-only':
      return 'it counts output tokens only, of a whole system';
    case 'other-latency-target':
      return `it keeps the latency limits of the ${reason.scenario} scenario, not those of this fleet`;
    case 'no-own-throughput':
      return 'this fleet made no tokens to compare';
    default:
      return assertNever(reason);
  }
}

function own(value: string | null, what: string): string {
  return value === null ? `${what} is not known` : `is ${value}`;
}

function lengths({ input, output }: Lengths): string {
  return `${rounded(input)} input and ${rounded(output)} output tokens`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
