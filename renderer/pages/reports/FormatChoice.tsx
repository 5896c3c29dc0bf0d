import { REPORT_FORMATS, type ReportFormat } from '#shared/model/report-settings.ts';
import { FORMAT_NAMES } from './report-rows.ts';
import styles from './ReportsPage.module.css';

type FormatChoiceProps = {
  readonly formats: readonly ReportFormat[];
  readonly onChange: (formats: readonly ReportFormat[]) => void;
};

/** Any number of formats; each says in its tip whom it is for. */
export function FormatChoice({ formats, onChange }: FormatChoiceProps) {
  return (
    <fieldset className={styles['formats']} aria-label="Formats">
      {REPORT_FORMATS.map((format) => {
        const isChosen = formats.includes(format);
        return (
          <button
            key={format}
            type="button"
            aria-pressed={isChosen}
            title={FORMAT_NAMES[format].for}
            onClick={() => onChange(REPORT_FORMATS.filter((one) => (one === format) !== formats.includes(one)))}
          >
            {FORMAT_NAMES[format].name}
          </button>
        );
      })}
    </fieldset>
  );
}
