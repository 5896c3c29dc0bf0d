import { placeWords } from '#shared/cost/matching-price.ts';
import type {
  CostBookRevision,
  EnergyPrice,
  HardwarePrice,
  Provenance,
  ServiceLevel,
} from '#shared/model/cost-book.ts';
import { hoursWords, monthsWords, weekdaysWords } from './period-words.ts';
import {
  amountWords,
  commitmentWords,
  facilityWords,
  modelWords,
  numberWords,
  percentWords,
  skuWords,
  weightsWords,
} from './price-words.ts';

/** One thing that differs between two revisions: what it is of, and how it read before and reads after. */
export type RevisionChange = {
  readonly section: 'Hardware' | 'Electricity' | 'Tokens' | 'Service levels' | 'Currencies';
  readonly subject: string;
  readonly what: string;
  /** Null: it was not there, or is gone. */
  readonly before: string | null;
  readonly after: string | null;
};

/** What differs between two revisions, in words, in the order of the sections. Pure. */
export function changesBetween(before: CostBookRevision, after: CostBookRevision): RevisionChange[] {
  return [
    ...listChanges('Hardware', before.hardware, after.hardware, hardwareLines, (price) =>
      [skuWords(price.sku), placeWords(price.where)].filter((text) => text !== null).join(', '),
    ),
    ...lineChanges('Electricity', 'Fleet', energyLines(before.energy), energyLines(after.energy)),
    ...listChanges(
      'Electricity',
      before.siteEnergy,
      after.siteEnergy,
      ({ energy }) => energyLines(energy),
      ({ site }) => `Site ${site}`,
    ),
    ...lineChanges('Tokens', 'Weights', [weightLine(before)], [weightLine(after)]),
    ...listChanges(
      'Tokens',
      before.modelWeights,
      after.modelWeights,
      ({ weights }) => [['weights', weightsWords(weights)]],
      ({ model }) => `Weights of ${modelWords(model)}`,
    ),
    ...listChanges(
      'Tokens',
      before.tokenPrices,
      after.tokenPrices,
      (price) => [
        ['uncached input', amountWords(price.uncachedInput, 'USD')],
        ['cached input', amountWords(price.cachedInput, 'USD')],
        ['output', amountWords(price.output, 'USD')],
        ...provenanceLines(price.provenance),
      ],
      ({ model }) => `Price list of ${modelWords(model)}`,
    ),
    ...listChanges('Service levels', before.serviceLevels, after.serviceLevels, serviceLines, ({ model }) =>
      model === '*' ? 'Any model' : model,
    ),
    ...listChanges(
      'Currencies',
      before.currencies,
      after.currencies,
      (rate) => [['one unit', amountWords(rate.usdPerUnit, 'USD')], ...provenanceLines(rate.provenance)],
      ({ currency }) => currency,
    ),
  ];
}

/** A change as one line: `rent: $2.00 → $2.20`. */
export function changeText({ what, before, after }: RevisionChange): string {
  if (before === null) return after === null || after === '' ? 'added' : `added: ${after}`;
  if (after === null) return 'removed';
  return `${what}: ${before} → ${after}`;
}

/** `3 changes: Hardware 2, Electricity 1`, or that there is none. */
export function changesSummary(changes: readonly RevisionChange[]): string {
  if (changes.length === 0) return 'no change';
  return changes.length === 1 ? '1 change' : `${changes.length} changes`;
}

type Line = readonly [what: string, text: string];

type Section = RevisionChange['section'];

function listChanges<Item>(
  section: Section,
  before: readonly Item[],
  after: readonly Item[],
  linesOf: (item: Item) => readonly Line[],
  nameOf: (item: Item) => string,
): RevisionChange[] {
  const was = new Map(before.map((item) => [nameOf(item), item]));
  const is = new Map(after.map((item) => [nameOf(item), item]));
  const names = [...new Set([...was.keys(), ...is.keys()])];
  return names.flatMap((subject): RevisionChange[] => {
    const [old, now] = [was.get(subject), is.get(subject)];
    if (old === undefined && now !== undefined)
      return [{ section, subject, what: subject, before: null, after: linesOf(now)[0]?.[1] ?? '' }];
    if (old !== undefined && now === undefined)
      return [{ section, subject, what: subject, before: linesOf(old)[0]?.[1] ?? '', after: null }];
    return old === undefined || now === undefined ? [] : lineChanges(section, subject, linesOf(old), linesOf(now));
  });
}

