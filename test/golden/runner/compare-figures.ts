/** One figure beside the expected one. Figures that the case does not ask for are shown, never judged. */
export type Comparison = {
  readonly name: string;
  readonly computed: unknown;
  readonly expected: unknown;
  /** |computed - expected| / |expected|; null where both are not numbers. */
  readonly difference: number | null;
  readonly outcome: 'same' | 'DIFFERS' | 'not asked';
};

export type Figures = Readonly<Record<string, unknown>>;

/** Numbers may differ by this much of the expected value. */
const RELATIVE_TOLERANCE = 1e-6;

/** What rounding leaves where the exact result is zero: far below any figure of a case, whatever its unit. */
const ROUNDING = 1e-12;

/** Each expected figure beside the computed one, then what else was computed. */
export function compareFigures(computed: Figures, expected: Figures): Comparison[] {
  const asked = Object.entries(expected).map(([name, value]) => compare(name, computed[name], value));
  const rest = Object.entries(computed).filter(([name]) => !Object.hasOwn(expected, name));
  const extra = rest.map(([name, value]) => ({
    name,
    computed: value,
    expected: undefined,
    difference: null,
    outcome: 'not asked' as const,
  }));
  return [...asked, ...extra];
}

function compare(name: string, computed: unknown, expected: unknown): Comparison {
  return {
    name,
    computed,
    expected,
    difference: differenceOf(computed, expected),
    outcome: isSame(name, computed, expected) ? 'same' : 'DIFFERS',
  };
}

function differenceOf(computed: unknown, expected: unknown): number | null {
  if (typeof computed !== 'number' || typeof expected !== 'number') return null;
  return computed === expected ? 0 : Math.abs(computed - expected) / Math.abs(expected);
}

function isSame(name: string, computed: unknown, expected: unknown): boolean {
  if (typeof computed === 'number' && typeof expected === 'number') return isClose(computed, expected);
  if (Array.isArray(computed) && Array.isArray(expected)) {
    return computed.length === expected.length && computed.every((item, at) => isSameItem(item, expected[at]));
  }
  if (name === 'verdict' && typeof computed === 'string' && typeof expected === 'string') {
    return wordsOf(computed) === wordsOf(expected);
  }
  return computed === expected;
}

function isClose(computed: number, expected: number): boolean {
  return Math.abs(computed - expected) <= Math.max(RELATIVE_TOLERANCE * Math.abs(expected), ROUNDING);
}

/** Lists agree exactly; only fractions in them have a tolerance. */
function isSameItem(computed: unknown, expected: unknown): boolean {
  if (typeof computed !== 'number' || typeof expected !== 'number') return computed === expected;
  return computed === expected || (!Number.isInteger(expected) && isClose(computed, expected));
}

/** `no material change`, `no_material_change` and `No-material-change` are one verdict. */
function wordsOf(verdict: string): string {
  return verdict.toLowerCase().replaceAll(/[\s_-]+/g, ' ');
}
