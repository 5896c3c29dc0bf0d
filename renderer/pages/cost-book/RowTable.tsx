import type { ReactNode } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import { withoutRow, type RowList } from './cost-book-draft.ts';
import styles from './RowTable.module.css';
import { useCostBookForm } from './form-context.tsx';

type RowTableProps = {
  /** The list of the revision whose rows these are. */
  readonly list: RowList;
  /** Head of each column, with its share of the width. */
  readonly heads: readonly (readonly [head: string, width: string])[];
  /** What each row is of, for who removes it. */
  readonly names: readonly string[];
  readonly children: (index: number) => readonly ReactNode[];
};

/** Rows of fields, one of a kind per line, each of which can go. */
export function RowTable({ list, heads, names, children }: RowTableProps) {
  const { change } = useCostBookForm();
  return (
    <table className={styles['table']}>
      <thead>
        <tr>
          {heads.map(([head, width]) => (
            <th key={head} scope="col" style={{ width }}>
              {head}
            </th>
          ))}
          <th style={{ width: '24px' }}>
            <span className="unseen">Remove</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {names.map((name, index) => (
          <tr key={index}>
            {children(index).map((cell, place) => (
              <td key={heads[place]?.[0]}>{cell}</td>
            ))}
            <td>
              <button
                type="button"
                aria-label={`Remove ${name}`}
                title={`Remove ${name}`}
                onClick={() => change({ did: `removed ${name}` }, (one) => withoutRow(one, list, index))}
              >
                <Icon name="close" size={12} />
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
