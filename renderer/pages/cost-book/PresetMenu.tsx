import { useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import { Popover } from '#renderer/components/Popover.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import {
  NEWEST_TABLE,
  PRESET_PRODUCTS,
  PRESET_TABLES,
  presetPrice,
  TIER_WORDS,
  type PresetTier,
} from '#shared/cost/presets.ts';
import type { HardwarePrice } from '#shared/model/cost-book.ts';
import { formatFigure } from '#shared/units/format-quantity.ts';
import { blankPrice } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { useCostBookForm } from './form-context.tsx';

const TIERS: readonly { readonly value: PresetTier; readonly name: string }[] = [
  { value: 'neocloud', name: 'Neocloud owns' },
  { value: 'hyperscaler', name: 'Hyperscaler owns' },
  { value: 'rental', name: 'Rented' },
];

/** Ways to begin a price: what the fleet has and no price names, published assumptions, or an empty one. */
export function PresetMenu({ onAdd }: { readonly onAdd: (price: HardwarePrice) => void }) {
  return (
    <Popover
      label="Add hardware"
      className={styles['plain']}
      align="end"
      button={
        <>
          <Icon name="plus" size={12} />
          Add hardware
        </>
      }
    >
      {(close) => (
        <PresetPanel
          onAdd={(price) => {
            onAdd(price);
            close();
          }}
        />
      )}
    </Popover>
  );
}

function PresetPanel({ onAdd }: { readonly onAdd: (price: HardwarePrice) => void }) {
  const { rates } = useCostBookForm();
  const [asOf, setAsOf] = useState(NEWEST_TABLE.asOf);
  const [tier, setTier] = useState<PresetTier>('neocloud');
  const table = PRESET_TABLES.find((one) => one.asOf === asOf) ?? NEWEST_TABLE;
  const unpriced = [...new Set((rates ?? []).filter((rate) => rate.draft === null).map((rate) => rate.sku))];
  return (
    <div className={styles['presets']}>
      {unpriced.length > 0 && (
        <>
          <h3>In your fleet without a price</h3>
          {unpriced.map((sku) => (
            <button key={sku} type="button" onClick={() => onAdd(blankPrice(sku))}>
              <b>{sku}</b>
              <span>enter what you pay</span>
            </button>
          ))}
        </>
      )}
      <h3>Published assumptions, until you enter your own</h3>
      <div className={styles['presetChoice']}>
        <Segmented
          label="Table"
          choices={PRESET_TABLES.map((one) => ({ value: one.asOf, name: one.asOf }))}
          value={asOf}
          onChoose={setAsOf}
        />
        <Segmented label="Who pays" choices={TIERS} value={tier} onChoose={setTier} />
      </div>
      <p>
        {table.name}: {TIER_WORDS[tier]}; power and colocation are included.
      </p>
      {PRESET_PRODUCTS.map(({ sku, name }) => {
        const price = presetPrice(table, sku, tier);
        const rate = price?.terms.kind === 'rented' ? price.terms.usdPerGpuHour : null;
        return (
          <button key={sku} type="button" onClick={() => onAdd(price ?? blankPrice(sku))}>
            <b>{name}</b>
            {rate === null ? (
              <span>in no published table: enter what you pay</span>
            ) : (
              <span>{formatFigure(rate, 'USD/GPU-h').text} $/GPU-h</span>
            )}
          </button>
        );
      })}
      <h3>Your own</h3>
      <button type="button" onClick={() => onAdd(blankPrice('*'))}>
        <b>Empty price</b>
        <span>for any product, place or pool</span>
      </button>
    </div>
  );
}
