import { sumOf } from '#shared/lib/sum.ts';
import type { Figure } from '#shared/model/figure.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { demandNotes } from './demand-inputs.ts';
import { isEnergyCharged } from './energy-inputs.ts';
import type { FigureContext } from './figure-inputs.ts';
import { percent, short } from './figure-text.ts';
import {
  basisWords,
  energyBases,
  energyPricesOf,
  factorsInWords,
  factorWords,
  powerNotes,
  type PriceUse,
} from './power-basis.ts';
import { isUnusedCommitment } from './unused-commitments.ts';
import { gpuSecondsOf, type PricedGroup, type TokenPiece } from './priced-group.ts';

type Draft = Pick<Figure, 'value' | 'unit' | 'absence' | 'formula' | 'working' | 'inputs'> &
  Partial<Pick<Figure, 'parts' | 'powerBoundary'>>;

/** A figure with what all figures have: coverage, and what a reader must know before trusting it. */
export function explained(context: FigureContext, draft: Draft): Figure {
  return { parts: [], powerBoundary: null, ...draft, coverage: context.group.coverage, notes: notesOf(context) };
}

/** What a facility's energy covers, with every factor that was used. */
export function facilityBoundary(context: FigureContext): string {
  const { group } = context;
  const prices = pricesUsed(context);
  const pue = factorsInWords(prices, (price) => price.pue);
  const bases = energyBases(group.lines);
  if (bases.every(({ boundary }) => boundary === 'board'))
    return `facility: ${factorWords('board', prices)} for the node × PUE ${pue}`;
  const words = basisWords(group) ?? '';
  if (bases.every(({ boundary }) => boundary === 'wall')) return `facility: ${words}`;
  const isAtWall = bases.some(({ boundary }) => boundary === 'wall');
  return isAtWall ? `facility: ${words}; all but the wall × PUE ${pue}` : `facility: (${words}) × PUE ${pue}`;
}

/** What the energy of a node covers. */
export function itBoundary(context: FigureContext): string {
  const { group } = context;
  if (energyBases(group.lines).every(({ boundary }) => boundary === 'board'))
    return `IT: ${factorWords('board', pricesUsed(context))} for the rest of the node`;
  return `IT: ${basisWords(group) ?? ''}`;
}

function pricesUsed({ group, revision }: FigureContext): PriceUse[] {
  return group.lines.length === 0 ? [{ price: revision.energy, site: null }] : energyPricesOf(group.lines);
}

/** Shares below this are not worth a reader's time. */
const WORTH_A_NOTE = 0.005;

function notesOf(context: FigureContext): string[] {
  const { group } = context;
  return [
    ...(context.windowNote === null ? [] : [context.windowNote]),
    ...unseenNotes(context),
    ...unmeteredNotes(context),
    ...powerNotes(group),
    ...context.meterNotes,
    ...demandNotes(group.lines),
    ...commitmentNotes(group),
    ...(group.bridgedSeconds > 0
      ? [
          `${short(group.bridgedSeconds / SECONDS_PER_HOUR)} GPU-h of gaps are bridged by counters: their energy and tokens are whole, their place inside the gap is not known.`,
        ]
      : []),
    ...(group.hasTokens && group.tokens.cached === null && context.basis === 'billed'
      ? ['No engine reports cached tokens: all input is weighted as uncached.']
      : []),
    ...(context.basis === 'billed' ? weightNotes(group) : []),
    ...(group.lines.length > 0 && group.unpricedSkus.length === 0 && !isEnergyCharged(group)
      ? ['The rent includes power: energy is measured, and not charged again.']
      : []),
    ...group.unpricedSkus.map((sku) => `The cost book has no price for ${sku}: enter one to see its cost.`),
  ];
}

/** Where models weigh tokens each in its own way, a sum of billed tokens is pinned to these weights. */
function weightNotes({ tokenPieces }: PricedGroup): string[] {
  if (tokenPieces.every(({ model }) => model === null)) return [];
  const wordsOf = ({ model, weights }: TokenPiece): string =>
    `${model ?? 'all others'} ${weights.input} : ${weights.cached} : ${weights.output}`;
  const weights = [...new Set(tokenPieces.map(wordsOf))];
  return [`Billed tokens are weighted by model (uncached : cached : output): ${weights.join(', ')}.`];
}

/** Rent is paid for GPUs that nobody has seen. */
function commitmentNotes({ lines }: PricedGroup): string[] {
  const unused = lines.filter(isUnusedCommitment);
  if (unused.length === 0) return [];
  const hours = short(sumOf(unused, ({ gpuSeconds }) => gpuSeconds) / SECONDS_PER_HOUR);
  return [
    `${hours} GPU-h are committed and not in the fleet: their rent is paid all the same, and counts as unobserved.`,
  ];
}

function unseenNotes({ group }: FigureContext): string[] {
  const { observedSeconds, expectedSeconds } = group.coverage;
  const share = expectedSeconds === 0 ? 0 : 1 - observedSeconds / expectedSeconds;
  return share > WORTH_A_NOTE
    ? [`${percent(share)} of the GPUs' time was not observed: it costs its capital, and what it did is not known.`]
    : [];
}

/** The group's own time is the measure: coverage is that of all hardware in the scope, whatever runs on it. */
function unmeteredNotes({ group }: FigureContext): string[] {
  const watched = gpuSecondsOf(group) - group.gpuSeconds.unobserved + group.bridgedSeconds;
  const share = watched === 0 ? 1 : group.energySeconds / watched;
  return share < 1 - WORTH_A_NOTE
    ? [`Energy is known for ${percent(share)} of the observed time; the rest is left out.`]
    : [];
}
