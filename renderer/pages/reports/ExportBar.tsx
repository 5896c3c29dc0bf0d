import { useState, type ReactNode } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import type { ReportMonth } from '#shared/contract/report-calls-schema.ts';
import { REPORT_FORMATS, type ReportFormat, type ReportSettings } from '#shared/model/report-settings.ts';
import { monthName } from '#shared/report-text/head-text.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { FormatChoice } from './FormatChoice.tsx';
import styles from './ReportsPage.module.css';
import { useReportExport, type ExportState } from './use-report-export.ts';

type ExportBarProps = {
  readonly month: ReportMonth;
  readonly settings: ReportSettings;
  /** What else can be done with the month. */
  readonly children: ReactNode;
};

/** Which formats, the export with its progress, and where it went. */
export function ExportBar({ month, settings, children }: ExportBarProps) {
  const [formats, setFormats] = useState<readonly ReportFormat[]>(settings.schedule.formats);
  const { state, start, cancel } = useReportExport();
  const isRunning = state.kind === 'running';
  return (
    <section className={styles['export']} aria-label={`Export of ${month.month}`}>
      <h2>{monthName(month.month)}</h2>
      <FormatChoice formats={formats} onChange={setFormats} />
      {isRunning ? (
        <button type="button" className={styles['button']} onClick={cancel}>
          Cancel
        </button>
      ) : (
        <button
          type="button"
          className={styles['primary']}
          disabled={formats.length === 0}
          onClick={() =>
            start({ month: month.month, formats: REPORT_FORMATS.filter((format) => formats.includes(format)) })
          }
        >
          Export
        </button>
      )}
      {children}
      <Outcome state={state} />
    </section>
  );
}

const MEGABYTE = 1e6;

function Outcome({ state }: { readonly state: ExportState }) {
  switch (state.kind) {
    case 'idle':
      return null;
    case 'running':
      return (
        <output className={styles['outcome']}>
          <progress max={1} value={state.share} aria-label="Progress of the export" />
          {state.step}
        </output>
      );
    case 'saved':
      return (
        <output className={styles['outcome']} data-state="good">
          <Icon name="good" size={13} />
          {state.name}, {formatNumber(state.bytes / MEGABYTE, 2)} MB
        </output>
      );
    case 'ended':
      return (
        <output className={styles['outcome']} data-state={state.isCancelled ? 'quiet' : 'bad'}>
          <Icon name={state.isCancelled ? 'info' : 'bad'} size={13} />
          {state.message}
        </output>
      );
  }
}
