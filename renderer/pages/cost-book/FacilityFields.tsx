import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import type { Facility } from '#shared/model/cost-book.ts';
import { HOURS_PER_YEAR } from '#shared/units/arithmetic.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { AmountField } from './AmountField.tsx';
import { CheckField } from './CheckField.tsx';
import { COLOCATION_AT_FIRST } from './cost-book-draft.ts';
import { FieldGroup } from './FieldGroup.tsx';
import fields from './Fields.module.css';
import { useCostBookForm } from './form-context.tsx';
import type { PriceEdit } from './HardwareItem.tsx';
import { moneySign } from './price-words.ts';
import { usualIn } from './usual-range.ts';

/** What is paid for the place that the hardware stands in. */
export function FacilityFields({ price, path, onChange }: PriceEdit) {
  const { revision } = useCostBookForm();
  const { facility, currency } = price;
  const set = (patch: Partial<Facility>): void =>
    onChange('colocation', { facility: { ...(facility ?? COLOCATION_AT_FIRST), ...patch } });
  return (
    <FieldGroup title="Where it stands" help="Rent of a data centre, by the power that is set aside.">
      <CheckField
        label="Colocation is paid apart"
        isChecked={facility !== null}
        onChange={(isApart) => onChange('colocation', { facility: isApart ? COLOCATION_AT_FIRST : null })}
      />
      {facility !== null && (
        <>
          <div className={fields['row']}>
            <AmountField
              label="Colocation"
              unit={`${moneySign(currency)}/kW-month`}
              path={`${path}.facility.usdPerKilowattMonth`}
              value={facility.usdPerKilowattMonth}
              usual={usualIn(PLAUSIBLE.colocation, 1, { revision, currency })}
              onChange={(value) => set({ usdPerKilowattMonth: value ?? Number.NaN })}
            />
            <AmountField
              label="Provisioned power"
              unit="kW/GPU"
              path={`${path}.facility.provisionedKilowatts`}
              value={facility.provisionedKilowatts}
              usual={PLAUSIBLE.provisionedKilowatts}
              onChange={(value) => set({ provisionedKilowatts: value ?? Number.NaN })}
            />
          </div>
          <CheckField
            label="Power is in this rent: measured energy is not charged again"
            isChecked={facility.includesEnergy}
            onChange={(includesEnergy) => set({ includesEnergy })}
          />
        </>
      )}
    </FieldGroup>
  );
}

/** What is paid beside the hardware and its place. */
export function ExtraFields({ price, path, onChange }: PriceEdit) {
  const { revision } = useCostBookForm();
  const { currency } = price;
  const perHour = `${moneySign(currency)}/GPU-h`;
  const usual = usualIn(PLAUSIBLE.adderPerGpuHour, 1, { revision, currency });
  return (
    <FieldGroup title="Beside it" help="What is not in the price above. Leave 0 for what is.">
      <div className={fields['row']}>
        <AmountField
          label="Network"
          unit={perHour}
          path={`${path}.networkUsdPerGpuHour`}
          value={price.networkUsdPerGpuHour}
          usual={usual}
          onChange={(value) => onChange('network', { networkUsdPerGpuHour: value ?? Number.NaN })}
        />
        <AmountField
          label="Storage"
          unit={perHour}
          path={`${path}.storageUsdPerGpuHour`}
          value={price.storageUsdPerGpuHour}
          usual={usual}
          onChange={(value) => onChange('storage', { storageUsdPerGpuHour: value ?? Number.NaN })}
        />
        <AmountField
          label="Operations, spares"
          unit={perHour}
          path={`${path}.operationsUsdPerGpuHour`}
          value={price.operationsUsdPerGpuHour}
          usual={usual}
          {...operationsHint(price)}
          onChange={(value) => onChange('operations', { operationsUsdPerGpuHour: value ?? Number.NaN })}
        />
        <AmountField
          label="Licences"
          unit={`${moneySign(currency)}/GPU-year`}
          path={`${path}.licenceUsdPerGpuYear`}
          value={price.licenceUsdPerGpuYear}
          usual={usualIn(PLAUSIBLE.licencePerGpuYear, 1, { revision, currency })}
          onChange={(value) => onChange('licences', { licenceUsdPerGpuYear: value ?? Number.NaN })}
        />
      </div>
    </FieldGroup>
  );
}

/** Operations are spoken of as a share of the price a year: beside the hourly amount, that share. */
function operationsHint({ terms, operationsUsdPerGpuHour }: PriceEdit['price']): { readonly hint?: string } {
  if (terms.kind !== 'owned' || !(terms.capexUsd > 0) || !Number.isFinite(operationsUsdPerGpuHour)) return {};
  return {
    hint: `${formatWithUnit((operationsUsdPerGpuHour * HOURS_PER_YEAR) / terms.capexUsd, 'ratio')} of the price a year`,
  };
}
