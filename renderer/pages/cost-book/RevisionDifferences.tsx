import { useState } from 'react';
import type { Draft } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { changesBetween, changeText } from './revision-changes.ts';

type RevisionDifferencesProps = { readonly draft: Draft; readonly chosen: number };

/** What differs between the chosen revision and another one, in words: the one before it unless another is asked for. */
export function RevisionDifferences({ draft, chosen }: RevisionDifferencesProps) {
  const [other, setOther] = useState(chosen > 0 ? chosen - 1 : 1);
  const [early, late] = other < chosen ? [other, chosen] : [chosen, other];
  const [before, after] = [draft[early], draft[late]];
  if (before === undefined || after === undefined) return null;
  const changes = changesBetween(before, after);
  return (
    <div className={styles['differences']} data-testid="revision-changes">
      <label>
        From r{early + 1} to r{late + 1}, compared with
        <select value={other} onChange={(event) => setOther(Number(event.target.value))}>
          {draft.map((revision, index) =>
            index === chosen ? null : (
              <option key={revision.from} value={index}>
                r{index + 1}
              </option>
            ),
          )}
        </select>
      </label>
      {changes.length === 0 && <p>Nothing differs.</p>}
      <ul>
        {changes.map((change) => (
          <li key={`${change.section} ${change.subject} ${change.what}`}>
            <b>{change.subject}</b>
            {changeText(change)}
          </li>
        ))}
      </ul>
    </div>
  );
}
