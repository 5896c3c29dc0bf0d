import type { TimeRange } from '#shared/time/time-range.ts';
import { PLAUSIBLE_SHARE_MIN, SHARE_ROUNDING, type Rung } from '../power-split.ts';
import { BOARD_FAMILY, METER_FAMILY } from './rows.ts';
import { pieceSql, type Parameters } from './select.ts';
import { piecesOf, type TierStates } from './tiers.ts';

/** The cells of a window, and the rungs of the ladder that any meter stands on. */
export type CellGrid = {
  readonly window: TimeRange;
  readonly cellMs: number;
  readonly rungs: readonly Rung[];
  readonly tiers: Readonly<Record<'board' | 'meter', TierStates>>;
};

/**
 * Common table expressions, on top of `place` (seats with their nodes), that end in `split`: the shares of each node and
 * cell,
 * `powerSharesOf` in power-split.ts works out, as SQL, because the cells of a week of a large fleet are 20,000.
 * test/backend/store holds both to the same answers.
 */
export function powerSplitSql(grid: CellGrid, parameters: Parameters): string {
  const places = new Set(grid.rungs.map(({ place }) => place));
  const meters = [...places].map((place) => `${place}_meter AS (${meterSql(grid, place, parameters)})`);
  return [
    `board AS MATERIALIZED (${boardSql(grid, parameters)})`,
    `node_board AS (${NODE_BOARD})`,
    ...(places.has('rack') ? [`gpu_count AS (${gpuCountSql(grid)})`, `rack_board AS (${RACK_BOARD})`] : []),
    ...meters,
    `cover AS MATERIALIZED (${coverSql(grid.rungs, places)})`,
    `split AS MATERIALIZED (${splitSql(grid.rungs)})`,
  ].join(', ');
}

/** Energy and watched time of the boards of each node and rack in each cell, no longer than the cell. */
function boardSql(grid: CellGrid, parameters: Parameters): string {
  const { window, cellMs } = grid;
  const length = `(least(bucket_ms + ${cellMs}, ${window.to}) - greatest(bucket_ms, ${window.from})) / 1000`;
  return `SELECT bucket_ms AS cell_ms, node_id, node, rack, coalesce(sum(energy_joules), 0) AS joules,
      least(${length}, coalesce(sum(energy_seconds), 0)) AS joule_seconds,
      coalesce(sum(gpu_seconds), 0) AS gpu_seconds,
      least(${length}, coalesce(sum(observed_seconds), 0)) AS seconds, ${length} AS length
    FROM (${cellsSql(grid, 'board', parameters)}) fact JOIN place USING (seat_id)
    WHERE node_id IS NOT NULL GROUP BY bucket_ms, node_id, node, rack`;
}

function cellsSql({ window, cellMs, tiers }: CellGrid, name: 'board' | 'meter', parameters: Parameters): string {
  const family = name === 'board' ? BOARD_FAMILY : METER_FAMILY;
  const query = { window, stepSeconds: cellMs / 1000 };
  return piecesOf(window, query.stepSeconds, tiers[name])
    .map((piece) => pieceSql(family, piece, query, parameters))
    .join(' UNION ALL ');
}

const NODE_BOARD = `SELECT cell_ms, node_id, max(rack) AS rack, sum(joules) AS joules,
  least(max(length), sum(joule_seconds)) AS joule_seconds, sum(gpu_seconds) AS gpu_seconds,
  least(max(length), sum(seconds)) AS seconds FROM board GROUP BY cell_ms, node_id`;

/** GPUs owned in each rack, by node, in each cell that has facts. */
function gpuCountSql({ cellMs }: CellGrid): string {
  return `SELECT cell_ms, rack, node, count(DISTINCT gpu) AS gpus
    FROM (SELECT DISTINCT cell_ms FROM board)
    JOIN seat ON since_ms < cell_ms + ${cellMs} AND coalesce(until_ms, 'infinity'::DOUBLE) > cell_ms
    WHERE node IS NOT NULL AND rack IS NOT NULL GROUP BY ALL`;
}

/** Seconds of a rack are the mean of its GPUs': a node that nobody watched has none, and its part is given to nobody. */
const RACK_BOARD = `SELECT gpu_count.cell_ms, gpu_count.rack, sum(joules) AS joules,
    sum(coalesce(joule_seconds, 0) * gpus) / sum(gpus) AS joule_seconds, sum(gpu_seconds) AS gpu_seconds,
    sum(coalesce(seconds, 0) * gpus) / sum(gpus) AS seconds
  FROM gpu_count LEFT JOIN board USING (cell_ms, rack, node) GROUP BY ALL`;

