import { fail, succeed, type Result } from '#shared/lib/result.ts';

/** One test of a label; an absent label reads as the empty string, as in PromQL. */
export type LabelTest = { readonly label: string; readonly passes: (value: string) => boolean };

export type Selector = {
  readonly tests: readonly LabelTest[];
  /** Length of the range in seconds, for `selector[1h]`; absent for an instant selector. */
  readonly rangeSeconds?: number;
};

type Parsed<Value> = Result<Value, string>;

const selectorShape = /^\s*([a-zA-Z_:][\w:]*)?\s*(?:\{(.*)\})?\s*(?:\[\s*([^\]]*?)\s*\])?\s*$/s;
const matcherShape = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*(,|$)/s;
const durationShape = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const durationSeconds = [31_536_000, 604_800, 86_400, 3600, 60, 1, 0.001];

/** Parses selectors joined by `or`, which hold no series twice as they are asked here. */
export function parseUnion(query: string): Parsed<readonly Selector[]> {
  const selectors: Selector[] = [];
  for (const part of query.split(/ or (?=\{)/)) {
    const selector = parseSelector(part);
    if (!selector.ok) return selector;
    selectors.push(selector.value);
  }
  return succeed(selectors);
}

/** Parses an instant or range selector, the one kind of expression this server knows; fails with Prometheus' wording. */
export function parseSelector(query: string): Parsed<Selector> {
  const found = selectorShape.exec(query);
  const [, name, body, range] = found ?? [];
  if (found === null || (name === undefined && body === undefined)) {
    return fail('1:1: parse error: only instant and range vector selectors are supported');
  }
  const tests = parseMatchers(body ?? '');
  if (!tests.ok) return tests;
  const all = name === undefined ? tests.value : [equalTest('__name__', name), ...tests.value];
  if (all.every((test) => test.passes(''))) {
    return fail('1:1: parse error: vector selector must contain at least one non-empty matcher');
  }
  if (range === undefined) return succeed({ tests: all });
  const rangeSeconds = parseDuration(range);
  return rangeSeconds.ok ? succeed({ tests: all, rangeSeconds: rangeSeconds.value }) : rangeSeconds;
}

function parseMatchers(body: string): Parsed<readonly LabelTest[]> {
  const tests: LabelTest[] = [];
  let rest = body;
  while (rest.trim() !== '') {
    const [matched, label = '', operator = '', quoted = ''] = matcherShape.exec(rest) ?? [];
    if (matched === undefined)
      return fail(`1:1: parse error: unexpected "${rest.trim().slice(0, 20)}" in label matching`);
    const test = labelTest(label, operator, unquoted(quoted));
    if (!test.ok) return test;
    tests.push(test.value);
    rest = rest.slice(matched.length);
  }
  return succeed(tests);
}

function labelTest(label: string, operator: string, value: string): Parsed<LabelTest> {
  if (operator === '=') return succeed(equalTest(label, value));
  if (operator === '!=') return succeed({ label, passes: (actual) => actual !== value });
  try {
    const pattern = new RegExp(`^(?:${value})$`, 's');
    const isWanted = operator === '=~';
    return succeed({ label, passes: (actual) => pattern.test(actual) === isWanted });
  } catch {
    return fail(`1:1: parse error: error parsing regexp: ${value}`);
  }
}

function equalTest(label: string, value: string): LabelTest {
  return { label, passes: (actual) => actual === value };
}

function unquoted(quoted: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t' };
  return quoted.slice(1, -1).replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter);
}

function parseDuration(text: string): Parsed<number> {
  const found = durationShape.exec(text);
  const seconds = (found?.slice(1) ?? []).reduce(
    (sum, part, at) => sum + Number(part ?? 0) * (durationSeconds[at] ?? 0),
    0,
  );
  return seconds > 0 ? succeed(seconds) : fail(`1:1: parse error: not a valid duration string: "${text}"`);
}
