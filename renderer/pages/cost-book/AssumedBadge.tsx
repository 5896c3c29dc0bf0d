import { Icon } from '#renderer/components/Icon.tsx';
import type { Provenance } from '#shared/model/cost-book.ts';
import styles from './CostBookPage.module.css';
import { provenanceWords } from './provenance-words.ts';

/** Marks a price that nobody entered, with where it was taken from. It goes when a hand changes the price. */
export function AssumedBadge({ provenance }: { readonly provenance: Provenance }) {
  if (provenance.quality === 'entered') return null;
  return (
    <span className={styles['assumed']} title={provenanceWords(provenance)}>
      <Icon name="info" size={12} />
      assumed
    </span>
  );
}
