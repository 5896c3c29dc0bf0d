import styles from './ExportButton.module.css';
import { csvText, type ExportTable } from './csv-text.ts';

type ExportButtonProps = ExportTable & {
  /** What is exported, for the name of the file: `compare-reference`. */
  readonly name: string;
  readonly label?: string;
};

/** Saves exactly what a table or chart shows, as CSV. */
export function ExportButton({ name, columns, rows, label = 'Export CSV' }: ExportButtonProps) {
  return (
    <button
      type="button"
      className={styles['button']}
      disabled={rows.length === 0}
      onClick={() => save(`tokenwatt-${name}.csv`, csvText({ columns, rows }))}
    >
      {label}
    </button>
  );
}

function save(fileName: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
