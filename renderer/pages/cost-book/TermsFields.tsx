import { Segmented } from '#renderer/components/Segmented.tsx';
import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import type { Commitment, Ownership, Rental } from '#shared/model/cost-book.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { AmountField } from './AmountField.tsx';
import { CheckField } from './CheckField.tsx';
import { ChoiceField } from './ChoiceField.tsx';
import { instantOfDay, OWNED_AT_FIRST, RENTED_AT_FIRST } from './cost-book-draft.ts';
import { DayField } from './DayField.tsx';
import { FieldGroup } from './FieldGroup.tsx';
import fields from './Fields.module.css';
import { useCostBookForm } from './form-context.tsx';
import type { PriceEdit } from './HardwareItem.tsx';
import { moneySign } from './price-words.ts';
import { usualIn } from './usual-range.ts';

const KINDS = [
  { value: 'owned', name: 'Owned' },
  { value: 'rented', name: 'Rented' },
] as const;

const METHODS = [
  { value: 'annuity', name: 'annuity' },
  { value: 'straight-line', name: 'straight line' },
] as const;

const HELP = {
  owned:
    'Paid once and worn off over its term. An annuity charges the cost of the money too; a straight line does not.',
  rented: 'Paid by the hour, or committed for years whether it is used or not.',
} as const;

/** How the hardware is paid. */
export function TermsFields(edit: PriceEdit) {
  const { price, onChange } = edit;
  const { terms } = price;
  return (
    <FieldGroup title="How it is paid" help={HELP[terms.kind]}>
      <Segmented
        label="How it is paid"
        choices={KINDS}
        value={terms.kind}
        onChoose={(kind) => {
          if (kind !== terms.kind) onChange('terms', { terms: kind === 'owned' ? OWNED_AT_FIRST : RENTED_AT_FIRST });
        }}
      />
      {terms.kind === 'owned' ? <OwnedFields {...edit} terms={terms} /> : <RentedFields {...edit} terms={terms} />}
    </FieldGroup>
  );
}

function OwnedFields({ price, path, onChange, terms }: PriceEdit & { readonly terms: Ownership }) {
  const { revision } = useCostBookForm();
  const { currency } = price;
  const perGpu = `${moneySign(currency)}/GPU`;
  const set = (what: string, patch: Partial<Ownership>): void => onChange(what, { terms: { ...terms, ...patch } });
  const residual = usualIn(PLAUSIBLE.residualShare, terms.capexUsd);
  return (
    <div className={fields['row']}>
      <AmountField
        label="Price, all in"
        unit={perGpu}
        path={`${path}.terms.capexUsd`}
        value={terms.capexUsd}
        usual={usualIn(PLAUSIBLE.capex, 1, { revision, currency })}
        onChange={(capexUsd) => set('price', { capexUsd: capexUsd ?? Number.NaN })}
      />
      <AmountField
        label="Value at the end"
        unit={perGpu}
        path={`${path}.terms.residualUsd`}
        value={terms.residualUsd}
        {...(Number.isFinite(terms.capexUsd) ? { usual: residual } : {})}
        onChange={(residualUsd) => set('value at the end', { residualUsd: residualUsd ?? Number.NaN })}
      />
      <AmountField
        label="Worn off over"
        unit="months"
        path={`${path}.terms.termMonths`}
        value={terms.termMonths}
        usual={PLAUSIBLE.termMonths}
        onChange={(termMonths) => set('term', { termMonths: termMonths ?? Number.NaN })}
      />
      <AmountField
        label="Cost of capital"
        unit="% a year"
        path={`${path}.terms.annualRate`}
        value={terms.annualRate}
        scale={100}
        usual={usualIn(PLAUSIBLE.annualRate, 100)}
        onChange={(annualRate) => set('cost of capital', { annualRate: annualRate ?? Number.NaN })}
      />
      <ChoiceField
        label="Method"
        value={terms.method}
        choices={METHODS}
        onChange={(method) => set('method', { method })}
      />
    </div>
  );
}

function RentedFields({ price, path, onChange, terms }: PriceEdit & { readonly terms: Rental }) {
  const { revision } = useCostBookForm();
  const { currency } = price;
  const set = (what: string, patch: Partial<Rental>): void => onChange(what, { terms: { ...terms, ...patch } });
  return (
    <>
      <div className={fields['row']}>
        <AmountField
          label="Rent"
          unit={`${moneySign(currency)}/GPU-h`}
          path={`${path}.terms.usdPerGpuHour`}
          value={terms.usdPerGpuHour}
          usual={usualIn(PLAUSIBLE.gpuHour, 1, { revision, currency })}
          onChange={(usdPerGpuHour) => set('rent', { usdPerGpuHour: usdPerGpuHour ?? Number.NaN })}
        />
      </div>
      <CheckField
        label="Power is in the rent: measured energy is not charged again"
        isChecked={terms.includesEnergy}
        onChange={(includesEnergy) => set('power in the rent', { includesEnergy })}
      />
      <CheckField
        label="Committed for years, paid whether used or not"
        isChecked={terms.commitment !== null}
        onChange={(isCommitted) =>
          set('commitment', { commitment: isCommitted ? { ...COMMITMENT_AT_FIRST, since: revision.from } : null })
        }
      />
      {terms.commitment !== null && (
        <CommitmentFields
          path={`${path}.terms.commitment`}
          commitment={terms.commitment}
          onChange={(commitment) => set('commitment', { commitment })}
        />
      )}
    </>
  );
}

const COMMITMENT_AT_FIRST: Omit<Commitment, 'since'> = { gpus: Number.NaN, years: 3, upfrontShare: 0 };

type CommitmentFieldsProps = {
  readonly path: string;
  readonly commitment: Commitment;
  readonly onChange: (commitment: Commitment) => void;
};

function CommitmentFields({ path, commitment, onChange }: CommitmentFieldsProps) {
  const set = (patch: Partial<Commitment>): void => onChange({ ...commitment, ...patch });
  return (
    <div className={fields['row']}>
      <AmountField
        label="Committed"
        unit="GPUs"
        path={`${path}.gpus`}
        value={commitment.gpus}
        onChange={(gpus) => set({ gpus: gpus ?? Number.NaN })}
      />
      <DayField
        label="Since, UTC"
        path={`${path}.since`}
        value={Number.isNaN(commitment.since) ? null : formatInstant(commitment.since, 'UTC', 'date')}
        onChange={(day) => set({ since: instantOfDay(day ?? '') })}
      />
      <AmountField
        label="For"
        unit="years"
        path={`${path}.years`}
        value={commitment.years}
        usual={PLAUSIBLE.commitmentYears}
        onChange={(years) => set({ years: years ?? Number.NaN })}
      />
      <AmountField
        label="Paid up front"
        unit="%"
        path={`${path}.upfrontShare`}
        value={commitment.upfrontShare}
        scale={100}
        onChange={(upfrontShare) => set({ upfrontShare: upfrontShare ?? Number.NaN })}
      />
    </div>
  );
}
