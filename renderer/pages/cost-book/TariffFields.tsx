import { useState } from 'react';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import { AmountField } from './AmountField.tsx';
import { ChoiceField } from './ChoiceField.tsx';
import { PERIOD_AT_FIRST } from './cost-book-draft.ts';
import type { EnergyEdit } from './ElectricitySection.tsx';
import { FieldGroup } from './FieldGroup.tsx';
import fields from './Fields.module.css';
import { useCostBookForm } from './form-context.tsx';
import { PeriodList } from './PeriodList.tsx';
import { moneySign } from './price-words.ts';
import { TextField } from './TextField.tsx';
import { usualIn } from './usual-range.ts';
import { WeekGrid } from './WeekGrid.tsx';

const SHAPES = [
  { value: 'flat', name: 'One price' },
  { value: 'calendar', name: 'By the clock' },
] as const;

const ZONES = Intl.supportedValuesOf('timeZone');

/** The price of a kilowatt-hour, flat or by a calendar, and what the highest hour of a month costs. */
export function TariffFields({ energy, path, onChange }: EnergyEdit) {
  const { revision } = useCostBookForm();
  const [open, setOpen] = useState<number | null>(null);
  const { currency, periods } = energy;
  const isCalendar = periods.length > 0;
  const perKilowattHour = `${moneySign(currency)}/kWh`;
  const currencies = ['USD', ...revision.currencies.map((rate) => rate.currency), currency];
  const usual = usualIn(PLAUSIBLE.tariff, 1, { revision, currency });
  return (
    <>
      <FieldGroup
        title="Price"
        help={isCalendar ? 'The base price holds in all hours that no period names.' : 'All-in, as on the bill.'}
      >
        <Segmented
          label="Tariff"
          choices={SHAPES}
          value={isCalendar ? 'calendar' : 'flat'}
          onChoose={(shape) => {
            if ((shape === 'calendar') === isCalendar) return;
            onChange('tariff', { periods: shape === 'calendar' ? [PERIOD_AT_FIRST] : [] });
            setOpen(shape === 'calendar' ? 0 : null);
          }}
        />
        <div className={fields['row']}>
          <AmountField
            label={isCalendar ? 'Base price' : 'Electricity'}
            unit={perKilowattHour}
            path={`${path}.usdPerKilowattHour`}
            value={energy.usdPerKilowattHour}
            usual={usual}
            onChange={(value) => onChange('price', { usdPerKilowattHour: value ?? Number.NaN })}
          />
          <AmountField
            label="Demand charge"
            unit={`${moneySign(currency)}/kW-month`}
            path={`${path}.demandUsdPerKilowattMonth`}
            value={energy.demandUsdPerKilowattMonth}
            usual={usualIn(PLAUSIBLE.demand, 1, { revision, currency })}
            onChange={(value) => onChange('demand charge', { demandUsdPerKilowattMonth: value ?? Number.NaN })}
          />
          <ChoiceField
            label="Currency"
            path={`${path}.currency`}
            value={currency}
            choices={[...new Set(currencies)].map((value) => ({ value, name: value }))}
            onChange={(value) => onChange('currency', { currency: value })}
          />
          <TextField
            label="Clock of the tariff"
            path={`${path}.zone`}
            value={energy.zone}
            suggestions={ZONES}
            hint="its months and hours"
            onChange={(zone) => onChange('zone', { zone })}
          />
        </div>
      </FieldGroup>
      {isCalendar && (
        <FieldGroup title="Calendar" help="Of several periods that name an hour, the first one holds.">
          <PeriodList energy={energy} path={path} onChange={onChange} open={open} onOpen={setOpen} />
          <WeekGrid energy={energy} />
        </FieldGroup>
      )}
    </>
  );
}
