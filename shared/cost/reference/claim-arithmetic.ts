import { assertNever } from '#shared/lib/assert.ts';
import type { ClaimArithmetic } from '#shared/model/reference-catalogue.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import { HOURS_PER_YEAR, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';
import { costAtThroughput, throughputPerMegawatt } from '../benchmark-cost.ts';

/** What a claim's sum comes to: named amounts, null where an input makes it impossible. */
export type ClaimResult = readonly {
  readonly label: string;
  readonly value: number | null;
  readonly unit: FigureUnit;
  readonly formula: string;
}[];

const PER_MEGAWATT = 'tokens per second and GPU × 1000 ÷ kW per GPU';
const COST = 'USD per GPU-hour × 10⁶ ÷ (3600 × tokens per second and GPU)';

/**
 * Does the sum behind a claim, with its own inputs or with others. Source of the sums: economics reference, section 3.
 *
 *   per megawatt: tok/s/MW here / tok/s/MW there        cost: USD/Mtok there / USD/Mtok here
 *   throughput for cost [tok/s/GPU] = USD/GPU-h x 1e6 / (3600 x USD/Mtok)
 *   revenue: multiple = revenue / investment;
 *            price x throughput [USD/Mtok x tok/s/GPU] = revenue x 1e6 / (GPUs x years x 8,760 x 3,600 x load)
 */
export function claimResult(arithmetic: ClaimArithmetic): ClaimResult {
  switch (arithmetic.kind) {
    case 'per-megawatt': {
      const { here, there } = arithmetic;
      const [one, other] = [here, there].map((at) =>
        throughputPerMegawatt(at.tokensPerSecondPerGpu, at.kilowattsPerGpu),
      );
      return [
        { label: 'tok/s/MW here', value: one ?? null, unit: 'count', formula: PER_MEGAWATT },
        { label: 'tok/s/MW there', value: other ?? null, unit: 'count', formula: PER_MEGAWATT },
        { label: 'times as much', value: ratioOf(one, other), unit: 'factor', formula: 'here ÷ there' },
      ];
    }
    case 'cost': {
      const { here, there } = arithmetic;
      const [one, other] = [here, there].map((at) =>
        costAtThroughput(usdPerGpuHour(at.usdPerGpuHour), at.tokensPerSecondPerGpu),
      );
      return [
        { label: 'USD per million tokens here', value: one ?? null, unit: 'USD/Mtok', formula: COST },
        { label: 'USD per million tokens there', value: other ?? null, unit: 'USD/Mtok', formula: COST },
        { label: 'times cheaper', value: ratioOf(other, one), unit: 'factor', formula: 'there ÷ here' },
      ];
    }
    case 'throughput-for-cost': {
      const perSecond = ratioOf(arithmetic.usdPerGpuHour * 1e6, SECONDS_PER_HOUR * arithmetic.usdPerMillionTokens);
      return [
        {
          label: 'tok/s per GPU needed',
          value: perSecond,
          unit: 'token/s/GPU',
          formula: 'USD per GPU-hour × 10⁶ ÷ (3600 × USD per million tokens)',
        },
      ];
    }
    case 'rate':
      return [
        {
          label: 'per second',
          value: ratioOf(arithmetic.count, arithmetic.seconds),
          unit: 'count',
          formula: 'count ÷ seconds',
        },
      ];
    case 'revenue': {
      const seconds = arithmetic.gpus * arithmetic.years * HOURS_PER_YEAR * SECONDS_PER_HOUR * arithmetic.load;
      return [
        {
          label: 'revenue over investment',
          value: ratioOf(arithmetic.revenueUsd, arithmetic.investmentUsd),
          unit: 'factor',
          formula: 'revenue ÷ investment',
        },
        {
          label: 'USD per million tokens x tok/s per GPU needed',
          value: ratioOf(arithmetic.revenueUsd * 1e6, seconds),
          unit: 'count',
          formula: 'revenue × 10⁶ ÷ (GPUs × years × 8760 × 3600 × share of full load)',
        },
      ];
    }
    default:
      return assertNever(arithmetic);
  }
}

function ratioOf(one: number | null | undefined, other: number | null | undefined): number | null {
  return one === null || one === undefined || other === null || other === undefined || other === 0 ? null : one / other;
}
