import { useId, useState } from 'react';
import type { SecretField } from './access-draft.ts';
import styles from './SourceDrawer.module.css';

type SecretInputProps = {
  readonly label: string;
  readonly field: SecretField;
  /** A text of lines, which may be chosen from a file too. */
  readonly isPem?: boolean;
  readonly onChange: (field: SecretField) => void;
};

/** PEM files are small; more is something else. */
const FILE_BYTES_MAX = 32_768;

/** A secret to write: one that is kept is never shown, only replaced or taken away. */
export function SecretInput({ label, field, isPem = false, onChange }: SecretInputProps) {
  const id = useId();
  const [isReplacing, setReplacing] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  if (field.kept !== null && !isReplacing) {
    return (
      <div className={styles['kept']}>
        <span>{label}</span>
        <em>kept as {field.kept}</em>
        <button type="button" onClick={() => setReplacing(true)} aria-label={`Replace ${label}`}>
          Replace
        </button>
        <button type="button" onClick={() => onChange({ typed: '', kept: null })} aria-label={`Remove ${label}`}>
          Remove
        </button>
      </div>
    );
  }
  const type = (typed: string): void => onChange({ ...field, typed });
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const isSmall = file.size <= FILE_BYTES_MAX;
    setTrouble(isSmall ? null : 'This is too large for a PEM file.');
    if (isSmall) type(await file.text());
  };
  return (
    <div className={styles['secret']}>
      <label htmlFor={id}>{label}</label>
      {isPem ? (
        <>
          <textarea
            id={id}
            rows={2}
            value={field.typed}
            spellCheck={false}
            placeholder="-----BEGIN …"
            onChange={(event) => type(event.target.value)}
          />
          <label className={styles['file']}>
            Choose a file…
            <input type="file" accept=".pem,.crt,.cer,.key" onChange={(event) => void read(event.target.files?.[0])} />
          </label>
          {trouble !== null && <small role="alert">{trouble}</small>}
        </>
      ) : (
        <input
          id={id}
          type="password"
          value={field.typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
        />
      )}
    </div>
  );
}
