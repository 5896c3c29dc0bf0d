import type { ReactNode } from 'react';
import styles from './Tile.module.css';

type TileProps = {
  readonly label: string;
  /** Stands beside the label, quieter. */
  readonly aside?: ReactNode;
  readonly change?: ReactNode;
  readonly value: ReactNode;
  readonly unit: string;
  /** What the value rests on. */
  readonly caption: ReactNode;
  readonly spark?: ReactNode;
  readonly isWaste?: boolean;
};

/** One figure of the moment with its recent past. Only waste is warm. */
export function Tile({ label, aside, change, value, unit, caption, spark, isWaste = false }: TileProps) {
  return (
    <section className={styles['tile']} data-waste={isWaste}>
      <header>
        <h3>{label}</h3>
        {aside !== undefined && <span>{aside}</span>}
        <small>{change}</small>
      </header>
      <div className={styles['row']}>
        <p className={styles['value']}>
          {value}
          <small>{unit}</small>
        </p>
        {spark}
      </div>
      <p className={styles['caption']}>{caption}</p>
    </section>
  );
}
