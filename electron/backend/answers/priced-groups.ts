import type { BucketSlots } from '#backend/store/bucket-slots.ts';
import type { FactQuery, FactRow, GpuDimension, PowerRow, Scope, Store } from '#backend/store/store.ts';
import { pricedPieces } from '#shared/cost/hourly-rates.ts';
import { placesNamedBy, type GpuPlace, type PriceDimension } from '#shared/cost/matching-price.ts';
import { createPricer, type Pricer } from '#shared/cost/pricer.ts';
import { tariffCalendar, type TariffCalendar } from '#shared/cost/tariff-calendar.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { CostBook, CostBookRevision } from '#shared/model/cost-book.ts';
import type { EngineFactColumn, EngineFactSums, GpuFactColumn, GpuFactSums } from '#shared/model/fact.ts';
import type { Coverage } from '#shared/model/figure.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import { UNKNOWN_SKU, type GpuSeat } from '#shared/model/gpu.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { demandHours, demandShares, type DemandHours } from './demand-charges.ts';
import { engineWork } from './engine-work.ts';
import { foldedHours } from './folded-hours.ts';
import { bucketsOf, isPhysical, presenceOf, type PhysicalDimension } from './presence.ts';
import {
  addCoverage,
  mergeGroups,
  type GroupParts,
  type PowerBasis,
  type PricedGroup,
  type TokenPiece,
  type UsageLine,
} from './priced-group.ts';
import { unusedLines } from './unused-commitments.ts';

export type GroupDimension =
  | 'site'
  | 'pool'
  | 'rack'
  | 'node'
  | 'gpu'
  | 'model'
  | 'deployment'
  | 'tenant'
  | 'engine'
  | 'version';

export type GroupQuery = {
  readonly window: TimeRange;
  readonly scope: CallScope;
  /** At most one dimension: none is the scope as a whole. */
  readonly by: readonly GroupDimension[];
  readonly stepSeconds: number | null;
};

/** The groups of a scope in order of time, and the scope as a whole: all groups added, or the empty group. */
export type PricedGroups = { readonly groups: readonly PricedGroup[]; readonly whole: PricedGroup };

/**
 * Facts of a scope and window, grouped and priced piece by piece, so that a price that changes inside the window is used
 * only for its own time. Time that no GPU fact covers is owned all the same: it is priced as `unobserved`.
 */
export async function pricedGroups(store: Store, book: CostBook, query: GroupQuery): Promise<PricedGroups> {
  const { window } = query;
  const hours = demandHours(store, book, { window, columns: isOfWholeFleet(query) ? GPU_COLUMNS : ['energyJoules'] });
  const [demand, rows] = await Promise.all([
    hours.then(demandShares),
    Promise.all(pricedPieces(book, window).map((piece) => readPiece(store, { ...query, ...piece }, hours))),
  ]);
  const pieces = rows.map((piece) => {
    const { revision, calendar } = piece;
    return groupsOf(piece, createPricer(revision, { calendar, demand }), query);
  });
  const parts = pieces.flatMap((piece) => piece.groups);
  const hardware = coverageByPlace(pieces.flatMap((piece) => piece.hardware));
  const groups = [...Map.groupBy(parts, keyOfGroup).values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    return mergeGroups(list, { ...first, coverage: hardware.get(placeOf(first, query.by)) ?? NOTHING_EXPECTED });
  });
  const whole = { by: [], start: query.window.from, coverage: addCoverage([...hardware.values()]) };
  return { groups: groups.toSorted((one, other) => one.start - other.start), whole: mergeGroups(parts, whole) };
}

const NOTHING_EXPECTED: Coverage = { observedSeconds: 0, expectedSeconds: 0 };

/** What GPUs must be told apart by besides what is asked: only what a price of the revision names. */
export function placesTold(revision: CostBookRevision): readonly PriceDimension[] {
  const named = placesNamedBy(revision);
  const needsSite = revision.siteEnergy.length > 0 || revision.energy.demandUsdPerKilowattMonth > 0;
  return needsSite && !named.includes('site') ? [...named, 'site'] : named;
}

function keyOfGroup(group: GroupParts): string {
  return JSON.stringify([group.by, group.start]);
}

