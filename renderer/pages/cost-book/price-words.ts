import type {
  Commitment,
  CurrencyCode,
  Facility,
  HardwarePrice,
  Ownership,
  Rental,
  ServiceLevel,
} from '#shared/model/cost-book.ts';
import type { TokenWeights } from '#shared/model/token-basis.ts';
import { decimalsOfPrice, formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';

/** Prices as people say them, one line each: for rows that are closed, and for what changed between two revisions. */

/** `$` or the code of another currency. */
export function moneySign(currency: CurrencyCode): string {
  return currency === 'USD' ? '$' : currency;
}

/** An amount in its currency: `$46,000`, `EUR 1.82`. */
export function amountWords(value: number, currency: CurrencyCode): string {
  const text = numberWords(value);
  return currency === 'USD' ? `$${text}` : `${currency} ${text}`;
}

/** A number with as many digits as it needs, a dash where none was entered. */
export function numberWords(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  if (Number.isInteger(value)) return formatNumber(value, 0);
  const size = Math.abs(value);
  return formatNumber(value, size < 0.01 ? decimalsOfPrice(value) : size < 100 ? decimalsNeeded(value) : 2);
}

const DECIMALS_SHOWN_MAX = 4;

function decimalsNeeded(value: number): number {
  const text = String(Number(value.toFixed(DECIMALS_SHOWN_MAX)));
  return Math.max(2, text.includes('.') ? text.length - text.indexOf('.') - 1 : 0);
}

export function percentWords(share: number): string {
  return Number.isFinite(share) ? `${numberWords(Number((share * 100).toPrecision(6)))} %` : UNKNOWN;
}

export function skuWords(sku: string): string {
  return sku === '*' ? 'Any product' : sku;
}

export function modelWords(model: string): string {
  return model === '*' ? 'any model' : model;
}

export function termsWords(terms: Ownership | Rental, currency: CurrencyCode): string {
  if (terms.kind === 'rented') {
    const power = terms.includesEnergy ? 'power included' : 'power apart';
    const commitment = terms.commitment === null ? '' : `, ${commitmentWords(terms.commitment)}`;
    return `Rented, ${power}${commitment}`;
  }
  const { capexUsd, termMonths, annualRate, method } = terms;
  const rate = method === 'straight-line' ? 'in a straight line' : `at ${percentWords(annualRate)}`;
  return `Owned: ${amountWords(capexUsd, currency)} over ${numberWords(termMonths)} months ${rate}`;
}

export function commitmentWords({ gpus, years, since, upfrontShare }: Commitment): string {
  const upfront = upfrontShare > 0 ? `, ${percentWords(upfrontShare)} up front` : '';
  const begin = Number.isNaN(since) ? UNKNOWN : formatInstant(since, 'UTC', 'date');
  return `${numberWords(gpus)} GPUs committed for ${numberWords(years)} years from ${begin}${upfront}`;
}

export function facilityWords(facility: Facility | null, currency: CurrencyCode): string {
  if (facility === null) return 'none';
  const rent = amountWords(facility.usdPerKilowattMonth, currency);
  const power = facility.includesEnergy ? ', power included' : '';
  return `${rent} per kW and month, ${numberWords(facility.provisionedKilowatts)} kW per GPU${power}`;
}

/** What stands beside the terms of a closed price: colocation in short; empty where none is paid apart. */
export function facilitySummary({ facility, currency }: HardwarePrice): string {
  if (facility === null) return '';
  const power = facility.includesEnergy ? ', power included' : '';
  const rent = numberWords(facility.usdPerKilowattMonth);
  return `colocation ${rent} ${moneySign(currency)}/kW-month × ${numberWords(facility.provisionedKilowatts)} kW${power}`;
}

export function weightsWords({ input, cached, output }: TokenWeights): string {
  return [input, cached, output].map(ratioWords).join(' : ');
}

function ratioWords(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : UNKNOWN;
}

/** `TTFT 2 s, inter-token 50 ms, 20 % headroom, at least 2 replicas`. */
export function serviceLevelWords(level: ServiceLevel): string {
  const targets = [
    level.ttftSeconds === null ? null : `TTFT ${secondsWords(level.ttftSeconds)}`,
    level.interTokenSeconds === null ? null : `inter-token ${secondsWords(level.interTokenSeconds)}`,
  ].filter((text) => text !== null);
  const promise = targets.length === 0 ? 'no latency target' : targets.join(', ');
  const replicas = level.replicasMin === 1 ? 'replica' : 'replicas';
  return `${promise}, ${percentWords(level.headroom)} headroom, at least ${numberWords(level.replicasMin)} ${replicas}`;
}

function secondsWords(seconds: number): string {
  return seconds < 1 ? `${numberWords(Number((seconds * 1000).toPrecision(6)))} ms` : `${numberWords(seconds)} s`;
}
