import type { EnergyBoundary, EnergyDetail, EnergyRow } from '#shared/contract/cost-schema.ts';
import { marginalEnergyCost, tokensPerJoule, tokensPerSecondPerMegawatt } from '#shared/cost/energy-per-token.ts';
import { costOf } from '#shared/cost/price-usage.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import { toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules, seconds, tokens, usdPerKilowattHour, watts } from '#shared/units/quantities.ts';
import { energyInputs } from '../energy-inputs.ts';
import { explained, facilityBoundary, itBoundary } from '../explained.ts';
import { costInputs, spanInput, tokenInputs, type FigureContext } from '../figure-inputs.ts';
import { short } from '../figure-text.ts';
import { figureOf } from '../figures.ts';
import { onlyStates, tokensOf, type PricedGroup } from '../priced-group.ts';
import { isUnusedCommitment } from '../unused-commitments.ts';

/** What the boards themselves measured, whatever wider meters there are. */
export type BoardEnergy = { readonly joules: number | null; readonly seconds: number };

/** Tokens over energy in each boundary, and the energy cost of tokens, attributed and marginal. */
export function energyDetail(figures: FigureContext, board: BoardEnergy): EnergyDetail {
  return {
    rows: [
      rowOf(figures, boardBasis(figures, board)),
      rowOf(figures, {
        boundary: 'it',
        joules: figures.group.itEnergyJoules,
        words: itBoundary(figures),
        inputs: energyInputs(figures, 'it'),
      }),
      rowOf(figures, {
        boundary: 'facility',
        joules: figures.group.facilityEnergyJoules,
        words: facilityBoundary(figures),
        inputs: energyInputs(figures, 'facility'),
      }),
      rowOf(figures, provisionedBasis(figures)),
    ],
    attributed: figureOf('marginal-cost-per-million-tokens', figures),
    marginal: marginalFigure(figures),
  };
}

type Basis = {
  readonly boundary: EnergyBoundary;
  readonly joules: number | null;
  readonly words: string;
  readonly inputs: readonly FigureInput[];
};

function boardBasis(_: FigureContext, board: BoardEnergy): Basis {
  return {
    boundary: 'board',
    joules: board.joules,
    words: 'GPU boards, as each measures itself',
    inputs: [
      {
        label: 'GPU board energy',
        value: board.joules === null ? null : toKilowattHours(joules(board.joules)),
        unit: 'kWh',
        source: `energy counters and power readings of the boards, ${short(board.seconds / 3600)} GPU-h covered`,
        quality: 'measured',
      },
    ],
  };
}

/** provisioned energy [J] = sum over products of GPU time x provisioned power: what is kept ready, drawn or not */
function provisionedBasis({ group }: FigureContext): Basis {
  const kilowattsOf = (line: PricedGroup['lines'][number]): number | null =>
    line.rates?.price.facility?.provisionedKilowatts ?? null;
  const owned = group.lines.filter((line) => line.gpuSeconds > 0 && !isUnusedCommitment(line));
  const isKnown = owned.length > 0 && owned.every((line) => kilowattsOf(line) !== null);
  const bySku = Map.groupBy(owned, (line) => `${line.sku} ${kilowattsOf(line)}`);
  return {
    boundary: 'provisioned',
    joules: isKnown ? sumOf(owned, (line) => line.gpuSeconds * (kilowattsOf(line) ?? 0) * 1000) : null,
    words: 'provisioned: power that is paid for, whatever is drawn',
    inputs: [...bySku.values()].flatMap((list): FigureInput[] => {
      const [first] = list;
      if (first === undefined) return [];
      const price = first.rates?.price;
      const kilowatts = kilowattsOf(first);
      return [
        {
          label: `${first.sku}, provisioned power per GPU`,
          value: kilowatts === null ? null : kilowatts * 1000,
          unit: 'W',
          source: price?.provenance.note ?? 'no price in the cost book',
          quality: price?.provenance.quality ?? 'assumed',
        },
        {
          label: `${first.sku}, GPU time`,
          value: sumOf(list, (line) => line.gpuSeconds) / 3600,
          unit: 'GPU-h',
          source: 'every GPU from its first sight on, heard or not',
          quality: 'measured',
        },
      ];
    }),
  };
}