/** Owned and observed GPU time of one product in one place and bucket. */
type Hardware = {
  readonly by: readonly (string | null)[];
  readonly start: EpochMs;
  readonly sku: string;
  readonly place: GpuPlace;
  readonly coverage: Coverage;
};

type Place = { readonly by: readonly (string | null)[]; readonly start: EpochMs };

/**
 * Where a group stands in the physical tree: its values of logical dimensions are left out, because nobody knows what an
 * unheard GPU would have run. So every model wears the coverage of the hardware behind all of them.
 */
function placeOf(group: Place, by: readonly GroupDimension[]): string {
  return JSON.stringify([group.by.map((value, index) => (isPhysical(by[index] ?? '') ? value : null)), group.start]);
}

function coverageByPlace(hardware: readonly Hardware[]): ReadonlyMap<string, Coverage> {
  const places = Map.groupBy(hardware, (item) => JSON.stringify([item.by, item.start]));
  return new Map([...places].map(([place, list]) => [place, addCoverage(list.map((item) => item.coverage))]));
}

/** What the store says about one piece of the window. */
type PieceRows = {
  readonly window: TimeRange;
  readonly revision: CostBookRevision;
  /** Null where electricity costs the same at all hours. */
  readonly calendar: TariffCalendar | null;
  /** Dimensions by which prices tell GPUs apart. */
  readonly places: readonly PriceDimension[];
  /** By the asked dimensions, product, places and state, then by node where power bases are asked for. */
  readonly gpuRows: readonly PowerRow[];
  readonly engineRows: readonly FactRow<EngineFactSums>[];
  readonly seats: readonly GpuSeat[];
  /** Observed time of all hardware in the physical scope, whatever runs on it, by place and product first. */
  readonly observedRows: readonly FactRow<GpuFactSums>[];
};

async function readPiece(
  store: Store,
  query: GroupQuery & { readonly revision: CostBookRevision },
  demand: Promise<readonly DemandHours[]>,
): Promise<PieceRows> {
  const { window, revision, scope, by, stepSeconds } = query;
  const piece = { window, stepSeconds };
  const places = placesTold(revision);
  const calendar = tariffCalendar(revision, window);
  const isAllPhysical = [...by, ...Object.keys(definedOnly(scope))].every(isPhysical);
  const hardware = {
    ...piece,
    scope: physicalScopeOf(scope),
    by: [...by.filter(isPhysicalGroup), 'sku', ...places] as const,
  };
  const hasMeters = (await store.meters(window)).length > 0;
  const nodes = hasMeters && stepSeconds === null ? (['node'] as const) : [];
  const told = [...by, 'sku', ...places, 'state', ...nodes] as const;
  const gpus = {
    ...piece,
    ...slotsOf(calendar),
    scope: definedOnly<GpuDimension>(scope),
    by: told,
    columns: GPU_COLUMNS,
  };
  const [gpuRows, engineRows, seats, observedRows] = await Promise.all([
    powerRows(store, gpus, isOfWholeFleet(query) && !hasMeters ? demand : null),
    engineWork(store, { ...piece, scope, by: engineDimensions(by, revision), columns: ENGINE_COLUMNS }),
    store.seats(window),
    isAllPhysical ? null : store.gpuFacts({ ...hardware, columns: ['observedSeconds'] }),
  ]);
  return { window, revision, calendar, places, gpuRows, engineRows, seats, observedRows: observedRows ?? gpuRows };
}

/** Whether a question is about all GPUs as one: such can be answered from the hours that demand charges rest on. */
function isOfWholeFleet({ scope, by, stepSeconds }: GroupQuery): boolean {
  return by.length === 0 && stepSeconds === null && Object.keys(definedOnly(scope)).length === 0;
}

async function powerRows(
  store: Store,
  query: FactQuery<GpuDimension, GpuFactColumn>,
  demand: Promise<readonly DemandHours[]> | null,
): Promise<readonly PowerRow[]> {
  const { window, by, slots, columns = [] } = query;
  const known =
    slots === undefined || demand === null ? null : foldedHours(await demand, { window, told: by, slots, columns });
  return known ?? (await store.powerFacts(query));
}

/** What engines are told apart by: also by model, where models have weights of their own. */
function engineDimensions(by: readonly GroupDimension[], { modelWeights }: CostBookRevision): GroupDimension[] {
  return modelWeights.length === 0 ? [...by] : [...by, 'model'];
}

