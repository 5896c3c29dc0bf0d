import type { DuckDBConnection } from '@duckdb/node-api';
import type { EpochMs } from '#shared/time/instant.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { instantOf, rowsOf, TIER_SECONDS, TIERS, type FamilyName, type Tier } from './rows.ts';

export type TierState = {
  /** The tier holds all facts that start before this instant; null before the first roll-up. Unused for raw. */
  readonly rolledUntil: EpochMs | null;
  /** Facts that start before this instant were forgotten; null while none were. */
  readonly keptFrom: EpochMs | null;
  /** Rows of minutes are hours spread by their groups, and have the start of the hour in `hour_ts`: see join-groups.ts. */
  readonly isSpread?: true;
};

export type TierStates = Readonly<Record<Tier, TierState>>;

/** Where a family differs from the others, as in an opened snapshot of a large fleet, its state goes by both names. */
export async function loadTiers(connection: DuckDBConnection, family?: FamilyName): Promise<TierStates> {
  const rows = await rowsOf(connection, 'SELECT * FROM tier');
  const stateOf = (tier: Tier): TierState => {
    const row = rows.find(({ name }) => name === `${tier} ${family}`) ?? rows.find(({ name }) => name === tier);
    const isSpread = rows.some(({ name }) => name === `${tier} ${family} spread`);
    return {
      rolledUntil: instantOf(row?.['rolled_until_ms']),
      keptFrom: instantOf(row?.['kept_from_ms']),
      ...(isSpread && { isSpread }),
    };
  };
  return { raw: stateOf('raw'), minute: stateOf('minute'), hour: stateOf('hour') };
}

/** A part of a window that is read from one tier. `isWhole`: no row of it lies across an edge of the part or a bucket. */
export type Piece = TimeRange & { readonly tier: Tier; readonly isWhole: boolean; readonly isSpread?: true };

/**
 * Which tier answers which part of a window: the coarsest whose buckets tile the part and the step. Where raw facts
 * are forgotten, the finest tier that is left is read in their place, its rows divided in proportion.
 */
export function piecesOf(window: TimeRange, stepSeconds: number | null, tiers: TierStates): readonly Piece[] {
  if (window.from >= window.to) return [];
  const pieces: Piece[] = [];
  const cuts = cutsOf(window, tiers);
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const piece = pieceOf({ from, to: cuts[index + 1] ?? from }, window, stepSeconds, tiers);
    const last = pieces.at(-1);
    if (last?.tier === piece.tier && last.isWhole === piece.isWhole)
      pieces[pieces.length - 1] = { ...last, to: piece.to };
    else pieces.push(piece);
  }
  return pieces;
}

/** All instants inside a window at which another tier may take over, with the window's own edges. */
function cutsOf(window: TimeRange, tiers: TierStates): readonly EpochMs[] {
  const inner = TIERS.flatMap((tier) => [
    alignUp(window.from, TIER_SECONDS[tier]),
    alignDown(window.to, TIER_SECONDS[tier]),
    tiers[tier].rolledUntil ?? window.to,
    tiers[tier].keptFrom ?? window.from,
  ]);
  const inside = inner.filter((at) => at > window.from && at < window.to);
  return [...new Set([window.from, ...inside, window.to])].toSorted((one, other) => one - other);
}

function pieceOf(part: TimeRange, window: TimeRange, stepSeconds: number | null, tiers: TierStates): Piece {
  const coarseFirst = (['hour', 'minute', 'raw'] as const).filter((tier) => holds(tiers, tier, part));
  const tiling = coarseFirst.find((tier) => tiles(tier, part, window, stepSeconds));
  const tier = tiling ?? coarseFirst.at(-1) ?? 'raw';
  const isSpread = tiers[tier].isSpread === true;
  return { ...part, tier, isWhole: tiling !== undefined, ...(isSpread && { isSpread }) };
}

function holds(tiers: TierStates, tier: Tier, part: TimeRange): boolean {
  const { rolledUntil, keptFrom } = tiers[tier];
  const isRolled = tier === 'raw' || (rolledUntil !== null && part.to <= rolledUntil);
  return isRolled && (keptFrom === null || part.from >= keptFrom);
}

function tiles(tier: Tier, part: TimeRange, window: TimeRange, stepSeconds: number | null): boolean {
  const length = TIER_SECONDS[tier];
  const isInside = part.from >= alignUp(window.from, length) && part.to <= alignDown(window.to, length);
  return isInside && (stepSeconds === null || stepSeconds % length === 0);
}

/** A condition that lets whole hours be skipped, where rows have their hour; to be added to others. */
export function hoursSql({ isSpread, from, to }: Piece): string {
  if (isSpread !== true) return '';
  // A row may reach into the piece from the minute before it.
  const first = alignDown(epochMs(from - TIER_SECONDS.minute * 1000), TIER_SECONDS.hour);
  return ` AND hour_ts >= make_timestamp(${first}000) AND hour_ts < make_timestamp(${Math.ceil(to)}000)`;
}

export function alignDown(at: EpochMs, seconds: number): EpochMs {
  return epochMs(Math.floor(at / (seconds * 1000)) * seconds * 1000);
}

function alignUp(at: EpochMs, seconds: number): EpochMs {
  return epochMs(Math.ceil(at / (seconds * 1000)) * seconds * 1000);
}
