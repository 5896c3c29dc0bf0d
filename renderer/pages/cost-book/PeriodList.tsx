import { Icon } from '#renderer/components/Icon.tsx';
import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import type { TariffPeriod } from '#shared/model/cost-book.ts';
import { AmountField } from './AmountField.tsx';
import { changed, moved, PERIOD_AT_FIRST } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import type { EnergyEdit } from './ElectricitySection.tsx';
import fields from './Fields.module.css';
import { useCostBookForm } from './form-context.tsx';
import { hoursWords, monthName, monthsWords, weekdayName, weekdaysWords } from './period-words.ts';
import { moneySign, numberWords } from './price-words.ts';
import { HOUR_NUMBERS, hiddenPeriods, MONTH_NUMBERS, priceSteps, WEEKDAY_NUMBERS } from './tariff-week.ts';
import { TextField } from './TextField.tsx';
import { ToggleStrip } from './ToggleStrip.tsx';
import { usualIn } from './usual-range.ts';
import { rampOf } from './week-ramp.ts';

type PeriodListProps = EnergyEdit & {
  readonly open: number | null;
  readonly onOpen: (index: number | null) => void;
};

/** Periods of a tariff in the order in which they are asked; one at a time is open. */
export function PeriodList({ energy, path, onChange, open, onOpen }: PeriodListProps) {
  const { periods } = energy;
  const hidden = hiddenPeriods(energy);
  const steps = priceSteps(energy);
  const setPeriods = (what: string, next: readonly TariffPeriod[]): void => onChange(what, { periods: next });
  return (
    <div className={styles['periods']}>
      <ol>
        {periods.map((period, index) => (
          <li key={index} data-open={index === open}>
            <div className={styles['periodHead']}>
              <button
                type="button"
                aria-expanded={index === open}
                onClick={() => onOpen(index === open ? null : index)}
              >
                <i style={{ background: rampOf(steps[index] ?? 0) }} />
                <b>{period.name}</b>
                <span>
                  {monthsWords(period.months)}, {weekdaysWords(period.weekdays)}, {hoursWords(period.hours)}
                </span>
                <span className={styles['periodPrice']}>
                  {numberWords(period.usdPerKilowattHour)} {moneySign(energy.currency)}/kWh
                </span>
              </button>
              <PeriodButton
                name={`Ask ${period.name} earlier`}
                icon="up"
                isDisabled={index === 0}
                onPress={() => setPeriods('order of periods', moved(periods, index, -1))}
              />
              <PeriodButton
                name={`Ask ${period.name} later`}
                icon="down"
                isDisabled={index === periods.length - 1}
                onPress={() => setPeriods('order of periods', moved(periods, index, 1))}
              />
              <PeriodButton
                name={`Remove ${period.name}`}
                icon="close"
                onPress={() => {
                  onOpen(null);
                  setPeriods(
                    'periods',
                    periods.filter((_, place) => place !== index),
                  );
                }}
              />
            </div>
            {hidden.includes(index) && (
              <p className={styles['unlikely']}>
                <Icon name="late" size={11} />
                It never holds: earlier periods take all of its hours.
              </p>
            )}
            {index === open && (
              <PeriodFields
                period={period}
                path={`${path}.periods.${index}`}
                currency={energy.currency}
                onChange={(what, patch) =>
                  setPeriods(
                    `${what} of ${period.name}`,
                    changed(periods, index, (one) => ({ ...one, ...patch })),
                  )
                }
              />
            )}
          </li>
        ))}
      </ol>
      <button
        type="button"
        className={styles['plain']}
        onClick={() => {
          setPeriods('periods', [...periods, { ...PERIOD_AT_FIRST, name: `Period ${periods.length + 1}` }]);
          onOpen(periods.length);
        }}
      >
        <Icon name="plus" size={12} />
        Add a period
      </button>
    </div>
  );
}

type PeriodFieldsProps = {
  readonly period: TariffPeriod;
  readonly path: string;
  readonly currency: string;
  readonly onChange: (what: string, patch: Partial<TariffPeriod>) => void;
};

function PeriodFields({ period, path, currency, onChange }: PeriodFieldsProps) {
  const { revision } = useCostBookForm();
  return (
    <div className={styles['periodBody']}>
      <div className={fields['row']}>
        <TextField
          label="Name"
          path={`${path}.name`}
          value={period.name}
          maxLength={100}
          onChange={(name) => onChange('name', { name })}
        />
        <AmountField
          label="Price in it"
          unit={`${moneySign(currency)}/kWh`}
          path={`${path}.usdPerKilowattHour`}
          value={period.usdPerKilowattHour}
          usual={usualIn(PLAUSIBLE.tariff, 1, { revision, currency })}
          onChange={(value) => onChange('price', { usdPerKilowattHour: value ?? Number.NaN })}
        />
      </div>
      <ToggleStrip
        label="Months"
        values={MONTH_NUMBERS}
        nameOf={monthName}
        shortOf={monthName}
        chosen={period.months}
        onChange={(months) => onChange('months', { months })}
      />
      <ToggleStrip
        label="Days"
        values={WEEKDAY_NUMBERS}
        nameOf={weekdayName}
        shortOf={weekdayName}
        chosen={period.weekdays}
        onChange={(weekdays) => onChange('days', { weekdays })}
      />
      <ToggleStrip
        label="Hours"
        values={HOUR_NUMBERS}
        nameOf={(hour) => hoursWords([hour])}
        shortOf={String}
        chosen={period.hours}
        onChange={(hours) => onChange('hours', { hours })}
      />
    </div>
  );
}

type PeriodButtonProps = {
  readonly name: string;
  readonly icon: 'up' | 'down' | 'close';
  readonly isDisabled?: boolean;
  readonly onPress: () => void;
};

function PeriodButton({ name, icon, isDisabled = false, onPress }: PeriodButtonProps) {
  return (
    <button
      type="button"
      className={styles['iconButton']}
      aria-label={name}
      title={name}
      disabled={isDisabled}
      onClick={onPress}
    >
      <Icon name={icon} size={12} />
    </button>
  );
}
