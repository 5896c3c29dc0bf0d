import { BREAKDOWN_DIMENSIONS, type BreakdownDimension, type CallScope } from '#shared/contract/backend-api.ts';
import { TOKEN_BASES, type TokenBasis } from '#shared/model/token-basis.ts';
import { rangeFromText, rangeToText, type RangeSpec } from './range-spec.ts';

export const PAGES = [
  'overview',
  'cost',
  'idle',
  'updates',
  'compare',
  'alerts',
  'engines',
  'sources',
  'cost-book',
  'snapshots',
  'reports',
] as const;
/** The key that opens each page, in their order. */
export const PAGE_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-'] as const;

export const COST_KINDS = ['loaded', 'serving', 'marginal'] as const;
export const THEMES = ['dark', 'light', 'system'] as const;
export const ZONES = ['UTC', 'local'] as const;

/** Pages whose figures follow the range and the scope; the others show what holds now. */
export const RANGED_PAGES: readonly PageName[] = [
  'overview',
  'cost',
  'idle',
  'updates',
  'compare',
  'cost-book',
  'snapshots',
];

export type PageName = (typeof PAGES)[number];
export type CostKind = (typeof COST_KINDS)[number];
export type ThemeChoice = (typeof THEMES)[number];
export type ZoneChoice = (typeof ZONES)[number];

/** All that a link to a view carries. */
export type UrlState = {
  readonly page: PageName;
  readonly range: RangeSpec;
  readonly zone: ZoneChoice;
  readonly scope: CallScope;
  readonly basis: TokenBasis;
  readonly kind: CostKind;
  readonly by: BreakdownDimension;
  readonly theme: ThemeChoice;
  /** The part of the page that is open, in the page's own words; null: its first. */
  readonly tab: string | null;
  /** What is chosen on the page, such as a deployment; null: nothing. */
  readonly item: string | null;
};

export const URL_DEFAULTS: UrlState = {
  page: 'overview',
  range: { kind: 'last', seconds: 86_400 },
  zone: 'UTC',
  scope: {},
  basis: 'billed',
  kind: 'loaded',
  by: 'model',
  theme: 'system',
  tab: null,
  item: null,
};

export const SCOPE_KEYS = [
  'site',
  'pool',
  'rack',
  'node',
  'gpu',
  'tenant',
  'model',
  'deployment',
  'engine',
] as const satisfies readonly (keyof CallScope)[];

/** Stands for "has none" (an unplaced GPU, a node without a site): an empty name cannot be a real one. */
const NONE = '';

/** What to change to open a page: tab and choice belong to the page that is left. */
export function toPage(page: PageName): Pick<UrlState, 'page' | 'tab' | 'item'> {
  return { page, tab: null, item: null };
}

/** Reads the query part of an address. What it does not know or cannot read takes the default. */
export function urlStateFrom(search: string, defaults: UrlState = URL_DEFAULTS): UrlState {
  const query = new URLSearchParams(search);
  return {
    page: memberOf(PAGES, query.get('page')) ?? defaults.page,
    range: rangeFromText(query.get('range') ?? '') ?? defaults.range,
    zone: memberOf(ZONES, query.get('zone')) ?? defaults.zone,
    scope: scopeFrom(query),
    basis: memberOf(TOKEN_BASES, query.get('basis')) ?? defaults.basis,
    kind: memberOf(COST_KINDS, query.get('cost')) ?? defaults.kind,
    by: memberOf(BREAKDOWN_DIMENSIONS, query.get('by')) ?? defaults.by,
    theme: memberOf(THEMES, query.get('theme')) ?? defaults.theme,
    tab: textFrom(query.get('tab')),
    item: textFrom(query.get('item'), ITEM_MAX),
  };
}

/** Writes the query part of an address; what has its default is left out, so that short views have short links. */
export function urlStateTo(state: UrlState, defaults: UrlState = URL_DEFAULTS): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string, usual: string): void => {
    if (value !== usual) query.set(name, value);
  };
  put('page', state.page, defaults.page);
  put('range', rangeToText(state.range), rangeToText(defaults.range));
  put('zone', state.zone, defaults.zone);
  for (const key of SCOPE_KEYS) {
    const value = state.scope[key];
    if (value !== undefined) query.set(key, value ?? NONE);
  }
  put('basis', state.basis, defaults.basis);
  put('cost', state.kind, defaults.kind);
  put('by', state.by, defaults.by);
  put('theme', state.theme, defaults.theme);
  put('tab', state.tab ?? '', '');
  put('item', state.item ?? '', '');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

const TEXT_MAX = 512;

/** A whole scenario is a choice too. */
const ITEM_MAX = 2000;

function textFrom(value: string | null, most: number = TEXT_MAX): string | null {
  return value === null || value === '' || value.length > most ? null : value;
}

function scopeFrom(query: URLSearchParams): CallScope {
  const entries = SCOPE_KEYS.map((key) => [key, query.get(key)] as const)
    .filter(([, value]) => value !== null && value.length <= TEXT_MAX)
    .map(([key, value]) => [key, value === NONE ? null : value]);
  return Object.fromEntries(entries) as CallScope;
}

function memberOf<Member extends string>(members: readonly Member[], value: string | null): Member | null {
  return members.find((member) => member === value) ?? null;
}
