import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { LabelMatcher } from '#shared/model/access.ts';

/** Label filters as they are written in PromQL: `cluster="prod", region=~"eu-.*"`. */
export function filterText(matchers: readonly LabelMatcher[]): string {
  return matchers
    .map(({ label, value, isRegex }) => `${label}${isRegex ? '=~' : '='}${JSON.stringify(value)}`)
    .join(', ');
}

const ONE = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/;

/** Reads what `filterText` writes; braces around it are taken too. On failure: where it cannot be read. */
export function matchersOf(text: string): Result<LabelMatcher[], string> {
  let rest = text.trim().replace(/^\{|\}$/g, '');
  const matchers: LabelMatcher[] = [];
  while (rest.trim() !== '') {
    const match = ONE.exec(rest);
    if (match === null) return fail(`cannot read ${rest.trim().slice(0, 40)}: write label="value" or label=~"pattern"`);
    const [whole, label = '', sign, value = ''] = match;
    matchers.push({ label, value: value.replaceAll(/\\(.)/g, '$1'), isRegex: sign === '=~' });
    rest = rest.slice(whole.length);
  }
  return succeed(matchers);
}
