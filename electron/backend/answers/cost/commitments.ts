import type { Commitment } from '#shared/contract/cost-schema.ts';
import { commitmentView } from '#shared/cost/commitment-view.ts';
import { usdPerUnitOf } from '#shared/cost/exchange.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { HardwarePrice } from '#shared/model/cost-book.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';
import { explained } from '../explained.ts';
import type { FigureContext } from '../figure-inputs.ts';
import { dollars, short } from '../figure-text.ts';

/**
 * Rent that the revision in force at the window's end commits to, as an invoice would show it in the window and as it is
 * used up. Committed GPU-hours beyond those of the fleet's GPUs are paid for nothing.
 */
export function commitmentsOf(figures: FigureContext, window: TimeRange): Commitment[] {
  return figures.revision.hardware.flatMap((price) => commitmentOf(figures, price, window) ?? []);
}

function commitmentOf(figures: FigureContext, price: HardwarePrice, window: TimeRange): Commitment | null {
  const { terms } = price;
  if (terms.kind !== 'rented' || terms.commitment === null) return null;
  const { gpus, since, years, upfrontShare } = terms.commitment;
  const perUnit = usdPerUnitOf(figures.revision, price.currency);
  const rate = usdPerGpuHour(terms.usdPerGpuHour * (perUnit ?? 0));
  const view = commitmentView({ rate, gpus, years, upfrontShare, since }, window);
  const used = usedHours(figures, price);
  const inputs = inputsOf(price, rate, view.committedGpuHours, used);
  const figureOf = (draft: Pick<Figure, 'value' | 'unit' | 'formula' | 'working'>): Figure =>
    explained(figures, {
      ...draft,
      value: perUnit === null ? null : draft.value,
      absence: perUnit === null ? 'no-price' : null,
      inputs,
    });
  const unused = Math.max(0, view.committedGpuHours - used);
  return {
    price: price.sku === '*' ? 'any GPU' : price.sku,
    since,
    years,
    gpus,
    cash: figureOf({
      value: view.cash,
      unit: 'USD',
      formula: 'prepayment if the term begins in the window + a payment for each month of 730 h that begins in it',
      working: dollars(view.cash),
    }),
    amortised: figureOf({
      value: view.amortised,
      unit: 'USD',
      formula: 'rate × committed GPUs × hours of the term in the window',
      working: `${dollars(rate)} × ${short(view.committedGpuHours)} GPU-h = ${dollars(view.amortised)}`,
    }),
    unused: figureOf({
      value: unused,
      unit: 'GPU-h',
      formula: 'committed GPU-hours − GPU-hours of the fleet at this price',
      working: `${short(view.committedGpuHours)} − ${short(used)} = ${short(unused)}`,
    }),
  };
}

/** GPU-hours that this very price was used for. */
function usedHours({ group }: FigureContext, price: HardwarePrice): number {
  const own = group.lines.filter(({ rates }) => rates?.price === price);
  return sumOf(own, (line) => line.gpuSeconds) / SECONDS_PER_HOUR;
}

function inputsOf(price: HardwarePrice, rate: number, committed: number, used: number): FigureInput[] {
  const { note, quality } = price.provenance;
  return [
    { label: 'Rate', value: rate, unit: 'USD/GPU-h', source: note, quality },
    { label: 'Committed in the window', value: committed, unit: 'GPU-h', source: note, quality },
    {
      label: 'GPU time at this price',
      value: used,
      unit: 'GPU-h',
      source: 'every GPU from its first sight on, heard or not',
      quality: 'measured',
    },
  ];
}
