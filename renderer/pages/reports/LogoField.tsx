import { useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import styles from './ReportsPage.module.css';

type LogoFieldProps = { readonly logo: string | null; readonly onChange: (logo: string | null) => void };

/** As many bytes as the backend takes, in base64. */
const BYTES_MAX = 700_000;

const TYPES = ['image/png', 'image/jpeg'];

/** A picture for the first page. PNG and JPEG alone: an SVG could bring more than a picture. */
export function LogoField({ logo, onChange }: LogoFieldProps) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const take = (file: File | undefined): void => {
    if (file === undefined) return;
    if (!TYPES.includes(file.type)) return setTrouble('The logo must be a PNG or a JPEG.');
    if (file.size > BYTES_MAX) return setTrouble('The logo is too large: at most 700 kB.');
    setTrouble(null);
    const reader = new FileReader();
    reader.addEventListener('load', () => {
      if (typeof reader.result === 'string') onChange(reader.result);
    });
    reader.readAsDataURL(file);
  };
  return (
    <div className={styles['logo']}>
      {logo === null ? <span>no logo</span> : <img src={logo} alt="The logo" />}
      <label className={styles['button']}>
        Choose a picture…
        <input type="file" accept={TYPES.join(',')} onChange={(event) => take(event.target.files?.[0])} />
      </label>
      {logo !== null && (
        <button type="button" className={styles['button']} onClick={() => onChange(null)}>
          Remove it
        </button>
      )}
      {trouble !== null && (
        <output className={styles['outcome']} data-state="bad">
          <Icon name="bad" size={13} />
          {trouble}
        </output>
      )}
    </div>
  );
}
