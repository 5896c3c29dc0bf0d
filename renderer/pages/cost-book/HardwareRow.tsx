import { NumberField } from '#renderer/components/NumberField.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import type { CostBookRevision, HardwarePrice, Ownership, Rental } from '#shared/model/cost-book.ts';
import { formatFigure } from '#shared/units/format-quantity.ts';
import {
  COLOCATION_AT_FIRST,
  OWNED_AT_FIRST,
  rateOf,
  RENTED_AT_FIRST,
  withoutPrice,
  withPrice,
} from './cost-book-draft.ts';
import { AssumedBadge } from './AssumedBadge.tsx';
import styles from './CostBookPage.module.css';

type HardwareRowProps = {
  readonly revision: CostBookRevision;
  readonly index: number;
  readonly onChange: (apply: (one: CostBookRevision) => CostBookRevision) => void;
  readonly onRestart: () => void;
};

const TERMS = [
  { value: 'owned', name: 'Owned' },
  { value: 'rented', name: 'Rented' },
] as const;

/** The price of one product, and what it comes to per GPU and hour while you type. */
export function HardwareRow({ revision, index, onChange, onRestart }: HardwareRowProps) {
  const row = revision.hardware[index];
  if (row === undefined) return null;
  const patch = (change: Partial<HardwarePrice>): void => onChange((one) => withPrice(one, index, change));
  return (
    <fieldset className={styles['hardware']}>
      <legend className={styles['legend']}>Price of {row.sku}</legend>
      <div className={styles['hardwareHead']}>
        <input
          className={styles['sku']}
          aria-label="Product name"
          defaultValue={row.sku}
          required
          maxLength={200}
          spellCheck={false}
          onChange={(event) => patch({ sku: event.target.value })}
        />
        <Segmented
          label="How it is paid"
          choices={TERMS}
          value={row.terms.kind}
          onChoose={(kind) => patch({ terms: kind === 'owned' ? OWNED_AT_FIRST : RENTED_AT_FIRST })}
        />
        <AssumedBadge provenance={row.provenance} />
        <b className={styles['rate']}>
          {formatFigure(rateOf(revision, row), 'USD/GPU-h').text}
          <small>
            $/GPU-h{row.terms.kind === 'rented' && row.terms.includesEnergy ? ', power included' : ' without energy'}
          </small>
        </b>
        <button
          type="button"
          className={styles['iconButton']}
          aria-label={`Remove ${row.sku}`}
          title={`Remove ${row.sku}`}
          onClick={() => {
            onChange((one) => withoutPrice(one, index));
            onRestart();
          }}
        >
          <Icon name="close" size={12} />
        </button>
      </div>
      <div className={styles['fields']}>
        {row.terms.kind === 'owned' ? (
          <OwnedFields terms={row.terms} onChange={(terms) => patch({ terms })} />
        ) : (
          <RentedFields terms={row.terms} onChange={(terms) => patch({ terms })} />
        )}
        <FacilityFields row={row} onChange={patch} />
        <NumberField
          label="Network"
          unit="$/GPU-h"
          min={0}
          max={1e6}
          value={row.networkUsdPerGpuHour}
          onChange={(networkUsdPerGpuHour) => patch({ networkUsdPerGpuHour })}
        />
        <NumberField
          label="Operations"
          unit="$/GPU-h"
          min={0}
          max={1e6}
          value={row.operationsUsdPerGpuHour}
          onChange={(operationsUsdPerGpuHour) => patch({ operationsUsdPerGpuHour })}
        />
      </div>
    </fieldset>
  );
}

function OwnedFields({
  terms,
  onChange,
}: {
  readonly terms: Ownership;
  readonly onChange: (terms: Ownership) => void;
}) {
  return (
    <>
      <NumberField
        label="Price with its share of server"
        unit="$/GPU"
        min={0}
        max={1e9}
        value={terms.capexUsd}
        onChange={(capexUsd) => onChange({ ...terms, capexUsd })}
      />
      <NumberField
        label="Value at the end"
        unit="$/GPU"
        min={0}
        max={1e9}
        value={terms.residualUsd}
        onChange={(residualUsd) => onChange({ ...terms, residualUsd })}
      />
      <NumberField
        label="Worn off over"
        unit="months"
        min={1}
        max={240}
        value={terms.termMonths}
        onChange={(termMonths) => onChange({ ...terms, termMonths })}
      />
      <NumberField
        label="Cost of capital"
        unit="% a year"
        min={0}
        max={100}
        value={Number((terms.annualRate * 100).toPrecision(6))}
        onChange={(percent) => onChange({ ...terms, annualRate: percent / 100 })}
      />
      <label className={styles['select']}>
        Method
        <select
          value={terms.method}
          onChange={(event) =>
            onChange({ ...terms, method: event.target.value === 'annuity' ? 'annuity' : 'straight-line' })
          }
        >
          <option value="annuity">annuity</option>
          <option value="straight-line">straight line</option>
        </select>
      </label>
    </>
  );
}

function RentedFields({ terms, onChange }: { readonly terms: Rental; readonly onChange: (terms: Rental) => void }) {
  return (
    <>
      <NumberField
        label="Rent"
        unit="$/GPU-h"
        min={0}
        max={1e6}
        value={terms.usdPerGpuHour}
        onChange={(usdPerGpuHour) => onChange({ ...terms, usdPerGpuHour })}
      />
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={terms.includesEnergy}
          onChange={(event) => onChange({ ...terms, includesEnergy: event.target.checked })}
        />
        power is in the rent
      </label>
    </>
  );
}

type FacilityFieldsProps = { readonly row: HardwarePrice; readonly onChange: (patch: Partial<HardwarePrice>) => void };

function FacilityFields({ row, onChange }: FacilityFieldsProps) {
  const { facility } = row;
  return (
    <>
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={facility !== null}
          onChange={(event) =>
            onChange({
              facility: event.target.checked ? COLOCATION_AT_FIRST : null,
            })
          }
        />
        colocation is paid apart
      </label>
      {facility !== null && (
        <>
          <NumberField
            label="Colocation"
            unit="$/kW-month"
            min={0}
            max={1e6}
            value={facility.usdPerKilowattMonth}
            onChange={(usdPerKilowattMonth) => onChange({ facility: { ...facility, usdPerKilowattMonth } })}
          />
          <NumberField
            label="Provisioned"
            unit="kW/GPU"
            min={0}
            max={1000}
            value={facility.provisionedKilowatts}
            onChange={(provisionedKilowatts) => onChange({ facility: { ...facility, provisionedKilowatts } })}
          />
        </>
      )}
    </>
  );
}