function rowOf(figures: FigureContext, basis: Basis): EnergyRow {
  const { group, windowSeconds } = figures;
  const count = tokensOf(group, figures.basis);
  const energy = basis.joules === null ? null : joules(basis.joules);
  const absence = energy === null || energy <= 0 ? 'no-energy' : count > 0 ? null : 'no-tokens';
  const perJoule = absence === null && energy !== null ? tokensPerJoule(tokens(count), energy) : null;
  const perMegawatt = absence === null && energy !== null ? tokensPerSecondPerMegawatt(tokens(count), energy) : null;
  const common = { powerBoundary: basis.words, absence } as const;
  const inputs = [...tokenInputs(figures), ...basis.inputs];
  const name = BOUNDARY_WORDS[basis.boundary];
  return {
    boundary: basis.boundary,
    meanPower: explained(figures, {
      ...common,
      value: energy === null ? null : energy / windowSeconds,
      absence: energy === null ? 'no-energy' : null,
      unit: 'W',
      formula: `${name} ÷ seconds of the window`,
      working:
        energy === null ? '–' : `${short(energy)} J ÷ ${short(windowSeconds)} s = ${short(energy / windowSeconds)} W`,
      inputs: [...basis.inputs, spanInput(figures)],
    }),
    tokensPerJoule: explained(figures, {
      ...common,
      value: perJoule,
      unit: 'token/J',
      formula: `${figures.basis} tokens ÷ ${name}`,
      working: perJoule === null ? '–' : `${short(count)} ÷ ${short(energy ?? 0)} J = ${short(perJoule)} tok/J`,
      inputs,
    }),
    perMegawatt: explained(figures, {
      ...common,
      value: perMegawatt,
      unit: 'token/s/MW',
      formula: `${figures.basis} tokens per second ÷ megawatts of ${name}, which is tokens per joule × 10⁶`,
      working: perMegawatt === null ? '–' : `${short(perJoule ?? 0)} tok/J × 10⁶ = ${short(perMegawatt)} tok/s/MW`,
      inputs,
    }),
  };
}

const BOUNDARY_WORDS: Readonly<Record<EnergyBoundary, string>> = {
  board: 'energy of the GPU boards',
  it: 'IT energy',
  facility: 'facility energy',
  provisioned: 'provisioned power × time',
};

/**
 * The energy cost that tokens added to what quiet GPUs would have drawn all the time. The power of a quiet GPU is the
 * scope's own, measured while models were loaded and no request ran.
 */
function marginalFigure(figures: FigureContext): Figure {
  const { group } = figures;
  const quiet = quietPower(group);
  const energyCost = costOf(group.cost, GPU_STATES, ['energy']);
  const itEnergy = group.itEnergyJoules ?? 0;
  const count = tokensOf(group, figures.basis);
  const isKnown = group.unpricedSkus.length === 0 && itEnergy > 0 && quiet !== null;
  const perKilowattHour = itEnergy > 0 ? energyCost / toKilowattHours(joules(itEnergy)) : 0;
  const value = isKnown
    ? marginalEnergyCost(
        { itEnergy: joules(itEnergy), pue: 1, tariff: usdPerKilowattHour(perKilowattHour) },
        { loadedIdlePower: watts(quiet), gpuTime: seconds(group.energySeconds) },
        tokens(count),
      )
    : null;
  const figure = explained(figures, {
    value,
    unit: 'USD/Mtok',
    absence: value !== null ? null : group.unpricedSkus.length > 0 ? 'no-price' : isKnown ? 'no-tokens' : 'no-energy',
    formula: '(IT energy − power of a quiet GPU × GPU time) × energy cost per kWh of IT energy ÷ tokens × 10⁶',
    working:
      value === null || quiet === null
        ? '–'
        : `(${short(toKilowattHours(joules(itEnergy)))} kWh − ${short(quiet)} W × ${short(group.energySeconds / 3600)} GPU-h) × $${short(perKilowattHour)}/kWh ÷ ${short(count / 1e6)} Mtok`,
    inputs: [
      {
        label: 'Power of a loaded, quiet GPU with its share of the node',
        value: quiet,
        unit: 'W',
        source: 'IT energy of loaded-idle GPU time of the scope',
        quality: 'measured',
      },
      {
        label: 'IT energy',
        value: toKilowattHours(joules(itEnergy)),
        unit: 'kWh',
        source: `measured energy with its overheads: ${itBoundary(figures)}`,
        quality: 'measured',
      },
      {
        label: 'GPU time that the energy covers',
        value: group.energySeconds / 3600,
        unit: 'GPU-h',
        source: 'time of GPUs whose energy is known',
        quality: 'measured',
      },
      {
        label: 'Cost of energy, per kWh of IT energy',
        value: perKilowattHour,
        unit: 'USD/kWh',
        source: 'energy cost below ÷ IT energy',
        quality: 'entered',
      },
      ...tokenInputs(figures),
      ...costInputs(figures, { states: GPU_STATES, energyOnly: true }),
    ],
    powerBoundary: itBoundary(figures),
  });
  const note =
    'No GPU of the scope stood loaded and quiet with its energy measured: what a quiet GPU draws is not known.';
  return quiet === null ? { ...figure, notes: [note, ...figure.notes] } : figure;
}

/** Least time, GPU-seconds, that a quiet GPU's power is told from. */
const QUIET_SECONDS_MIN = 600;

/** Mean IT power of one loaded and quiet GPU, W; null where none stood so for long enough. */
function quietPower(group: PricedGroup): number | null {
  const quiet = onlyStates(group, ['loaded-idle']);
  if (quiet.itEnergyJoules === null || quiet.energySeconds < QUIET_SECONDS_MIN) return null;
  return quiet.itEnergyJoules / quiet.energySeconds;
}
