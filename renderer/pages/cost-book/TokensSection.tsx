import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import type { TokenWeights } from '#shared/model/token-basis.ts';
import { AmountField } from './AmountField.tsx';
import { withNewRow, withRow } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { FieldGroup } from './FieldGroup.tsx';
import fields from './Fields.module.css';
import { useCostBookForm } from './form-context.tsx';
import { NameAdder } from './NameAdder.tsx';
import { weightsWords } from './price-words.ts';
import { RowTable } from './RowTable.tsx';
import { TextField } from './TextField.tsx';
import { TokenPriceTable } from './TokenPriceTable.tsx';

const CLASSES = [
  { key: 'input', label: 'Uncached input', name: 'uncached input' },
  { key: 'cached', label: 'Cached input', name: 'cached input' },
  { key: 'output', label: 'Output', name: 'output' },
] as const satisfies readonly { readonly key: keyof TokenWeights; readonly label: string; readonly name: string }[];

/** How unlike tokens are made one, and what each is sold for. */
export function TokensSection() {
  const { revision, change } = useCostBookForm();
  const { weights } = revision;
  return (
    <section className={styles['section']}>
      <header>
        <div>
          <h2>Tokens</h2>
          <p>How unlike tokens count in the billed basis, and what you are paid for them.</p>
        </div>
      </header>
      <FieldGroup
        title="Weights"
        help="What one token of each kind counts, as price lists relate them. Output and total bases do not use them."
      >
        <div className={fields['row']}>
          {CLASSES.map(({ key, label, name }) => (
            <AmountField
              key={key}
              label={label}
              unit="×"
              path={`weights.${key}`}
              value={weights[key]}
              {...usualOf(key)}
              onChange={(value) =>
                change({ did: `changed the weight of ${name}`, key: `weights.${key}` }, (one) => ({
                  ...one,
                  weights: { ...one.weights, [key]: value ?? Number.NaN },
                }))
              }
            />
          ))}
        </div>
        <p className={styles['note']}>
          <span>Input : cached : output read {weightsWords(weights)}. List prices of 2026 lie near 1 : 0.1 : 5.</span>
        </p>
      </FieldGroup>
      <ModelWeightTable />
      <TokenPriceTable />
    </section>
  );
}

function usualOf(key: keyof TokenWeights): Pick<Parameters<typeof AmountField>[0], 'usual' | 'hint'> {
  if (key === 'input') return { hint: 'what the others relate to' };
  return { usual: key === 'output' ? PLAUSIBLE.outputWeight : PLAUSIBLE.cachedWeight };
}

function ModelWeightTable() {
  const { revision, known, change } = useCostBookForm();
  const { modelWeights } = revision;
  const free = known.models.filter((model) => modelWeights.every((one) => one.model !== model));
  return (
    <FieldGroup title="Weights by model" help="Where one model's price list relates its tokens otherwise.">
      {modelWeights.length > 0 && (
        <RowTable
          list="modelWeights"
          heads={[
            ['Model', '34%'],
            ['Uncached input, ×', '22%'],
            ['Cached input, ×', '22%'],
            ['Output, ×', '22%'],
          ]}
          names={modelWeights.map(({ model }) => `weights of ${model}`)}
        >
          {(index) => {
            const row = modelWeights[index];
            if (row === undefined) return [];
            return [
              <TextField
                key="model"
                isCell
                label="Model"
                path={`modelWeights.${index}.model`}
                value={row.model}
                suggestions={known.models}
                onChange={(model) =>
                  change({ did: 'changed a model', key: `modelWeights.${index}` }, (one) =>
                    withRow(one, 'modelWeights', index, { model }),
                  )
                }
              />,
              ...CLASSES.map(({ key, name }) => (
                <AmountField
                  key={key}
                  isCell
                  label={name}
                  name={`Weight of ${name} of ${row.model}`}
                  unit="×"
                  path={`modelWeights.${index}.weights.${key}`}
                  value={row.weights[key]}
                  onChange={(value) =>
                    change({ did: `changed weights of ${row.model}`, key: `modelWeights.${index}.${key}` }, (one) =>
                      withRow(one, 'modelWeights', index, { weights: { ...row.weights, [key]: value ?? Number.NaN } }),
                    )
                  }
                />
              )),
            ];
          }}
        </RowTable>
      )}
      <NameAdder
        label="Add a model"
        field="Model"
        suggestions={free}
        onAdd={(model) =>
          change({ did: `added weights of ${model}` }, (one) =>
            withNewRow(one, 'modelWeights', { model, weights: one.weights }),
          )
        }
      />
    </FieldGroup>
  );
}
