import { sum, sumOf } from '#shared/lib/sum.ts';
import { perMillionTokens } from '#shared/units/arithmetic.ts';
import { tokens, usd, usdPerMillionTokens, type Usd, type UsdPerMillionTokens } from '#shared/units/quantities.ts';
import type { TokenWeights } from '#shared/model/token-basis.ts';
import type { TokenClasses } from './token-count.ts';

const CLASS_NAMES = ['output', 'uncachedInput', 'cachedInput'] as const;

/** What each class of tokens costs, USD. The classes add to the bill they were split from. */
export type ClassCosts = { readonly [Name in (typeof CLASS_NAMES)[number]]: Usd };

/**
 * Splits a bill between token classes in proportion to their weighted tokens.
 *
 *   cost of class k [USD] = bill x wk x Tk / Teq        Teq = wi x Ti + wc x Tc + wo x To
 *
 * `weighted` is what `tokenClassesOf('billed', ...)` gives. Null without tokens: a bill for nothing has no classes.
 * Source: economics reference, section 4.2, "class split (additive)".
 */
export function splitByClass(bill: Usd, weighted: TokenClasses): ClassCosts | null {
  const whole = sum(Object.values(weighted));
  if (whole <= 0) return null;
  const shares = CLASS_NAMES.map((name) => [name, (bill * weighted[name]) / whole] as const);
  return Object.fromEntries(addingTo(bill, shares)) as ClassCosts;
}

/**
 * Splits the bills of separate prefill and decode pools: what prefill costs is input, what decode costs is output.
 *
 *   cost of input class k [USD] = prefill bill x wk x Tk / (wi x Ti + wc x Tc)        output [USD] = decode bill
 *
 * `unattributed` is the bill of a pool that did none of its own work. Classes and `unattributed` add to both bills.
 */
export function splitByPool(
  bills: { readonly prefill: Usd; readonly decode: Usd },
  weighted: TokenClasses,
): ClassCosts & { readonly unattributed: Usd } {
  const input = splitByClass(bills.prefill, { ...weighted, output: 0 });
  const isDecoding = weighted.output > 0;
  const idle = [input === null ? bills.prefill : 0, isDecoding ? 0 : bills.decode];
  return {
    output: isDecoding ? bills.decode : usd(0),
    uncachedInput: input?.uncachedInput ?? usd(0),
    cachedInput: input?.cachedInput ?? usd(0),
    unattributed: usd(sum(idle)),
  };
}

/**
 * Unit cost of one class: CPM of class k [USD/Mtok] = bill x wk / Teq x 1e6, which is also its cost over its own tokens.
 */
export function classCostPerMillionTokens(
  bill: Usd,
  weighted: TokenClasses,
  weights: TokenWeights,
): { readonly [Name in keyof TokenClasses]: UsdPerMillionTokens } | null {
  const perWeight = perMillionTokens(bill, tokens(sum(Object.values(weighted))));
  if (perWeight === null) return null;
  return {
    output: usdPerMillionTokens(perWeight * weights.output),
    uncachedInput: usdPerMillionTokens(perWeight * weights.input),
    cachedInput: usdPerMillionTokens(perWeight * weights.cached),
  };
}

/**
 * Proportions lose a last digit each: the largest part takes what the others leave. The parts then add to the whole within
 * its last binary digit, and no small class pays for the rounding of a large one.
 */
function addingTo<Name>(whole: number, parts: readonly (readonly [Name, number])[]): (readonly [Name, Usd])[] {
  const largest = parts.reduce((one, other) => (Math.abs(other[1]) > Math.abs(one[1]) ? other : one));
  const others = parts.filter((part) => part !== largest);
  const rest = sum([whole, -sumOf(others, ([, amount]) => amount)]);
  return parts.map((part) => [part[0], usd(part === largest ? rest : part[1])] as const);
}
