import { useState } from 'react';
import type { HardwarePrice } from '#shared/model/cost-book.ts';
import { withNewPrice, withoutRow } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { useCostBookForm } from './form-context.tsx';
import { HardwareItem } from './HardwareItem.tsx';
import { PresetMenu } from './PresetMenu.tsx';
import { skuWords } from './price-words.ts';

/** What an hour of each product costs before energy: a list to read, each line of which opens to be filled in. */
export function HardwareSection() {
  const { revision, change } = useCostBookForm();
  const [open, setOpen] = useState<number | null>(null);
  const add = (price: HardwarePrice): void => {
    const { index } = withNewPrice(revision, price);
    change({ did: `added ${skuWords(price.sku)}` }, (one) => withNewPrice(one, price).revision);
    setOpen(index);
  };
  return (
    <section className={styles['section']}>
      <header>
        <div>
          <h2>Hardware</h2>
          <p>What each GPU costs by the hour, used or not. The closest place wins, then the longest product name.</p>
        </div>
        <PresetMenu onAdd={add} />
      </header>
      {revision.hardware.length === 0 && (
        <p className={styles['empty']}>
          No hardware is priced: costs are not shown. Add what your fleet runs on, from a preset or from your contract.
        </p>
      )}
      <ol className={styles['items']}>
        {revision.hardware.map((price, index) => (
          <HardwareItem
            key={index}
            price={price}
            index={index}
            isOpen={index === open}
            onToggle={() => setOpen(index === open ? null : index)}
            onRemove={() => {
              setOpen(null);
              change({ did: `removed ${skuWords(price.sku)}` }, (one) => withoutRow(one, 'hardware', index));
            }}
          />
        ))}
      </ol>
    </section>
  );
}
