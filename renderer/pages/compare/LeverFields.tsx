import { NumberField } from '#renderer/components/NumberField.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import type { WhatIfBasis } from '#shared/contract/what-if-schema.ts';
import { assertNever } from '#shared/lib/assert.ts';
import type { OwnEdit, RentEdit, ReplaceEdit, ScenarioEdit } from '#shared/model/scenario.ts';
import { productWords } from './reference-rows.ts';
import { FIRST_OWN, firstRent } from './scenario-levers.ts';
import styles from './WhatIf.module.css';

type LeverFieldsProps<Edit extends ScenarioEdit> = {
  readonly edit: Edit;
  readonly inForce: WhatIfBasis;
  readonly onChange: (edit: ScenarioEdit) => void;
};

/** The fields of a lever, with units and bounds beside them. */
export function LeverFields({ edit, inForce, onChange }: LeverFieldsProps<ScenarioEdit>) {
  switch (edit.kind) {
    case 'tariff':
    case 'tariff-factor':
      return <ElectricityFields edit={edit} inForce={inForce} onChange={onChange} />;
    case 'pue':
      return (
        <div className={styles['fields']}>
          <NumberField
            label="PUE"
            unit="1 to 5; usual 1.06 to 1.6"
            value={edit.pue}
            min={1}
            max={5}
            onChange={(pue) => onChange({ ...edit, pue })}
          />
        </div>
      );
    case 'rent':
    case 'own':
      return <HardwareFields edit={edit} inForce={inForce} onChange={onChange} />;
    case 'replace':
      return <ReplaceFields edit={edit} inForce={inForce} onChange={onChange} />;
    case 'busy':
      return (
        <div className={styles['fields']}>
          <NumberField
            label="Work, of work and idle time"
            unit="%"
            value={edit.share * 100}
            min={1}
            max={100}
            onChange={(percent) => onChange({ ...edit, share: percent / 100 })}
          />
        </div>
      );
    case 'weights':
      return <WeightFields edit={edit} inForce={inForce} onChange={onChange} />;
    default:
      return assertNever(edit);
  }
}

type ElectricityEdit = Extract<ScenarioEdit, { readonly kind: 'tariff' | 'tariff-factor' }>;

function ElectricityFields({ edit, inForce, onChange }: LeverFieldsProps<ElectricityEdit>) {
  return (
    <div className={styles['fields']}>
      <Segmented
        label="Electricity"
        choices={[
          { value: 'tariff', name: 'One price' },
          { value: 'tariff-factor', name: 'Times a factor' },
        ]}
        value={edit.kind}
        onChoose={(kind) =>
          onChange(kind === 'tariff' ? { kind, usdPerKilowattHour: inForce.usdPerKilowattHour } : { kind, factor: 1 })
        }
      />
      {edit.kind === 'tariff' ? (
        <NumberField
          label="Price"
          unit="$/kWh; usual 0.03 to 0.3"
          value={edit.usdPerKilowattHour}
          min={0}
          max={5}
          onChange={(usdPerKilowattHour) => onChange({ ...edit, usdPerKilowattHour })}
        />
      ) : (
        <NumberField
          label="Factor"
          unit="×, demand charge too"
          value={edit.factor}
          min={0}
          max={100}
          onChange={(factor) => onChange({ ...edit, factor })}
        />
      )}
    </div>
  );
}

function HardwareFields({ edit, inForce, onChange }: LeverFieldsProps<RentEdit | OwnEdit>) {
  return (
    <div className={styles['fields']}>
      <Segmented
        label="Terms"
        choices={[
          { value: 'rent', name: 'Rent' },
          { value: 'own', name: 'Own' },
        ]}
        value={edit.kind}
        onChoose={(kind) =>
          onChange(
            kind === 'rent'
              ? { ...firstRent(inForce.products[0]?.usdPerGpuHour ?? null), sku: edit.sku }
              : { ...FIRST_OWN, sku: edit.sku },
          )
        }
      />
      <ProductSelect
        label="Product"
        value={edit.sku}
        names={inForce.products.map((product) => product.sku)}
        all="all products"
        onChoose={(sku) => onChange({ ...edit, sku })}
      />
      {edit.kind === 'rent' ? (
        <RentFields edit={edit} onChange={onChange} />
      ) : (
        <OwnFields edit={edit} onChange={onChange} />
      )}
    </div>
  );
}

function RentFields({ edit, onChange }: Pick<LeverFieldsProps<RentEdit>, 'edit' | 'onChange'>) {
  return (
    <>
      <NumberField
        label="Rent"
        unit="$/GPU-h; usual 1 to 15"
        value={edit.usdPerGpuHour}
        min={0}
        max={1000}
        onChange={(usdPerGpuHour) => onChange({ ...edit, usdPerGpuHour })}
      />
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={edit.isAllIn}
          onChange={(event) => onChange({ ...edit, isAllIn: event.target.checked })}
        />
        energy, colocation, network and operations are in the rent
      </label>
    </>
  );
}

