import type { ReactNode } from 'react';
import styles from './Fields.module.css';

type FieldGroupProps = {
  readonly title: string;
  /** One sentence for who fills this in for the first time. */
  readonly help?: ReactNode;
  readonly children: ReactNode;
};

/** One question of the form: what is asked on the left, its fields on the right. */
export function FieldGroup({ title, help, children }: FieldGroupProps) {
  return (
    <fieldset className={styles['group']}>
      <legend className="unseen">{title}</legend>
      <div className={styles['asked']}>
        <h4>{title}</h4>
        {help !== undefined && <p>{help}</p>}
      </div>
      <div className={styles['answer']}>{children}</div>
    </fieldset>
  );
}
