import { Icon } from '#renderer/components/Icon.tsx';
import type { Deployments } from '#shared/contract/backend-api.ts';
import styles from './EnginesPage.module.css';

type UnplacedListProps = { readonly answer: Deployments; readonly onMap: (engine: string) => void };

/** Engines whose GPUs nobody knows: their tokens count, and no cost is theirs. What to do stands beside each. */
export function UnplacedList({ answer, onMap }: UnplacedListProps) {
  const engines = answer.deployments.flatMap((deployment) => deployment.engines);
  const unplaced = engines.filter((engine) => engine.unplaced !== null);
  if (unplaced.length === 0) return null;
  return (
    <section className={styles['unplaced']}>
      <h2>
        <Icon name="late" size={14} />
        Unplaced
      </h2>
      <p>Their tokens are counted, but no GPU is theirs: the cost of their models is too low by as much.</p>
      <ul>
        {unplaced.map(({ engine, unplaced: reason }) => (
          <li key={engine}>
            <b>{engine}</b>
            <span>{reason}</span>
            {answer.canSave && (
              <button type="button" className={styles['plain']} onClick={() => onMap(engine)}>
                Map by hand
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