/** Kinds of hours to tell apart: none where all hours of the window are of one kind. */
function slotsOf(calendar: TariffCalendar | null): { readonly slots?: BucketSlots } {
  if (calendar === null || calendar.kinds.length < 2) return {};
  return { slots: { stepSeconds: calendar.stepSeconds, first: calendar.first, of: calendar.kindOf } };
}

export const GPU_COLUMNS = [
  'observedSeconds',
  'bridgedSeconds',
  'energyJoules',
  'energyIntegratedJoules',
  'energySeconds',
] as const satisfies readonly GpuFactColumn[];

const ENGINE_COLUMNS = [
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'restarts',
] as const satisfies readonly EngineFactColumn[];

function groupsOf(
  rows: PieceRows,
  pricer: Pricer,
  query: GroupQuery,
): { readonly groups: readonly GroupParts[]; readonly hardware: readonly Hardware[] } {
  const { by, stepSeconds } = query;
  const startOf = (start: EpochMs): EpochMs => (stepSeconds === null ? query.window.from : start);
  const hardware = hardwareOf(rows, query, startOf);
  const drafts = new Map<string, Draft>();
  const draftOf = (key: readonly (string | null)[], start: EpochMs): Draft => {
    const name = JSON.stringify([key, start]);
    const draft = drafts.get(name) ?? emptyDraft(key, start);
    drafts.set(name, draft);
    return draft;
  };
  for (const row of rows.gpuRows) {
    const draft = draftOf(row.by.slice(0, by.length), startOf(row.start));
    const line = lineOf(row, by.length, rows.places, pricer);
    draft.lines.push(line);
    const node = row.by[by.length + rows.places.length + 2];
    if (node === undefined || line.energyJoules === null) continue;
    draft.powerBases.push({ node, boundary: line.boundary, gpuSeconds: line.energySeconds });
  }
  for (const row of rows.engineRows) {
    const draft = draftOf(row.by.slice(0, by.length), startOf(row.start));
    addEngineRow(draft, row.sums, weightsOf(pricer.revision, row.by[by.length] ?? null));
  }
  if (!asksForRunning(query.scope)) {
    for (const item of hardware) draftOf(item.by, item.start).lines.push(unseenLine(item, pricer));
    const buckets = bucketsOf(rows.window, stepSeconds);
    const unused = unusedLines(pricer, rows.seats, { scope: query.scope, by, buckets });
    for (const item of unused) draftOf(item.by, startOf(item.start)).lines.push(item.line);
  }
  return { groups: [...drafts.values()], hardware };
}

/** Owned time by place, product and bucket, with what was observed of it. */
function hardwareOf(rows: PieceRows, query: GroupQuery, startOf: (start: EpochMs) => EpochMs): Hardware[] {
  const { by, scope, stepSeconds } = query;
  const asked = by.filter(isPhysicalGroup);
  const physicalBy: readonly PhysicalDimension[] = [...asked, 'sku', ...rows.places];
  const keyOf = (row: Place): string => JSON.stringify([row.by.slice(0, physicalBy.length), startOf(row.start)]);
  const observedRows = Map.groupBy(rows.observedRows, keyOf);
  const observedSeconds = (item: Place): number =>
    sumOf(observedRows.get(keyOf(item)) ?? [], (row) => row.sums.observedSeconds ?? 0);
  const ask = { window: rows.window, scope: physicalScopeOf(scope), by: physicalBy, stepSeconds };
  return presenceOf(rows.seats, ask).map((item) => ({
    by: by.map((name, index) => (isPhysical(name) ? (item.by[index] ?? null) : null)),
    start: startOf(item.start),
    sku: item.by[asked.length] ?? UNKNOWN_SKU,
    place: placeFrom(item.by, asked.length + 1, rows.places),
    coverage: {
      observedSeconds: Math.min(item.gpuSeconds, observedSeconds(item)),
      expectedSeconds: item.gpuSeconds,
    },
  }));
}

