import type { DuckDBConnection } from '@duckdb/node-api';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import {
  GROUPED_FAMILIES,
  groupsOfKey,
  groupTableOf,
  mapSql,
  type FactGroups,
  type GroupedFamily,
} from './fact-groups.ts';
import { instantOf, numberOf, rowsOf, tableOf } from './rows.ts';

/** Sums of hours and of minutes may differ by what was rounded on the way out: by this share, and this much. */
const SHARE_MAX = 1e-6;
const AMOUNT_MAX = 1;

/**
 * Puts a view in the place of a family's minutes: each thing's hour, spread over its minutes as its group's. So minutes add
 * to the hours of each thing, and things to the minutes of their group, which are what was measured. Answers what is
 * wrong: minutes that do not add to the hours are those of another fleet.
 */
export async function joinGroups(
  connection: DuckDBConnection,
  grouped: GroupedFamily,
  groups: FactGroups,
): Promise<string | null> {
  const { family, profiled } = grouped;
  const hours = `${family.name}_alike_hour`;
  await connection.run(`CREATE VIEW ${hours} AS ${alikeHoursSql(grouped, groups)}`);
  await connection.run(`CREATE TABLE ${family.name}_group_hour AS ${groupHoursSql(grouped)}`);
  const differs = profiled.map((column) => {
    const [minutes, whole] = [`coalesce(m.${column}, 0)`, `coalesce(w.${column}, 0)`];
    return `abs(${minutes} - ${whole}) > ${SHARE_MAX} * abs(${whole}) + ${AMOUNT_MAX}`;
  });
  const found = await numberOf(
    connection,
    `SELECT count(*)::DOUBLE FROM (${minutesByHourSql(grouped)}) m FULL JOIN ${family.name}_group_hour w
     ON ${sameSql(grouped, 'm', 'w')} WHERE m.ts IS NULL OR w.ts IS NULL OR ${differs.join(' OR ')}`,
  );
  if (found > 0) return `${groupTableOf(family)} does not add up to the hours`;
  const minute = tableOf(family, 'minute');
  await connection.run(`DROP TABLE ${minute}`);
  await connection.run(`CREATE VIEW ${minute} AS ${minutesSql(grouped)}`);
  return null;
}

/** Start of the first and end of the last minute: asking the views would spread the hours of all things. */
export async function extentOfGroups(connection: DuckDBConnection): Promise<TimeRange | null> {
  const parts = GROUPED_FAMILIES.map(
    ({ family }) => `SELECT min(epoch_us(ts)) AS first_us, max(epoch_us(ts) + round(seconds * 1e6)) AS end_us
      FROM ${groupTableOf(family)}`,
  );
  const [row] = await rowsOf(
    connection,
    `SELECT (min(first_us) / 1000)::DOUBLE AS first, (max(end_us) / 1000)::DOUBLE AS last FROM (${parts.join(' UNION ALL ')})`,
  );
  const first = instantOf(row?.['first']);
  const last = instantOf(row?.['last']);
  return first === null || last === null ? null : { from: epochMs(first), to: epochMs(last) };
}

/** Hours of each thing with `of_KEY`, the group of each of its keys; -1 where it has none. */
function alikeHoursSql({ family }: GroupedFamily, groups: FactGroups): string {
  const keys = family.keys.map((key) => {
    const map = groupsOfKey(key, groups);
    return map === null
      ? { column: `fact.${key} AS of_${key}`, join: '' }
      : {
          column: `coalesce(map_${key}.alike, -1) AS of_${key}`,
          join: `LEFT JOIN ${mapSql(map)} map_${key} ON map_${key}.id = fact.${key}`,
        };
  });
  return `SELECT fact.*, ${keys.map(({ column }) => column).join(', ')}
    FROM ${tableOf(family, 'hour')} fact ${keys.map(({ join }) => join).join(' ')}`;
}

function groupHoursSql({ family, profiled }: GroupedFamily): string {
  const keys = ['ts', ...family.keys.map((key) => `of_${key}`)];
  const sums = profiled.map((column) => `sum(${column}) AS ${column}`);
  return `SELECT ${[...keys, ...sums].join(', ')} FROM ${family.name}_alike_hour GROUP BY ${keys.join(', ')}`;
}

function minutesByHourSql({ family, profiled }: GroupedFamily): string {
  const keys = family.keys.map((key) => `coalesce(${key}, -1) AS of_${key}`);
  const sums = profiled.map((column) => `sum(${column}) AS ${column}`);
  return `SELECT ${[`date_trunc('hour', ts) AS ts`, ...keys, ...sums].join(', ')}
    FROM ${groupTableOf(family)} GROUP BY ALL`;
}

function sameSql({ family }: GroupedFamily, one: string, other: string): string {
  return ['ts', ...family.keys.map((key) => `of_${key}`)].map((key) => `${one}.${key} = ${other}.${key}`).join(' AND ');
}

function minutesSql(grouped: GroupedFamily): string {
  const { family, profiled } = grouped;
  const share = (column: string): string => `g.${column} / nullif(w.${column}, 0)`;
  const watched = `coalesce(${share('observed_seconds')}, ${share('bridged_seconds')}, 0)`;
  const measures = family.measures.map(({ column, aggregation }) => {
    if (aggregation !== 'sum') return `h.${column}`;
    // What nothing measured in the minute stays null, and what was zero all hour is zero in it.
    const own = `CASE WHEN g.${column} IS NOT NULL THEN coalesce(${share(column)}, 0) END`;
    return `h.${column} * ${profiled.includes(column) ? own : watched} AS ${column}`;
  });
  const ofGroup = family.keys.map((key) => `coalesce(${key}, -1) AS of_${key}`);
  return `SELECT ${['g.minute AS ts', 'h.ts AS hour_ts', 'g.seconds', ...family.keys.map((key) => `h.${key}`), ...measures].join(', ')}
    FROM (SELECT * REPLACE (date_trunc('hour', ts) AS ts), ts AS minute, ${ofGroup.join(', ')}
      FROM ${groupTableOf(family)}) g
    JOIN ${family.name}_group_hour w ON ${sameSql(grouped, 'w', 'g')}
    JOIN ${family.name}_alike_hour h ON ${sameSql(grouped, 'h', 'w')}`;
}
