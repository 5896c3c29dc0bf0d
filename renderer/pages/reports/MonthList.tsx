import type { ReportMonth } from '#shared/contract/report-calls-schema.ts';
import { monthRows, STATE_NAMES } from './report-rows.ts';
import styles from './ReportsPage.module.css';

type MonthListProps = {
  readonly months: readonly ReportMonth[];
  readonly zone: string;
  readonly chosen: string;
  readonly onChoose: (month: string) => void;
};

/** Months with facts, newest first, with their state. */
export function MonthList({ months, zone, chosen, onChoose }: MonthListProps) {
  return (
    <nav className={styles['list']} aria-label="Months">
      <h2>Months</h2>
      {monthRows(months, zone).map(({ month, name, state, known }) => (
        <button key={month} type="button" aria-pressed={month === chosen} onClick={() => onChoose(month)}>
          <b>{name}</b>
          <em data-state={state}>{STATE_NAMES[state]}</em>
          {known !== null && <small>{known}</small>}
        </button>
      ))}
      <p>Days and months of {zone}.</p>
    </nav>
  );
}
