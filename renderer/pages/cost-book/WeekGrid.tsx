import { Fragment, useState } from 'react';
import { Segmented } from '#renderer/components/Segmented.tsx';
import type { EnergyPrice } from '#shared/model/cost-book.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { hoursWords, weekdayName } from './period-words.ts';
import { moneySign, numberWords } from './price-words.ts';
import { HOUR_NUMBERS, hoursByPeriod, priceSteps, seasonsOf, WEEKDAY_NUMBERS, type Season } from './tariff-week.ts';
import { rampOf } from './week-ramp.ts';
import styles from './WeekGrid.module.css';

/** The week of each season, hour by hour: which period holds, and for how many of its 168 hours. */
export function WeekGrid({ energy }: { readonly energy: EnergyPrice }) {
  const seasons = seasonsOf(energy);
  const [name, setName] = useState<string | null>(null);
  const season = seasons.find((one) => one.name === name) ?? seasons[0];
  if (season === undefined) return null;
  return (
    <div className={styles['week']}>
      <div className={styles['head']}>
        <h5>The week, by the clock of {energy.zone}</h5>
        {seasons.length > 1 && (
          <Segmented
            label="Season"
            choices={seasons.map((one) => ({ value: one.name, name: one.name }))}
            value={season.name}
            onChoose={setName}
          />
        )}
      </div>
      <Grid energy={energy} season={season} />
      <Legend energy={energy} season={season} />
    </div>
  );
}

type WeekProps = { readonly energy: EnergyPrice; readonly season: Season };

function Grid({ energy, season }: WeekProps) {
  const steps = priceSteps(energy);
  return (
    <div className={styles['grid']} data-testid="week-grid">
      <p className="unseen">{sentenceOf({ energy, season })}</p>
      <span />
      {HOUR_NUMBERS.map((hour) => (
        <span key={hour} className={styles['hour']}>
          {hour % 3 === 0 ? String(hour).padStart(2, '0') : ''}
        </span>
      ))}
      {WEEKDAY_NUMBERS.map((weekday) => (
        <Fragment key={weekday}>
          <span className={styles['day']}>{weekdayName(weekday)}</span>
          {HOUR_NUMBERS.map((hour) => {
            const place = season.cells[weekday - 1]?.[hour] ?? null;
            const step = steps[place ?? energy.periods.length] ?? 0;
            const title = `${weekdayName(weekday)} ${hoursWords([hour])}: ${periodWords(energy, place)}`;
            return <i key={hour} title={title} data-period={place ?? 'base'} style={{ background: rampOf(step) }} />;
          })}
        </Fragment>
      ))}
    </div>
  );
}

function Legend({ energy, season }: WeekProps) {
  const steps = priceSteps(energy);
  const hours = hoursByPeriod(season, energy.periods.length);
  const places = [...energy.periods.keys(), null];
  return (
    <ul className={styles['legend']}>
      {places.map((place) => {
        const index = place ?? energy.periods.length;
        return (
          <li key={index} data-none={hours[index] === 0}>
            <i style={{ background: rampOf(steps[index] ?? 0) }} />
            {periodWords(energy, place)}
            <small>{formatNumber(hours[index] ?? 0, 0)} h a week</small>
          </li>
        );
      })}
    </ul>
  );
}

/** `Peak, 0.18 $/kWh`. */
function periodWords({ periods, usdPerKilowattHour, currency }: EnergyPrice, place: number | null): string {
  const period = place === null ? null : (periods[place] ?? null);
  const price = numberWords(period?.usdPerKilowattHour ?? usdPerKilowattHour);
  return `${period?.name ?? 'Base'}, ${price} ${moneySign(currency)}/kWh`;
}

/** The same for who cannot see the grid. */
function sentenceOf({ energy, season }: WeekProps): string {
  const hours = hoursByPeriod(season, energy.periods.length);
  const parts = [...energy.periods.keys(), null].map(
    (place) => `${periodWords(energy, place)} for ${hours[place ?? energy.periods.length] ?? 0} hours`,
  );
  return `A week of ${season.name}: ${parts.join('; ')}`;
}
