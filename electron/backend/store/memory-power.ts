import { GPU_FACT_COLUMNS, type GpuFact, type GpuFactSums, type MeterFact } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { Meter } from '#shared/model/meter.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import { bucketStart } from '#shared/time/buckets.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { BoardFact } from './board-facts.ts';
import { finestStepOf } from './bucket-slots.ts';
import { combine, compareGroups, found, partsOf, sumsOf, type Contribution } from './memory-sums.ts';
import {
  cellSecondsOf,
  METER_LADDER,
  powerSharesOf,
  type BoardCell,
  type MeterCell,
  type PowerShare,
} from './power-split.ts';
import type { FactQuery, FactRow, GpuDimension, PowerRow } from './store.ts';
import { isBridged } from './whole-facts.ts';

type PowerContents = {
  readonly gpuFacts: readonly GpuFact[];
  readonly meterFacts: readonly MeterFact[];
  readonly boardFacts: readonly BoardFact[];
  readonly seats: ReadonlyMap<string, GpuSeat>;
  readonly meters: ReadonlyMap<string, Meter>;
};

type PowerQuery = FactQuery<GpuDimension, string>;
type PowerSums = GpuFactSums & { readonly measuredJoules: number | null; readonly integratedJoules: number | null };

const COLUMNS = { ...GPU_FACT_COLUMNS, measuredJoules: 'sum', integratedJoules: 'sum' } as const;

/** GPU facts by power boundary: each fact divided by the shares of its node in each cell. */
export function powerRows(
  contents: PowerContents,
  query: PowerQuery,
  contributionsOf: (fact: GpuFact) => readonly Contribution<GpuDimension>[],
): PowerRow[] {
  const cellSeconds = cellSecondsOf(query.window, query.stepSeconds);
  const sharesAt = sharesByCell(contents, query, cellSeconds);
  const inner = {
    ...query,
    by: [...query.by, 'boundary'] as const,
    stepSeconds: Math.min(finestStepOf(query) ?? cellSeconds, cellSeconds),
    ...(query.columns !== undefined && { columns: [...query.columns, 'measuredJoules', 'integratedJoules'] }),
  };
  const rows = sumsOf<GpuFact & PowerSums, GpuDimension | 'boundary', PowerSums>(
    contents.gpuFacts as readonly (GpuFact & PowerSums)[],
    COLUMNS,
    inner,
    isBridged,
    (fact, start) => {
      const { node } = found(contents.seats, fact.seat);
      const cell = bucketStart(start, cellSeconds);
      const shares = node === null || isBridged(fact) ? UNMETERED : (sharesAt(cell, node) ?? UNMETERED);
      return contributionsOf(fact).flatMap((contribution) =>
        shares.map((share) => measured(contribution, share, fact)),
      );
    },
  );
  return mergedRows(rows, query);
}

const UNMETERED: readonly PowerShare[] = [
  { boundary: 'board', share: 1, perJoule: 0, perGpuSecond: 0, integratedShare: 0 },
];

function measured(
  { dimensions, share }: Contribution<GpuDimension>,
  part: PowerShare,
  fact: GpuFact,
): Contribution<GpuDimension | 'boundary'> {
  const joules = (fact.energyJoules ?? 0) * part.perJoule + (fact.observedSeconds ?? 0) * part.perGpuSecond;
  const values = { measuredJoules: joules, integratedJoules: joules * part.integratedShare };
  return { dimensions: { ...dimensions, boundary: part.boundary }, share: share * part.share, values };
}

/** Rows of cells become rows of the asked step. */
function mergedRows(rows: readonly FactRow<PowerSums>[], { window, stepSeconds }: PowerQuery): PowerRow[] {
  const startOf = (start: EpochMs): EpochMs => (stepSeconds === null ? window.from : bucketStart(start, stepSeconds));
  const groups = Map.groupBy(rows, (row) => JSON.stringify([startOf(row.start), row.slot ?? null, ...row.by]));
  const merged = [...groups.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const sums: Record<string, number | null> = {};
    for (const [column, aggregation] of Object.entries(COLUMNS)) {
      sums[column] = list.reduce<number | null>(
        (total, row) => combine(aggregation, total, row.sums[column as keyof PowerSums], 1),
        null,
      );
    }
    return [{ ...first, start: startOf(first.start), sums: sums as unknown as PowerSums }];
  });
  return merged.toSorted(compareGroups).map(({ by, sums: { measuredJoules, integratedJoules, ...sums }, ...row }) => {
    const boundary = by.at(-1) as PowerBoundary;
    const isBoard = boundary === 'board';
    return {
      ...row,
      by: by.slice(0, -1),
      sums,
      boundary,
      measuredJoules: isBoard ? null : measuredJoules,
      integratedJoules: isBoard ? null : integratedJoules,
    };
  });
}

type SharesAt = (cell: EpochMs, node: string) => readonly PowerShare[] | null;