/** Owned time that was not observed is time too: it costs its capital. */
export function unseenLine(
  { sku, place, coverage }: Pick<Hardware, 'sku' | 'place' | 'coverage'>,
  pricer: Pricer,
): UsageLine {
  const nothing = { energyJoules: null, integratedJoules: 0, energySeconds: 0, bridgedSeconds: 0 };
  return {
    revision: pricer.revision,
    rates: pricer.ratesOf(sku, place),
    tariff: pricer.tariffOf(place.site ?? null, undefined),
    sku,
    state: 'unobserved',
    gpuSeconds: coverage.expectedSeconds - coverage.observedSeconds,
    boundary: 'board',
    ...nothing,
  };
}

/** Values of the place dimensions, which stand in a row of keys from an index on. */
export function placeFrom(keys: readonly (string | null)[], from: number, places: readonly PriceDimension[]): GpuPlace {
  return Object.fromEntries(places.map((name, index) => [name, keys[from + index] ?? null]));
}

export function lineOf(
  row: PowerRow,
  dimensions: number,
  places: readonly PriceDimension[],
  pricer: Pricer,
): UsageLine {
  const { sums, boundary } = row;
  const isBoard = boundary === 'board';
  const sku = row.by[dimensions] ?? UNKNOWN_SKU;
  const place = placeFrom(row.by, dimensions + 1, places);
  return {
    revision: pricer.revision,
    rates: pricer.ratesOf(sku, place),
    tariff: pricer.tariffOf(place.site ?? null, row.slot ?? 0),
    sku,
    state: (row.by[dimensions + 1 + places.length] ?? 'unobserved') as GpuState,
    gpuSeconds: sums.observedSeconds ?? 0,
    boundary,
    energyJoules: isBoard ? sums.energyJoules : row.measuredJoules,
    integratedJoules: (isBoard ? sums.energyIntegratedJoules : row.integratedJoules) ?? 0,
    // A meter covers all of its GPUs' time, whether their own boards are measured or not.
    energySeconds: (isBoard ? sums.energySeconds : sums.observedSeconds) ?? 0,
    bridgedSeconds: sums.bridgedSeconds ?? 0,
  };
}

type Draft = GroupParts & {
  readonly lines: UsageLine[];
  readonly powerBases: PowerBasis[];
  tokenPieces: GroupParts['tokenPieces'];
  restarts: number;
};

function emptyDraft(by: readonly (string | null)[], start: EpochMs): Draft {
  return { by, start, lines: [], powerBases: [], tokenPieces: [], restarts: 0, coverage: NOTHING_EXPECTED };
}

function addEngineRow(draft: Draft, sums: EngineFactSums, weights: Omit<TokenPiece, 'counts'>): void {
  draft.restarts += sums.restarts ?? 0;
  if (sums.inputTokens === null && sums.outputTokens === null) return;
  const counts = { input: sums.inputTokens ?? 0, cached: sums.cachedTokens, output: sums.outputTokens ?? 0 };
  draft.tokenPieces = [...draft.tokenPieces, { ...weights, counts }];
}

/** What tokens of a model weigh: its own weights, else the general ones. */
function weightsOf(revision: CostBookRevision, model: string | null): Omit<TokenPiece, 'counts'> {
  const own = revision.modelWeights.find((one) => one.model === model);
  return own === undefined
    ? { revision, weights: revision.weights, model: null }
    : { revision, weights: own.weights, model: own.model };
}

function isPhysicalGroup(name: GroupDimension): name is GroupDimension & PhysicalDimension {
  return isPhysical(name);
}

export function physicalScopeOf(scope: CallScope): Scope<PhysicalDimension> {
  return Object.fromEntries(Object.entries(scope).filter(([name, value]) => isPhysical(name) && value !== undefined));
}

/**
 * Whether a scope asks for something that runs: a model or an engine. Unheard GPU time belongs to none of them; it belongs
 * to what has none, which is asked for by null.
 */
export function asksForRunning(scope: CallScope): boolean {
  return Object.entries(scope).some(([name, value]) => !isPhysical(name) && value !== undefined && value !== null);
}

/** The scope as a filter of GPU facts. */
export function gpuScopeOf(scope: CallScope): Scope<GpuDimension> {
  return definedOnly(scope);
}

/** The scope as the store's filter: what is left out does not filter. */
export function definedOnly<Dimension extends string>(scope: CallScope): Scope<Dimension> {
  return Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined)) as Scope<Dimension>;
}