function lineChanges(
  section: Section,
  subject: string,
  before: readonly Line[],
  after: readonly Line[],
): RevisionChange[] {
  const was = new Map(before);
  const is = new Map(after);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((what) => {
    const [old, now] = [was.get(what) ?? 'none', is.get(what) ?? 'none'];
    return old === now ? [] : [{ section, subject, what, before: old, after: now }];
  });
}

function hardwareLines(price: HardwarePrice): Line[] {
  const { terms, currency, facility } = price;
  const money = (value: number): string => amountWords(value, currency);
  return [
    ...(terms.kind === 'owned'
      ? ([
          ['price', `${money(terms.capexUsd)} owned`],
          ['value at the end', money(terms.residualUsd)],
          ['term', `${numberWords(terms.termMonths)} months`],
          ['cost of capital', percentWords(terms.annualRate)],
          ['method', terms.method === 'annuity' ? 'annuity' : 'straight line'],
        ] as const)
      : ([
          ['price', `${money(terms.usdPerGpuHour)} per GPU-h rented`],
          ['power in the rent', terms.includesEnergy ? 'yes' : 'no'],
          ['commitment', terms.commitment === null ? 'none' : commitmentWords(terms.commitment)],
        ] as const)),
    ['colocation', facilityWords(facility, currency)],
    ['network', `${money(price.networkUsdPerGpuHour)} per GPU-h`],
    ['storage', `${money(price.storageUsdPerGpuHour)} per GPU-h`],
    ['operations', `${money(price.operationsUsdPerGpuHour)} per GPU-h`],
    ['licences', `${money(price.licenceUsdPerGpuYear)} per GPU and year`],
    ...provenanceLines(price.provenance),
  ];
}

function energyLines(energy: EnergyPrice): Line[] {
  const money = (value: number): string => amountWords(value, energy.currency);
  return [
    ['price', `${money(energy.usdPerKilowattHour)} per kWh`],
    ['zone', energy.zone],
    ...energy.periods.map((period): Line => {
      const when = [monthsWords(period.months), weekdaysWords(period.weekdays), hoursWords(period.hours)];
      return [`period ${period.name}`, `${money(period.usdPerKilowattHour)} per kWh, ${when.join(', ')}`];
    }),
    ['demand charge', `${money(energy.demandUsdPerKilowattMonth)} per kW and month`],
    ['PUE', numberWords(energy.pue)],
    ['node overhead', numberWords(energy.nodeOverhead)],
    ['module overhead', numberWords(energy.moduleOverhead)],
    ...provenanceLines(energy.provenance),
  ];
}

function weightLine({ weights }: CostBookRevision): Line {
  return ['input : cached : output', weightsWords(weights)];
}

function serviceLines(level: ServiceLevel): Line[] {
  const optional = (value: number | null, unit: string, otherwise: string): string =>
    value === null ? otherwise : `${numberWords(value)} ${unit}`;
  return [
    ['TTFT target', optional(level.ttftSeconds, 's', 'none')],
    ['inter-token target', optional(level.interTokenSeconds, 's', 'none')],
    ['headroom', percentWords(level.headroom)],
    ['look-ahead', `${numberWords(level.lookAheadSeconds)} s`],
    ['replicas that stay', numberWords(level.replicasMin)],
    ['hold', `${numberWords(level.holdHours)} h`],
    ['transition', optional(level.transitionHours, 'h', 'measured')],
    ['capacity of a replica', optional(level.capacityPerReplica, 'weighted tok/s', 'measured')],
  ];
}

function provenanceLines({ quality, note, asOf }: Provenance): Line[] {
  const day = asOf === null ? '' : `, as of ${asOf}`;
  return [['source', `${quality === 'assumed' ? 'assumed: ' : ''}${note}${day}`]];
}
