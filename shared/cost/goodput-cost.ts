import { perMillionTokens } from '#shared/units/arithmetic.ts';
import { tokens, type Tokens, type Usd, type UsdPerMillionTokens } from '#shared/units/quantities.ts';

/**
 * Cost of a million weighted tokens that came within the latency targets.
 *
 *   goodput cost [USD/Mtok] = all cost / (weighted tokens x share within targets) x 1e6
 *
 * Failed, aborted and retried tokens are in the cost, never in the tokens. Source: economics reference, section 4.2.
 */
export function goodputCostPerMillionTokens(
  cost: Usd,
  weighted: Tokens,
  shareWithinTargets: number,
): UsdPerMillionTokens | null {
  return perMillionTokens(cost, tokens(weighted * shareWithinTargets));
}
