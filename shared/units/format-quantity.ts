/**
 * Quantity -> text for people, one function for screen, report and command line. Values come in base units (W, J, s, ratios
 * 0 to 1, USD); prefixes and percents are made here and nowhere else. Null is unknown and prints as an en dash, never as 0.
 */

import type { FigureUnit } from './figure-unit.ts';

export type QuantityText = { readonly text: string; readonly unit: string };

export type FormatOptions = {
  /** Language tag for separators. */
  readonly locale?: string;
  /** `unit` prints 12.40 and $/h; `before` prints $12.40 and /h. */
  readonly currency?: 'unit' | 'before';
  /** Overrides the number of decimals, for parts of one whole and for the Explain drawer. */
  readonly decimals?: number;
};

/** What stands where a value is not known. */
export const UNKNOWN = '–';

const DECIMALS_MAX = 10;
const MINUS = '−';

/** Text and unit of a value; an unknown value has a dash and no unit. */
export function formatFigure(value: number | null, unit: FigureUnit, options: FormatOptions = {}): QuantityText {
  if (value === null || !Number.isFinite(value)) return { text: UNKNOWN, unit: '' };
  return PRINTERS[unit](value, options);
}

/** Value and unit as one piece of text: `361.7 kW`. */
export function formatWithUnit(value: number | null, unit: FigureUnit, options: FormatOptions = {}): string {
  const printed = formatFigure(value, unit, options);
  if (printed.unit === '') return printed.text;
  return printed.unit.startsWith('/') ? printed.text + printed.unit : `${printed.text} ${printed.unit}`;
}

/** A number with a fixed count of decimals, group separators and a true minus sign. */
export function formatNumber(value: number, decimals: number, locale = 'en-US'): string {
  const text = numberFormat(locale, decimals).format(value);
  return isPrintedZero(text) ? text.replace('-', '') : text.replace('-', MINUS);
}

/** Decimals of a price: three significant digits below one, two from one upwards, so that small prices stay visible. */
export function decimalsOfPrice(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 1) return 2;
  const decimals = 2 - Math.floor(Math.log10(size));
  // 0.9996 reads 1.00, not 1.000: the digits are counted after rounding.
  return size + 0.5 * 10 ** -decimals >= 1 ? 2 : Math.min(DECIMALS_MAX, decimals);
}

type Printer = (value: number, options: FormatOptions) => QuantityText;

const PRINTERS: Readonly<Record<FigureUnit, Printer>> = {
  USD: (value, options) => amount(value, '', options),
  'USD/h': (value, options) => amount(value, '/h', options),
  'USD/Mtok': (value, options) => money(value, decimalsOfPrice(value), '/Mtok', options),
  'USD/kWh': (value, options) => money(value, decimalsOfPrice(value), '/kWh', options),
  'USD/kW-month': (value, options) => money(value, 2, '/kW-month', options),
  'USD/GPU-h': (value, options) => money(value, decimalsOfPrice(value), '/GPU-h', options),
  token: (value, options) => scaled(value, 'tok', COUNT_SCALES, options),
  'token/s': (value, options) => scaled(value, 'tok/s', COUNT_SCALES, options),
  'token/J': (value, options) => plain(value, decimalsOfPrice(value), 'tok/J', options),
  'token/s/GPU': (value, options) => plain(value, Math.abs(value) < 100 ? 1 : 0, 'tok/s/GPU', options),
  'token/s/user': (value, options) => plain(value, 1, 'tok/s/user', options),
  'token/s/MW': (value, options) => scaled(value, 'tok/s/MW', COUNT_SCALES, options),
  W: (value, options) => scaled(value, 'W', WATT_SCALES, options),
  J: (value, options) => scaled(value / 3600, 'Wh', WATT_SCALES, options),
  kWh: (value, options) => scaled(value * 1000, 'Wh', WATT_SCALES, options),
  'GPU-h': (value, options) => plain(value, Math.abs(value) < 10 ? 2 : 1, 'GPU-h', options),
  s: (value, options) => (Math.abs(value) < 1 ? plain(value * 1000, 0, 'ms', options) : plain(value, 2, 's', options)),
  ratio: percent,
  factor: (value, options) => plain(value, value < 0.1 ? decimalsOfPrice(value) : 2, '×', options),
  count: (value, options) => plain(value, Number.isInteger(value) ? 0 : 1, '', options),
};

