import { ratesOfPrice, totalRateOf, type HourlyRates } from '#shared/cost/hourly-rates.ts';
import type { CostBookRevision, HardwarePrice, Ownership, Rental } from '#shared/model/cost-book.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import { dollars, percent, short } from './figure-text.ts';

/** `capital $1.33 + colocation $0.35 + network $0.12 + operations $0.16`: what a rate is made of; what is nothing is left out. */
export function rateWords(rates: HourlyRates): string {
  return partsOf(rates)
    .filter(({ value }) => value !== 0)
    .map(({ label, value }) => `${label.toLowerCase()} ${dollars(value)}`)
    .join(' + ');
}

/** All that an hour of a GPU costs before energy, USD/GPU-h, from what was entered; null rates: no price holds. */
export function rateFigure(revision: CostBookRevision | null, rates: HourlyRates | null): Figure {
  const price = rates?.price ?? null;
  const parts = rates === null ? [] : partsOf(rates);
  const value = rates === null ? null : totalRateOf(rates);
  const isSum = parts.length > 0 && value !== null;
  return {
    value,
    unit: 'USD/GPU-h',
    absence: value === null ? 'no-price' : null,
    formula: 'capital + colocation + network and storage + operations and licences, per GPU-hour, before energy',
    working: isSum ? `${parts.map((part) => dollars(part.value)).join(' + ')} = ${dollars(value)}` : '–',
    parts,
    inputs: price === null ? [] : inputsOf(price, rates?.usdPerUnit ?? 1),
    coverage: { observedSeconds: 0, expectedSeconds: 0 },
    powerBoundary: null,
    notes: price === null || revision === null ? [] : notesOf(price),
  };
}

/** The rate of each price of a revision, in its order. */
export function ratesOfRevision(revision: CostBookRevision): Figure[] {
  return revision.hardware.map((price) => rateFigure(revision, ratesOfPrice(revision, price)));
}

function partsOf({ capital, facility, network, operations }: HourlyRates): Figure['parts'] {
  const unit = 'USD/GPU-h';
  return [
    { key: 'capital', label: 'Capital', value: capital, unit },
    { key: 'facility', label: 'Colocation', value: facility, unit },
    { key: 'network', label: 'Network, storage', value: network, unit },
    { key: 'operations', label: 'Operations, licences', value: operations, unit },
  ];
}

function inputsOf(price: HardwarePrice, usdPerUnit: number): FigureInput[] {
  const { facility, currency, provenance } = price;
  const { quality } = provenance;
  const source = provenance.note === '' ? 'cost book' : `cost book: ${provenance.note}`;
  const input = (label: string, value: number, unit: FigureUnit): FigureInput => ({
    label,
    value,
    unit,
    source,
    quality,
  });
  const each = (label: string, value: number): FigureInput[] => (value === 0 ? [] : [input(label, value, 'USD/GPU-h')]);
  return [
    ...termInputs(price.terms, input),
    ...(facility === null
      ? []
      : [
          input('Colocation', facility.usdPerKilowattMonth, 'USD/kW-month'),
          input('Provisioned power of a GPU', facility.provisionedKilowatts * 1000, 'W'),
        ]),
    ...each('Network', price.networkUsdPerGpuHour),
    ...each('Storage', price.storageUsdPerGpuHour),
    ...each('Operations', price.operationsUsdPerGpuHour),
    ...(price.licenceUsdPerGpuYear === 0
      ? []
      : [input('Licences of a GPU, a year', price.licenceUsdPerGpuYear, 'USD')]),
    ...(currency === 'USD'
      ? []
      : [input(`${currency} in USD; amounts above are in ${currency}`, usdPerUnit, 'factor')]),
  ];
}

type MakeInput = (label: string, value: number, unit: FigureUnit) => FigureInput;

function termInputs(terms: Ownership | Rental, input: MakeInput): FigureInput[] {
  if (terms.kind === 'rented') return [input('Rent', terms.usdPerGpuHour, 'USD/GPU-h')];
  const { capexUsd, residualUsd, termMonths, annualRate } = terms;
  return [
    input('Purchase price of a GPU, with its part of the machine', capexUsd, 'USD'),
    input('Residual value', residualUsd, 'USD'),
    input('Term, months', termMonths, 'count'),
    input('Cost of capital, a year', annualRate, 'ratio'),
  ];
}

function notesOf({ terms, facility }: HardwarePrice): string[] {
  return [
    ...(terms.kind === 'rented' ? [] : [capitalNote(terms)]),
    ...(facility === null
      ? []
      : [
          `Colocation: $/kW-month × ${short(facility.provisionedKilowatts)} kW ÷ 730 h, the hours of an average month.`,
        ]),
  ];
}

function capitalNote({ method, annualRate }: Ownership): string {
  return method === 'straight-line' || annualRate === 0
    ? 'Capital: (price − residual) ÷ months ÷ 730 h, the hours of an average month.'
    : `Capital: an annuity, (P − S ÷ (1 + r)ⁿ) × r ÷ (1 − (1 + r)⁻ⁿ) ÷ 730 h, with price P, residual S, n months and r = ${percent(annualRate)} ÷ 12.`;
}
