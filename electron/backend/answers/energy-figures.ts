import { overheadOf } from '#shared/cost/energy-cost.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import { SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules } from '#shared/units/quantities.ts';
import { explained, facilityBoundary, itBoundary } from './explained.ts';
import { energyInputs } from './energy-inputs.ts';
import { spanInput, tokenInputs, type FigureContext } from './figure-inputs.ts';
import { pueInputs } from './measured-pue.ts';
import { short } from './figure-text.ts';
import { energyBases, energyPricesOf, factorsInWords, type EnergyBasis } from './power-basis.ts';
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
    formula: `${inBrackets(itFormula(context))} ÷ hours`,
    working:
      value === null ? '–' : `${inBrackets(itText(context))} ÷ ${hours} h = ${short(value / 1000)} kW of ${gpus} GPUs`,
    inputs: [...energyInputs(context, 'it'), spanInput(context)],
    powerBoundary: itBoundary(context),
  });
}

/** Energy at the meter of the facility, J. */
export function energy(context: FigureContext): Figure {
  const { group } = context;
  const value = group.facilityEnergyJoules;
  const pue = factorsInWords(energyPricesOf(group.lines), (price) => price.pue);
  return explained(context, {
    value,
    unit: 'J',
    absence: value === null ? 'no-energy' : null,
    formula: facilityFormula(context),
    working: value === null ? '–' : `${facilityText(context, pue)} = ${kilowattHoursText(value)}`,
    inputs: [...energyInputs(context, 'facility'), ...pueInputs(context.measuredPue)],
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
    formula: `${basis} tokens ÷ ${asDivisor(itFormula(context))}`,
    working: `${short(count)} tokens ÷ ${short(itJoules)} J = ${value === null ? '–' : short(value)} tok/J`,
    inputs: [...tokenInputs(context), ...energyInputs(context, 'it')],
    powerBoundary: itBoundary(context),
  });
}

/** IT energy in words: each measured energy with the factor for the rest of its node. */
function itFormula({ group }: FigureContext): string {
  const terms = energyBases(group.lines).map(({ boundary }) => IT_TERMS[boundary]);
  return terms.length === 0 ? IT_TERMS.board : sumText(terms);
}

const IT_TERMS: Readonly<Record<PowerBoundary, string>> = {
  board: 'GPU board energy × node overhead',
  cpu: 'GPU board and CPU socket energy × module overhead',
  module: 'superchip module energy × module overhead',
  node: 'node energy',
  rack: 'rack energy',
  wall: 'energy at the wall ÷ PUE',
};

function facilityFormula(context: FigureContext): string {
  const bases = energyBases(context.group.lines);
  const isAtWall = bases.some(({ boundary }) => boundary === 'wall');
  if (!isAtWall) return `${inBrackets(itFormula(context))} × PUE`;
  const others = bases.filter(({ boundary }) => boundary !== 'wall').map(({ boundary }) => IT_TERMS[boundary]);
  return others.length === 0 ? 'energy at the wall' : `energy at the wall + ${inBrackets(sumText(others))} × PUE`;
}

/** A sum in brackets where a factor or a divisor follows; a product needs none. */
function inBrackets(text: string): string {
  return text.includes(' + ') ? `(${text})` : text;
}

function asDivisor(text: string): string {
  return / [+×÷] /.test(text) ? `(${text})` : text;
}

function sumText(terms: readonly string[]): string {
  return terms.join(' + ');
}

function itText({ group }: FigureContext): string {
  return sumText(energyBases(group.lines).map(itTerm));
}

function itTerm({ boundary, lines, joules: measured }: EnergyBasis): string {
  const prices = energyPricesOf(lines);
  if (boundary === 'wall') return `${kilowattHoursText(measured)} ÷ ${factorsInWords(prices, ({ pue }) => pue)}`;
  const overhead = factorsInWords(prices, (price) => overheadOf(boundary, price));
  return overhead === '1' ? kilowattHoursText(measured) : `${kilowattHoursText(measured)} × ${overhead}`;
}

function facilityText({ group }: FigureContext, pue: string): string {
  const bases = energyBases(group.lines);
  const wall = bases
    .filter(({ boundary }) => boundary === 'wall')
    .map(({ joules: measured }) => kilowattHoursText(measured));
  const others = bases.filter(({ boundary }) => boundary !== 'wall').map(itTerm);
  return sumText([...wall, ...(others.length === 0 ? [] : [`${inBrackets(sumText(others))} × ${pue}`])]);
}

function kilowattHoursText(energyJoules: number): string {
  return `${short(toKilowattHours(joules(energyJoules)))} kWh`;
}