function meterSql(grid: CellGrid, place: 'node' | 'rack', parameters: Parameters): string {
  const rungs = grid.rungs.filter((rung) => rung.place === place);
  const of = (column: string, boundary: string): string =>
    `coalesce(sum(${column}) FILTER (boundary = '${boundary}'), 0)`;
  const columns = rungs.flatMap(({ boundary }) => [
    `${of('observed_seconds', boundary)} AS ${boundary}_seconds`,
    `${of('energy_joules', boundary)} AS ${boundary}_joules`,
    `${of('energy_integrated_joules', boundary)} AS ${boundary}_integrated`,
  ]);
  const where = place === 'node' ? 'meter.node IS NOT NULL' : 'meter.node IS NULL AND meter.rack IS NOT NULL';
  const key = place === 'node' ? 'node_id' : 'meter.rack';
  const nodes =
    place === 'node' ? 'JOIN (SELECT DISTINCT node_id, node FROM place) node ON node.node = meter.node' : '';
  return `SELECT bucket_ms AS cell_ms, ${key}, ${columns.join(', ')}
    FROM (${cellsSql(grid, 'meter', parameters)}) fact JOIN meter ON meter.id = fact.meter_id ${nodes}
    WHERE ${where} GROUP BY bucket_ms, ${key}`;
}

/**
 * One row per node and cell: for each rung `share_N`, what it could take of the cell if no wider one took any, and what
 * it measures in it. Each step is a query over the one before: an alias used in its own query is written out again.
 */
function coverSql(rungs: readonly Rung[], places: ReadonlySet<string>): string {
  const joins = [
    ...(places.has('node') ? ['LEFT JOIN node_meter USING (cell_ms, node_id)'] : []),
    ...(places.has('rack')
      ? ['LEFT JOIN rack_board USING (cell_ms, rack)', 'LEFT JOIN rack_meter USING (cell_ms, rack)']
      : []),
  ];
  const eachRung = (columns: (rung: Rung, index: number) => string): string => rungs.map(columns).join(', ');
  const from = `SELECT cell_ms, node_id, ${eachRung(inputColumns)} FROM node_board ${joins.join(' ')}`;
  const measured = `SELECT *, ${eachRung(measuredColumns)} FROM (${from})`;
  return `SELECT *, ${eachRung(shareColumn)} FROM (${measured})`;
}

function inputColumns({ boundary, place }: Rung, index: number): string {
  const meter = (column: string): string => `coalesce(${place}_meter.${boundary}_${column}, 0)`;
  const board = (column: string): string => `coalesce(${place}_board.${column}, 0)`;
  const byEnergy = `${board('joules')} > 0 AND ${board('joule_seconds')} > 0`;
  return `${byEnergy} AS by_energy_${index},
    CASE WHEN ${byEnergy} THEN ${board('joules')} ELSE ${board('gpu_seconds')} END AS weight_${index},
    CASE WHEN ${byEnergy} THEN ${board('joule_seconds')} ELSE ${board('seconds')} END AS board_seconds_${index},
    ${meter('seconds')} AS seconds_${index}, ${meter('joules')} AS joules_${index},
    CASE WHEN ${meter('joules')} = 0 THEN 0 ELSE ${meter('integrated')} / ${meter('joules')} END AS integrated_${index}`;
}

function measuredColumns(_rung: Rung, index: number): string {
  const ratio = `seconds_${index} / board_seconds_${index}`;
  return `CASE WHEN seconds_${index} <= 0 OR weight_${index} <= 0 OR board_seconds_${index} <= 0 THEN 0
    WHEN ${ratio} >= 1 - ${SHARE_ROUNDING} THEN 1 WHEN ${ratio} <= ${SHARE_ROUNDING} THEN 0 ELSE ${ratio} END AS ratio_${index},
    joules_${index} * least(1, board_seconds_${index} / nullif(seconds_${index}, 0)) AS measured_${index}`;
}

/** A meter that reads less than the boards that it holds takes nothing. */
function shareColumn({ boundary }: Rung, index: number): string {
  const boards = `CASE WHEN by_energy_${index} THEN weight_${index} * ratio_${index} ELSE 0 END`;
  const isBelieved = `measured_${index} >= (${boards}) * ${PLAUSIBLE_SHARE_MIN}`;
  const share = `ratio_${index}`;
  return `${boundary === 'cpu' ? share : `CASE WHEN ${isBelieved} THEN ${share} ELSE 0 END`} AS share_${index}`;
}

/** Each rung takes what it covers beyond all wider ones; the boards take what is left. */
function splitSql(rungs: readonly Rung[]): string {
  const widest = (count: number): string =>
    `greatest(${['0', ...Array.from({ length: count }, (_, rung) => `share_${rung}`)].join(', ')})`;
  const measured = rungs.map(({ boundary }, index) => {
    const use = `share_${index} - ${widest(index)}`;
    const per = `measured_${index} / (weight_${index} * share_${index})`;
    // CPU sockets stand beside the boards, all others hold them.
    const perJoule = boundary === 'cpu' ? `1 + ${per}` : per;
    return `SELECT cell_ms, node_id, '${boundary}' AS boundary, ${use} AS share,
      CASE WHEN by_energy_${index} THEN ${perJoule} ELSE 0 END AS per_joule,
      CASE WHEN by_energy_${index} THEN 0 ELSE ${per} END AS per_gpu_second, integrated_${index} AS integrated_share
      FROM cover WHERE ${use} > 0`;
  });
  const left = `1 - ${widest(rungs.length)}`;
  return [...measured, `SELECT cell_ms, node_id, 'board', ${left}, 0, 0, 0 FROM cover WHERE ${left} > 0`].join(
    ' UNION ALL ',
  );
}
