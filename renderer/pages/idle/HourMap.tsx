import { useState } from 'react';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage, type ExplainRequest } from '#renderer/state/page-context.tsx';
import type { IdleCapacity } from '#shared/contract/idle-schema.ts';
import { formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './HourMap.module.css';
import {
  countOfStep,
  hourCells,
  hourFigure,
  hoursExport,
  hourWords,
  STEPS,
  WEEKDAYS,
  type HourCell,
} from './hour-map.ts';
import panel from './IdlePage.module.css';

const VIEWS = [
  { value: 'map', name: 'Map' },
  { value: 'table', name: 'Table' },
] as const;

type MapProps = { readonly answer: IdleCapacity };

/** When capacity idles: the hours of a week by the clock of the zone, as a map or as a table of dollars. */
export function HourMap({ answer }: MapProps) {
  const [view, setView] = useState<(typeof VIEWS)[number]['value']>('map');
  return (
    <section className={panel['panel']} aria-label="Idle by hour of the week">
      <header>
        <h2>Idle by hour of the week</h2>
        <span>{answer.zone}; all hours add to the waste</span>
        <Segmented label="Show as" choices={VIEWS} value={view} onChoose={setView} />
        <ExportButton name="idle-hours" {...hoursExport(answer)} />
      </header>
      {view === 'map' ? <WeekMap answer={answer} /> : <WeekTable answer={answer} />}
    </section>
  );
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

function WeekMap({ answer }: MapProps) {
  const { explain } = usePage();
  const cells = hourCells(answer);
  const [focus, setFocus] = useState({ day: 0, hour: 0 });
  const move = (event: React.KeyboardEvent<HTMLElement>): void => {
    const step = MOVES[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const day = (focus.day + step[0] + 7) % 7;
    const hour = (focus.hour + step[1] + 24) % 24;
    setFocus({ day, hour });
    event.currentTarget.querySelector<HTMLButtonElement>(`[data-at="${day}-${hour}"]`)?.focus();
  };
  const focused = cells[focus.day]?.[focus.hour];
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- arrows move between the buttons inside */}
      <div className={styles['map']} onKeyDown={move}>
        {cells.map((day, weekday) => (
          <div key={WEEKDAYS[weekday]} className={styles['day']}>
            <b>{WEEKDAYS[weekday]}</b>
            {day.map((cell) => (
              <button
                key={cell.hour.hour}
                type="button"
                data-step={cell.step ?? 'none'}
                data-at={`${weekday}-${cell.hour.hour}`}
                tabIndex={focus.day === weekday && focus.hour === cell.hour.hour ? 0 : -1}
                title={cell.words}
                aria-label={cell.words}
                onFocus={() => setFocus({ day: weekday, hour: cell.hour.hour })}
                data-explains
                onClick={() => explain(requestOf(cell, answer))}
              />
            ))}
          </div>
        ))}
        <div className={styles['hours']} aria-hidden="true">
          <b />
          {HOUR_MARKS.map((hour) => (
            <span key={hour}>{hour % 3 === 0 ? String(hour).padStart(2, '0') : ''}</span>
          ))}
        </div>
      </div>
      <Legend cells={cells} />
      {focused !== undefined && (
        <p className={styles['said']}>
          <FigureButton request={requestOf(focused, answer)}>{focused.words}</FigureButton>
        </p>
      )}
    </>
  );
}

function requestOf(cell: HourCell, answer: IdleCapacity): ExplainRequest {
  return { title: `Idle waste, ${hourWords(cell.hour)}`, figure: hourFigure(cell, answer), window: answer.window };
}

const HOUR_MARKS = Array.from({ length: 24 }, (_, hour) => hour);

function Legend({ cells }: { readonly cells: readonly (readonly HourCell[])[] }) {
  const names = Array.from({ length: STEPS }, (_, step) => {
    const percent = (share: number): string => formatNumber((share / STEPS) * 100, 0);
    return { step, name: `${percent(step)}–${percent(step + 1)} %`, count: countOfStep(cells, step) };
  });
  return (
    <ul className={styles['legend']} aria-label="Share of GPU time that was idle">
      <li>idle share</li>
      {names.map(({ step, name, count }) => (
        <li key={step}>
          <i data-step={step} />
          {name} <em>{count} h</em>
        </li>
      ))}
      <li>
        <i data-step="none" />
        not in range
      </li>
    </ul>
  );
}

function WeekTable({ answer }: MapProps) {
  const cells = hourCells(answer);
  return (
    <div className={styles['scroll']}>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Idle cost, $</th>
            {WEEKDAYS.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {HOUR_MARKS.map((hour) => (
            <tr key={hour}>
              <th scope="row">{String(hour).padStart(2, '0')}:00</th>
              {cells.map((day, weekday) => (
                <td key={WEEKDAYS[weekday]} title={day[hour]?.words}>
                  <HourUsd cell={day[hour]} answer={answer} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HourUsd({ cell, answer }: MapProps & { readonly cell: HourCell | undefined }) {
  if (cell === undefined || cell.step === null) return UNKNOWN;
  return (
    <FigureButton request={requestOf(cell, answer)}>
      {cell.hour.usd === null ? UNKNOWN : formatNumber(cell.hour.usd, 2)}
    </FigureButton>
  );
}
