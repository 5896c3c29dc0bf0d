import { createHash } from 'node:crypto';
import { columnsOf } from '../focus-columns.ts';
import { writtenName } from '../focus-rows.ts';
import { cellText } from '../focus-text.ts';
import { columnNames, type FocusCheck, type ReadRow, type ReadTable } from './checked-export.ts';

/** Beginnings that a spreadsheet takes for a formula. */
const RISKY = /^\s*[=+\-@\t\r]/;

const NAME_COLUMNS = ['x_Model', 'x_NodePool', 'x_Tenant', 'x_EngineVersion', 'RegionName', 'x_GpuModel'] as const;

export const FILE_CHECKS: readonly FocusCheck[] = [
  {
    id: 'FX-17',
    title: 'Written twice, the file is the same to the byte',
    find: (_table, { csv, csvAgain }) => (csv === csvAgain ? [] : ['the second writing differs from the first']),
  },
  {
    id: 'FX-18',
    title: 'CSV and Parquet read back as what was meant, cell by cell',
    find: (table, exported) => {
      const { meant, parquet, context } = exported;
      const columns = columnsOf(context.version);
      const text = meant.flatMap((row, index) =>
        columns.flatMap(({ name, type }) =>
          (table.rows[index]?.[name] ?? null) === cellText(row[name], type) ? [] : [`CSV line ${index + 2}: ${name}`],
        ),
      );
      const typed = meant.flatMap((row, index) =>
        columns.flatMap(({ name }, column) =>
          Object.is(parquet.rows[index]?.[column] ?? null, row[name]) ? [] : [`Parquet row ${index + 1}: ${name}`],
        ),
      );
      const isLong = table.rows.length !== meant.length || parquet.rows.length !== meant.length;
      const isHead = parquet.names.join() === columnNames(exported).join();
      return [
        ...text,
        ...typed,
        ...(isLong ? ['the files have another number of rows'] : []),
        ...(isHead ? [] : ['the Parquet file has other columns']),
      ];
    },
  },
  {
    id: 'FX-19',
    title: 'Names are as their sources have them',
    find: (table, { ledger, context }) => {
      const priced = ledger.rows.filter(({ cost }) => cost !== null);
      return priced.flatMap((row, index) => {
        const read: ReadRow = table.rows[index] ?? {};
        const wanted = [row.model, row.pool, row.tenant, row.version, row.site, row.product];
        return NAME_COLUMNS.flatMap((name, column) =>
          (read[name] ?? null) === writtenName(wanted[column] ?? null, context.settings)
            ? []
            : [`line ${index + 2}: ${name} was altered`],
        );
      });
    },
    note: (table, { context }) =>
      `${riskyNames(table)} names begin as a formula does${context.settings.hasAsciiNames ? '; letters beyond ASCII are encoded, as asked' : ''}`,
  },
  {
    id: 'FX-20',
    title: 'The sidecar names the files with their rows, bytes and hashes',
    find: (table, { sidecar, files }) => {
      const told = new Map(sidecar.Tokenwatt.Files.map((file) => [file.name, file]));
      return [
        ...files.flatMap(({ name, bytes }) => {
          const file = told.get(name);
          if (file === undefined) return [`${name} is not in the sidecar`];
          const sha256 = createHash('sha256').update(bytes).digest('hex');
          const isRight = file.bytes === bytes.length && file.sha256 === sha256 && file.rows === table.rows.length;
          return isRight ? [] : [`${name} is not what the sidecar says`];
        }),
        ...(told.size === files.length ? [] : ['the sidecar names another number of files']),
      ];
    },
  },
];

function riskyNames({ rows }: ReadTable): number {
  const names = rows.flatMap((row) => NAME_COLUMNS.map((name) => row[name] ?? ''));
  return new Set(names.filter((name) => RISKY.test(name))).size;
}
