import type { Figure } from '#shared/model/figure.ts';
import { SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules } from '#shared/units/quantities.ts';
import { explained, facilityBoundary, itBoundary } from './explained.ts';
import { energyInputs, tokenInputs, type FigureContext } from './figure-inputs.ts';
import { inTurn, short } from './figure-text.ts';
import { gpuSecondsOf, tokensOf } from './priced-group.ts';

/**
 * Mean power: the energy that is known, over all of the window. Where energy is not known nothing is put in its place, so
 * the figure is then a lower bound, and its notes say of how much.
 */
export function power(context: FigureContext): Figure {
  const { group, windowSeconds } = context;
  const value = group.itEnergyJoules === null ? null : group.itEnergyJoules / windowSeconds;
  const gpus = short(gpuSecondsOf(group) / windowSeconds);
  const hours = short(windowSeconds / SECONDS_PER_HOUR);
  return explained(context, {
    value,
    unit: 'W',
    absence: value === null ? 'no-energy' : null,
    formula: 'GPU board energy × node overhead ÷ hours',
    working: value === null ? '–' : `${itText(context)} ÷ ${hours} h = ${short(value / 1000)} kW of ${gpus} GPUs`,
    inputs: energyInputs(context, 'it'),
    powerBoundary: itBoundary(context),
  });
}

/** Energy at the meter of the facility, J. */
export function energy(context: FigureContext): Figure {
  const { group } = context;
  const value = group.facilityEnergyJoules;
  const pue = inTurn(revisionsOf(context).map((revision) => revision.energy.pue));
  return explained(context, {
    value,
    unit: 'J',
    absence: value === null ? 'no-energy' : null,
    formula: 'GPU board energy × node overhead × PUE',
    working: value === null ? '–' : `${itText(context)} × ${pue} = ${kilowattHoursText(value)}`,
    inputs: energyInputs(context, 'facility'),
    powerBoundary: facilityBoundary(context),
  });
}

/** Tokens per joule of IT energy. */
export function efficiency(context: FigureContext): Figure {
  const { group, basis } = context;
  const count = tokensOf(group, basis);
  const itJoules = group.itEnergyJoules ?? 0;
  const value = itJoules > 0 && count > 0 ? count / itJoules : null;
  return explained(context, {
    value,
    unit: 'token/J',
    absence: value === null ? (itJoules > 0 ? 'no-tokens' : 'no-energy') : null,
    formula: `${basis} tokens ÷ (GPU board energy × node overhead)`,
    working: `${short(count)} tokens ÷ ${short(itJoules)} J = ${value === null ? '–' : short(value)} tok/J`,
    inputs: [...tokenInputs(context), ...energyInputs(context, 'it')],
    powerBoundary: itBoundary(context),
  });
}

function itText(context: FigureContext): string {
  const overhead = inTurn(revisionsOf(context).map((revision) => revision.energy.nodeOverhead));
  return `${kilowattHoursText(context.group.energyJoules ?? 0)} × ${overhead}`;
}

function kilowattHoursText(energyJoules: number): string {
  return `${short(toKilowattHours(joules(energyJoules)))} kWh`;
}

/** The revisions behind the energy, in order of time. */
function revisionsOf({ group }: FigureContext) {
  const metered = group.lines.filter((line) => line.energyJoules !== null).map((line) => line.revision);
  return [...new Set(metered)].toSorted((one, other) => one.from - other.from);
}
