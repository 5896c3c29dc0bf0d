import { SOURCE_WORDS } from '#renderer/state/words.ts';
import type { SourceState } from '#shared/contract/backend-api.ts';
import { Icon, type IconName } from './Icon.tsx';
import styles from './SourceStateText.module.css';

const SHAPES: Readonly<Record<SourceState, IconName>> = {
  fresh: 'good',
  late: 'late',
  stale: 'late',
  down: 'bad',
  waiting: 'waiting',
  paused: 'pause',
};

/** A state with its shape and word; the colour only repeats them. */
export function SourceStateText({ state }: { readonly state: SourceState }) {
  return (
    <span className={styles['state']} data-source-state={state}>
      <Icon name={SHAPES[state]} size={13} />
      {SOURCE_WORDS[state]}
    </span>
  );
}
