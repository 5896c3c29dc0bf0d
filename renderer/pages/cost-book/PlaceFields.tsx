import type { PricePlace } from '#shared/model/cost-book.ts';
import { PRESET_PRODUCTS } from '#shared/cost/presets.ts';
import { ChoiceField } from './ChoiceField.tsx';
import { FieldGroup } from './FieldGroup.tsx';
import fields from './Fields.module.css';
import { useCostBookForm } from './form-context.tsx';
import type { PriceEdit } from './HardwareItem.tsx';
import { TextField } from './TextField.tsx';

const PLACES = [
  { key: 'site', label: 'Site', known: 'sites' },
  { key: 'pool', label: 'Pool', known: 'pools' },
  { key: 'rack', label: 'Rack', known: 'racks' },
  { key: 'node', label: 'Node', known: 'nodes' },
] as const;

/** Which GPUs a price holds for, and the money it is in. */
export function PlaceFields({ price, path, onChange }: PriceEdit) {
  const { known, revision } = useCostBookForm();
  const skus = [...new Set([...known.skus, ...PRESET_PRODUCTS.map((product) => product.sku)])];
  const currencies = ['USD', ...revision.currencies.map((rate) => rate.currency), price.currency];
  return (
    <FieldGroup
      title="What it prices"
      help="Words of the driver's product name; * is any. Name a place only where the price differs there."
    >
      <div className={fields['row']}>
        <TextField
          label="Product"
          path={`${path}.sku`}
          value={price.sku}
          maxLength={200}
          suggestions={skus}
          onChange={(sku) => onChange('product', { sku })}
        />
        <ChoiceField
          label="Currency"
          path={`${path}.currency`}
          value={price.currency}
          choices={[...new Set(currencies)].map((value) => ({ value, name: value }))}
          onChange={(currency) => onChange('currency', { currency })}
        />
      </div>
      <div className={fields['row']}>
        {PLACES.map(({ key, label, known: list }) => (
          <TextField
            key={key}
            label={label}
            path={`${path}.where.${key}`}
            value={price.where[key] ?? ''}
            placeholder="any"
            suggestions={known[list]}
            hint={hintOf(price.where[key], known[list])}
            onChange={(value) => onChange(key, { where: withPlace(price.where, key, value) })}
          />
        ))}
      </div>
    </FieldGroup>
  );
}

function hintOf(name: string | undefined, known: readonly string[]): string {
  return name === undefined || known.includes(name) ? '' : 'none there now';
}

/** An empty place is any: it is left out, not kept as an empty name. */
function withPlace(where: PricePlace, key: keyof PricePlace, value: string): PricePlace {
  const { [key]: _, ...rest } = where;
  return value === '' ? rest : { ...rest, [key]: value };
}