function sharesByCell(contents: PowerContents, { window }: PowerQuery, cellSeconds: number): SharesAt {
  const grid = { window, stepSeconds: cellSeconds };
  const boards = boardCells(contents, grid);
  const meters = meterCells(contents, grid);
  const shares = new Map<string, readonly PowerShare[]>();
  for (const [key, { cell, node, rack, board }] of boards) {
    const measuredHere = METER_LADDER.map(
      (rung) =>
        meters.get(JSON.stringify([cell, rung.boundary, rung.place, rung.place === 'node' ? node : rack])) ?? null,
    );
    const rackBoard = rack === null ? NO_BOARD : rackBoardOf(contents, boards, { cell, rack, cellSeconds });
    shares.set(key, powerSharesOf(measuredHere, { node: board, rack: rackBoard }));
  }
  return (cell, node) => shares.get(JSON.stringify([cell, node])) ?? null;
}

type Grid = { readonly window: PowerQuery['window']; readonly stepSeconds: number };
type NodeCell = {
  readonly cell: EpochMs;
  readonly node: string;
  readonly rack: string | null;
  readonly board: BoardCell;
  /** What of it was drawn in each rack: a node that moved was in two. */
  readonly byRack: ReadonlyMap<string, BoardCell>;
};

const NO_BOARD: BoardCell = { energyJoules: 0, energySeconds: 0, gpuSeconds: 0, observedSeconds: 0 };

function boardCells({ boardFacts, seats }: PowerContents, grid: Grid): ReadonlyMap<string, NodeCell> {
  const cells = new Map<string, NodeCell>();
  for (const fact of boardFacts) {
    const { node, rack } = found(seats, fact.seat);
    if (node === null) continue;
    for (const { start: cell, share } of partsOf(fact, false, grid)) {
      const key = JSON.stringify([cell, node]);
      const known = cells.get(key);
      const length = cellLength(cell, grid);
      const byRack = new Map(known?.byRack);
      if (rack !== null) byRack.set(rack, added(byRack.get(rack) ?? NO_BOARD, fact, share, length));
      const racks = [known?.rack ?? null, rack].filter((one) => one !== null).toSorted();
      const board = added(known?.board ?? NO_BOARD, fact, share, length);
      cells.set(key, { cell, node, rack: racks.at(-1) ?? null, board, byRack });
    }
  }
  return cells;
}

function cellLength(cell: EpochMs, { window, stepSeconds }: Grid): number {
  return (Math.min(cell + stepSeconds * 1000, window.to) - Math.max(cell, window.from)) / 1000;
}

function added(board: BoardCell, fact: BoardFact, share: number, length: number): BoardCell {
  return {
    energyJoules: board.energyJoules + (fact.energyJoules ?? 0) * share,
    energySeconds: Math.min(length, board.energySeconds + (fact.energySeconds ?? 0) * share),
    gpuSeconds: board.gpuSeconds + (fact.gpuSeconds ?? 0) * share,
    observedSeconds: Math.min(length, board.observedSeconds + (fact.observedSeconds ?? 0) * share),
  };
}

/** Seconds of a rack are the mean of its GPUs': a node that nobody watched has none, and its part is given to nobody. */
function rackBoardOf(
  { seats }: PowerContents,
  boards: ReadonlyMap<string, NodeCell>,
  { cell, rack, cellSeconds }: { readonly cell: EpochMs; readonly rack: string; readonly cellSeconds: number },
): BoardCell {
  const end = epochMs(cell + cellSeconds * 1000);
  const owned = [...seats.values()].filter(
    (seat) => seat.node !== null && seat.rack === rack && seat.since < end && (seat.until ?? Infinity) > cell,
  );
  const gpusByNode = Map.groupBy(owned, (seat) => seat.node);
  const nodes = [...gpusByNode].map(([node, list]) => ({
    gpus: new Set(list.map((seat) => seat.gpu)).size,
    board: boards.get(JSON.stringify([cell, node]))?.byRack.get(rack) ?? NO_BOARD,
  }));
  const total = (read: (board: BoardCell) => number): number => nodes.reduce((sum, { board }) => sum + read(board), 0);
  const gpus = nodes.reduce((sum, node) => sum + node.gpus, 0);
  const mean = (read: (board: BoardCell) => number): number =>
    nodes.reduce((sum, node) => sum + read(node.board) * node.gpus, 0) / gpus;
  return {
    energyJoules: total((board) => board.energyJoules),
    energySeconds: mean((board) => board.energySeconds),
    gpuSeconds: total((board) => board.gpuSeconds),
    observedSeconds: mean((board) => board.observedSeconds),
  };
}

function meterCells({ meterFacts, meters }: PowerContents, grid: Grid): ReadonlyMap<string, MeterCell> {
  const cells = new Map<string, MeterCell>();
  for (const fact of meterFacts) {
    const { node, rack, boundary } = found(meters, fact.meter);
    const place = node === null ? 'rack' : 'node';
    for (const { start: cell, share } of partsOf(fact, false, grid)) {
      const key = JSON.stringify([cell, boundary, place, node ?? rack]);
      const known = cells.get(key) ?? { seconds: 0, joules: 0, integratedJoules: 0 };
      cells.set(key, {
        seconds: known.seconds + (fact.observedSeconds ?? 0) * share,
        joules: known.joules + (fact.energyJoules ?? 0) * share,
        integratedJoules: known.integratedJoules + (fact.energyIntegratedJoules ?? 0) * share,
      });
    }
  }
  return cells;
}
