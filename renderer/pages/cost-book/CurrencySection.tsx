import type { CostBookRevision, ExchangeRate } from '#shared/model/cost-book.ts';
import { AmountField } from './AmountField.tsx';
import { ENTERED, withNewRow, withRow } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { DayField } from './DayField.tsx';
import { useCostBookForm } from './form-context.tsx';
import { NameAdder } from './NameAdder.tsx';
import { RowTable } from './RowTable.tsx';
import { TextField } from './TextField.tsx';

const OFTEN = ['EUR', 'GBP', 'CHF', 'JPY', 'CAD', 'INR'];

/** What other money is worth in US dollars while this revision holds: costs are shown in USD. */
export function CurrencySection() {
  const { revision, change } = useCostBookForm();
  const { currencies } = revision;
  const free = OFTEN.filter((currency) => currencies.every((rate) => rate.currency !== currency));
  const set = (index: number, what: string, patch: Partial<ExchangeRate>): void =>
    change({ did: `changed ${what} of a currency`, key: `currencies.${index}.${what}` }, (one) =>
      withRow(one, 'currencies', index, patch),
    );
  return (
    <section className={styles['section']}>
      <header>
        <div>
          <h2>Currencies</h2>
          <p>Prices may be entered in the money they are paid in. Costs are shown in US dollars, at these rates.</p>
        </div>
        <NameAdder
          label="Add a currency"
          field="Code of three letters"
          suggestions={free}
          onAdd={(name) =>
            change({ did: `added ${name}` }, (one) =>
              withNewRow(one, 'currencies', {
                currency: name.toUpperCase(),
                usdPerUnit: Number.NaN,
                provenance: ENTERED,
              }),
            )
          }
        />
      </header>
      {currencies.length === 0 ? (
        <p className={styles['empty']}>
          All prices are in US dollars. Add a currency before you choose it for a price; a new rate is a new revision,
          so that the past keeps its own.
        </p>
      ) : (
        <RowTable
          list="currencies"
          heads={[
            ['Currency', '14%'],
            ['One unit is', '18%'],
            ['Used by', '16%'],
            ['Source', '34%'],
            ['As of', '18%'],
          ]}
          names={currencies.map((rate) => rate.currency)}
        >
          {(index) => {
            const row = currencies[index];
            if (row === undefined) return [];
            const path = `currencies.${index}`;
            return [
              <TextField
                key="currency"
                isCell
                label="Currency"
                path={`${path}.currency`}
                value={row.currency}
                maxLength={3}
                onChange={(currency) => set(index, 'code', { currency: currency.toUpperCase() })}
              />,
              <AmountField
                key="rate"
                isCell
                label="One unit is"
                name={`One ${row.currency} in US dollars`}
                unit="$"
                path={`${path}.usdPerUnit`}
                value={row.usdPerUnit}
                onChange={(usdPerUnit) => set(index, 'rate', { usdPerUnit: usdPerUnit ?? Number.NaN })}
              />,
              <span key="uses" className={styles['uses']}>
                {usesWords(revision, row.currency)}
              </span>,
              <TextField
                key="note"
                isCell
                label="Source"
                name={`Source of the rate of ${row.currency}`}
                path={`${path}.provenance.note`}
                value={row.provenance.note}
                maxLength={500}
                onChange={(note) => set(index, 'source', { provenance: { ...row.provenance, note } })}
              />,
              <DayField
                key="asOf"
                isCell
                label="As of"
                name={`Day of the rate of ${row.currency}`}
                path={`${path}.provenance.asOf`}
                value={row.provenance.asOf}
                onChange={(asOf) => set(index, 'day', { provenance: { ...row.provenance, asOf } })}
              />,
            ];
          }}
        </RowTable>
      )}
    </section>
  );
}

function usesWords({ hardware, energy, siteEnergy }: CostBookRevision, currency: string): string {
  const all = [...hardware, energy, ...siteEnergy.map((one) => one.energy)];
  const count = all.filter((price) => price.currency === currency).length;
  return count === 0 ? 'no price yet' : count === 1 ? '1 price' : `${count} prices`;
}
