import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import type { TokenPrice } from '#shared/model/cost-book.ts';
import { AmountField } from './AmountField.tsx';
import { ENTERED, withNewRow, withRow } from './cost-book-draft.ts';
import { DayField } from './DayField.tsx';
import { FieldGroup } from './FieldGroup.tsx';
import { useCostBookForm } from './form-context.tsx';
import { NameAdder } from './NameAdder.tsx';
import { modelWords } from './price-words.ts';
import { RowTable } from './RowTable.tsx';
import { TextField } from './TextField.tsx';

const PRICES = [
  { key: 'uncachedInput', name: 'uncached input' },
  { key: 'cachedInput', name: 'cached input' },
  { key: 'output', name: 'output' },
] as const;

const HEADS = [
  ['Model', '17%'],
  ['Input, $/Mtok', '18%'],
  ['Cached', '14%'],
  ['Output', '14%'],
  ['Source', '17%'],
  ['As of', '20%'],
] as const;

/** What the operator is paid for tokens: revenue, margin and return are worked out from it. */
export function TokenPriceTable() {
  const { revision, known, change } = useCostBookForm();
  const { tokenPrices } = revision;
  const free = ['*', ...known.models].filter((model) => tokenPrices.every((one) => one.model !== model));
  const set = (index: number, what: string, patch: Partial<TokenPrice>): void =>
    change({ did: `changed ${what} of a token price`, key: `tokenPrices.${index}.${what}` }, (one) =>
      withRow(one, 'tokenPrices', index, patch),
    );
  return (
    <FieldGroup
      title="Price list"
      help="What you are paid, for revenue and margin. Without it no margin is shown; * is any model."
    >
      {tokenPrices.length > 0 && (
        <RowTable
          list="tokenPrices"
          heads={HEADS}
          names={tokenPrices.map(({ model }) => `price of ${modelWords(model)}`)}
        >
          {(index) => {
            const row = tokenPrices[index];
            if (row === undefined) return [];
            const path = `tokenPrices.${index}`;
            return [
              <TextField
                key="model"
                isCell
                label="Model"
                path={`${path}.model`}
                value={row.model}
                suggestions={known.models}
                onChange={(model) => set(index, 'model', { model })}
              />,
              ...PRICES.map(({ key, name }) => (
                <AmountField
                  key={key}
                  isCell
                  label={name}
                  name={`Price of ${name} of ${modelWords(row.model)}`}
                  unit="$"
                  path={`${path}.${key}`}
                  value={row[key]}
                  usual={PLAUSIBLE.tokenPrice}
                  onChange={(value) => set(index, name, { [key]: value ?? Number.NaN })}
                />
              )),
              <TextField
                key="note"
                isCell
                label="Source"
                name={`Source of the price of ${modelWords(row.model)}`}
                path={`${path}.provenance.note`}
                value={row.provenance.note}
                maxLength={500}
                onChange={(note) =>
                  set(index, 'source', { provenance: { ...row.provenance, quality: 'entered', note } })
                }
              />,
              <DayField
                key="asOf"
                isCell
                label="As of"
                name={`Day of the price of ${modelWords(row.model)}`}
                path={`${path}.provenance.asOf`}
                value={row.provenance.asOf}
                onChange={(asOf) => set(index, 'day', { provenance: { ...row.provenance, quality: 'entered', asOf } })}
              />,
            ];
          }}
        </RowTable>
      )}
      <NameAdder
        label="Add a price"
        field="Model, or * for any"
        suggestions={free}
        onAdd={(model) =>
          change({ did: `added a price of ${modelWords(model)}` }, (one) =>
            withNewRow(one, 'tokenPrices', { ...UNPRICED, model }),
          )
        }
      />
    </FieldGroup>
  );
}

const UNPRICED: Omit<TokenPrice, 'model'> = {
  uncachedInput: Number.NaN,
  cachedInput: Number.NaN,
  output: Number.NaN,
  provenance: ENTERED,
};