function OwnFields({ edit, onChange }: Pick<LeverFieldsProps<OwnEdit>, 'edit' | 'onChange'>) {
  return (
    <>
      <NumberField
        label="Price of a GPU"
        unit="$ with its share of rack and plant"
        value={edit.capexUsd}
        min={0}
        max={1e6}
        onChange={(capexUsd) => onChange({ ...edit, capexUsd })}
      />
      <NumberField
        label="Left at the end"
        unit="% of the price"
        value={edit.residualShare * 100}
        min={0}
        max={100}
        onChange={(percent) => onChange({ ...edit, residualShare: percent / 100 })}
      />
      <NumberField
        label="Term"
        unit="months; usual 48 to 72"
        value={edit.termMonths}
        min={1}
        max={240}
        onChange={(termMonths) => onChange({ ...edit, termMonths })}
      />
      <NumberField
        label="Cost of capital"
        unit="% a year; usual 8 to 15"
        value={edit.annualRate * 100}
        min={0}
        max={100}
        onChange={(percent) => onChange({ ...edit, annualRate: percent / 100 })}
      />
    </>
  );
}

function ReplaceFields({ edit, inForce, onChange }: LeverFieldsProps<ReplaceEdit>) {
  return (
    <div className={styles['fields']}>
      <ProductSelect
        label="In place of"
        value={edit.sku}
        names={inForce.products.map((product) => product.sku)}
        onChoose={(sku) => onChange({ ...edit, sku })}
      />
      <ProductSelect
        label="Use"
        value={edit.by}
        names={inForce.replacements}
        onChoose={(by) => onChange({ ...edit, by })}
      />
      <OptionalNumber
        label="Throughput of a GPU"
        unit="× the old one"
        told="public runs"
        value={edit.throughputRatio}
        first={1}
        min={0.01}
        max={1000}
        onChange={(throughputRatio) => onChange({ ...edit, throughputRatio })}
      />
      <OptionalNumber
        label="Power of a GPU"
        unit="× the old one"
        told="the catalogue"
        value={edit.powerRatio}
        first={1}
        min={0.01}
        max={100}
        onChange={(powerRatio) => onChange({ ...edit, powerRatio })}
      />
      <OptionalNumber
        label="Rate, all in"
        unit="$/GPU-h"
        told="the cost book"
        value={edit.usdPerGpuHour}
        first={2}
        min={0}
        max={1000}
        onChange={(usdPerGpuHour) => onChange({ ...edit, usdPerGpuHour })}
      />
    </div>
  );
}

type OptionalNumberProps = {
  readonly label: string;
  readonly unit: string;
  /** Where the number comes from while it is left open. */
  readonly told: string;
  readonly value: number | null;
  readonly first: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number | null) => void;
};

/** A number that is looked up unless it is entered. */
function OptionalNumber({ label, unit, told, value, first, min, max, onChange }: OptionalNumberProps) {
  return (
    <div className={styles['optional']}>
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={value === null}
          onChange={(event) => onChange(event.target.checked ? null : first)}
        />
        {label}: from {told}
      </label>
      {value !== null && (
        <NumberField label={label} unit={unit} value={value} min={min} max={max} onChange={onChange} />
      )}
    </div>
  );
}

function WeightFields({ edit, onChange }: LeverFieldsProps<Extract<ScenarioEdit, { readonly kind: 'weights' }>>) {
  const { weights } = edit;
  const field = (label: string, name: keyof typeof weights) => (
    <NumberField
      label={label}
      unit=""
      value={weights[name]}
      min={0}
      max={1000}
      onChange={(value) => onChange({ ...edit, weights: { ...weights, [name]: value } })}
    />
  );
  return (
    <div className={styles['fields']}>
      {field('Uncached input', 'input')}
      {field('Cached input', 'cached')}
      {field('Output', 'output')}
    </div>
  );
}

type ProductSelectProps = {
  readonly label: string;
  readonly value: string;
  readonly names: readonly string[];
  /** Offered as `*`. */
  readonly all?: string;
  readonly onChoose: (name: string) => void;
};

function ProductSelect({ label, value, names, all, onChoose }: ProductSelectProps) {
  const offered = [...new Set([...names, ...(value === '*' ? [] : [value])])];
  return (
    <label className={styles['select']}>
      {label}
      <select value={value} onChange={(event) => onChoose(event.target.value)}>
        {all !== undefined && <option value="*">{all}</option>}
        {offered.map((name) => (
          <option key={name} value={name}>
            {productWords([name])}
          </option>
        ))}
      </select>
    </label>
  );
}