function amount(value: number, per: string, options: FormatOptions): QuantityText {
  const size = Math.abs(value);
  if (size >= 1e6 && options.decimals === undefined) {
    const { text, unit } = scaled(value, '', COUNT_SCALES, options);
    return withCurrency(text, unit, per, options);
  }
  // An amount below a cent is not nothing: it keeps its digits, while a true zero reads 0.00.
  return money(value, size > 0 && size < 0.01 ? decimalsOfPrice(value) : 2, per, options);
}

function money(value: number, decimals: number, per: string, options: FormatOptions): QuantityText {
  return withCurrency(formatNumber(value, options.decimals ?? decimals, options.locale), '', per, options);
}

function withCurrency(text: string, prefix: string, per: string, options: FormatOptions): QuantityText {
  if (options.currency !== 'before') return { text, unit: joined(prefix, `$${per}`) };
  const sign = text.startsWith(MINUS) ? MINUS : '';
  return { text: `${sign}$${text.slice(sign.length)}`, unit: joined(prefix, per) };
}

function joined(prefix: string, unit: string): string {
  return prefix === '' || unit === '' ? prefix + unit : `${prefix} ${unit}`;
}

type Scale = { readonly from: number; readonly prefix: string };

const COUNT_SCALES: readonly Scale[] = [
  { from: 1e12, prefix: 'T' },
  { from: 1e9, prefix: 'B' },
  { from: 1e6, prefix: 'M' },
  { from: 1e3, prefix: 'k' },
];

const WATT_SCALES: readonly Scale[] = [
  { from: 1e9, prefix: 'G' },
  { from: 1e6, prefix: 'M' },
  { from: 1e3, prefix: 'k' },
];

function scaled(value: number, unit: string, scales: readonly Scale[], options: FormatOptions): QuantityText {
  // A hair above its limit each scale would print as 1,000.0 of the smaller one; 0.99995 hands over before that.
  const scale = scales.find((candidate) => Math.abs(value) >= candidate.from * 0.999_95);
  if (scale === undefined)
    return plain(value, Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 1, unit, options);
  const shown = value / scale.from;
  const decimals = Math.abs(shown) < 10 ? 2 : 1;
  const isWatt = scales === WATT_SCALES;
  return plain(shown, decimals, isWatt ? scale.prefix + unit : joined(scale.prefix, unit), options);
}

function percent(value: number, options: FormatOptions): QuantityText {
  const decimals = options.decimals ?? 1;
  const least = 10 ** -decimals;
  const shown = value * 100;
  // Almost all is not all, and almost nothing is not nothing.
  if (shown > 0 && shown < least / 2) return { text: `< ${formatNumber(least, decimals, options.locale)}`, unit: '%' };
  const capped = shown < 100 ? Math.min(shown, 100 - least) : 100;
  return { text: formatNumber(capped, decimals, options.locale), unit: '%' };
}

function plain(value: number, decimals: number, unit: string, options: FormatOptions): QuantityText {
  return { text: formatNumber(value, options.decimals ?? decimals, options.locale), unit };
}

function isPrintedZero(text: string): boolean {
  return !/[1-9]/u.test(text);
}

const numberFormats = new Map<string, Intl.NumberFormat>();

/** Formatters cost far more to make than to use; there are as many as locales times decimals. */
function numberFormat(locale: string, decimals: number): Intl.NumberFormat {
  const key = `${locale} ${decimals}`;
  const known = numberFormats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  numberFormats.set(key, made);
  return made;
}
