import { useMemo } from 'react';
import { drawingOption } from '#shared/charts/drawing-option.ts';
import { Chart } from '#renderer/charts/Chart.tsx';
import { readChartTheme } from '#renderer/charts/chart-theme.ts';
import { usePage } from '#renderer/state/page-context.tsx';
import type { ReportChart, ReportSection, ReportTable, ReportTile } from '#shared/model/report.ts';
import { changeText, figureText, type Manner } from '#shared/report-text/cell-text.ts';
import { tableView } from './report-rows.ts';
import styles from './ReportsPage.module.css';

type SectionViewProps = { readonly section: ReportSection; readonly manner: Manner };

/** One section of a report. */
export function SectionView({ section, manner }: SectionViewProps) {
  const { id, title, lead, tiles, charts, tables, notes, emptyReason } = section;
  return (
    <section className={styles['section']} aria-labelledby={`section-${id}`}>
      <h3 id={`section-${id}`}>{title}</h3>
      {emptyReason !== null && <p className={styles['quiet']}>{emptyReason}</p>}
      {lead.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {tiles.length > 0 && (
        <div className={styles['tiles']}>
          {tiles.map((tile) => (
            <TileView key={tile.id} tile={tile} manner={manner} />
          ))}
        </div>
      )}
      {charts.map((chart) => (
        <ChartView key={chart.id} chart={chart} />
      ))}
      {tables.map((table) => (
        <TableOf key={table.id} table={table} manner={manner} />
      ))}
      {notes.map((note) => (
        <p key={note} className={styles['quiet']}>
          {note}
        </p>
      ))}
    </section>
  );
}

function TileView({ tile, manner }: { readonly tile: ReportTile; readonly manner: Manner }) {
  return (
    <div className={styles['tile']}>
      <h4>{tile.title}</h4>
      <b>{figureText(tile.value, tile.kind, manner)}</b>
      {tile.changes.map(({ label, value, kind }) => (
        <span key={label}>
          {changeText(value, kind, manner)} {label}
        </span>
      ))}
      <small>{tile.reason ?? tile.basis}</small>
    </div>
  );
}

function ChartView({ chart }: { readonly chart: ReportChart }) {
  const { themeName } = usePage();
  const option = useMemo(
    () => drawingOption(chart.drawing, readChartTheme(document.documentElement, themeName)),
    [chart.drawing, themeName],
  );
  return (
    <div className={styles['figure']}>
      <h4>{chart.title}</h4>
      <div data-kind={chart.drawing.kind}>
        <Chart option={option} summary={chart.alt} />
      </div>
    </div>
  );
}

function TableOf({ table, manner }: { readonly table: ReportTable; readonly manner: Manner }) {
  const { heads, rows, total, omitted } = useMemo(() => tableView(table, manner), [table, manner]);
  if (rows.length === 0) return table.note === null ? null : <p className={styles['quiet']}>{table.note}</p>;
  return (
    <div className={styles['tableBox']}>
      <table>
        <caption>{table.title}</caption>
        <thead>
          <tr>
            {heads.map(({ key, text, isNumeric }) => (
              <th key={key} scope="col" data-number={isNumeric}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // A row of a report has no identity but its place: nothing is sorted or taken out here.
            <tr key={index}>
              {row.map((text, column) => (
                <td key={heads[column]?.key ?? column} data-number={heads[column]?.isNumeric}>
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {total !== null && (
          <tfoot>
            <tr>
              {total.map((text, column) => (
                <td key={heads[column]?.key ?? column} data-number={heads[column]?.isNumeric}>
                  {text}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
      {omitted > 0 && <p className={styles['quiet']}>… and {omitted} more in the files.</p>}
      {table.note !== null && <p className={styles['quiet']}>{table.note}</p>}
    </div>
  );
}
