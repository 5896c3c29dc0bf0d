import { assertNever } from '#shared/lib/assert.ts';
import type { ClaimArithmetic } from '#shared/model/reference-catalogue.ts';
import { HOURS_PER_YEAR, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';
import { costAtThroughput, throughputPerMegawatt } from '../benchmark-cost.ts';

/** What a claim's sum comes to: named amounts, null where an input makes it impossible. */
export type ClaimResult = readonly { readonly label: string; readonly value: number | null }[];

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
        { label: 'tok/s/MW here', value: one ?? null },
        { label: 'tok/s/MW there', value: other ?? null },
        { label: 'times as much', value: ratioOf(one, other) },
      ];
    }
    case 'cost': {
      const { here, there } = arithmetic;
      const [one, other] = [here, there].map((at) =>
        costAtThroughput(usdPerGpuHour(at.usdPerGpuHour), at.tokensPerSecondPerGpu),
      );
      return [
        { label: 'USD per million tokens here', value: one ?? null },
        { label: 'USD per million tokens there', value: other ?? null },
        { label: 'times cheaper', value: ratioOf(other, one) },
      ];
    }
    case 'throughput-for-cost': {
      const perSecond = ratioOf(arithmetic.usdPerGpuHour * 1e6, SECONDS_PER_HOUR * arithmetic.usdPerMillionTokens);
      return [{ label: 'tok/s per GPU needed', value: perSecond }];
    }
    case 'rate':
      return [{ label: 'per second', value: ratioOf(arithmetic.count, arithmetic.seconds) }];
    case 'revenue': {
      const seconds = arithmetic.gpus * arithmetic.years * HOURS_PER_YEAR * SECONDS_PER_HOUR * arithmetic.load;
      return [
        { label: 'revenue over investment', value: ratioOf(arithmetic.revenueUsd, arithmetic.investmentUsd) },
        {
          label: 'USD per million tokens x tok/s per GPU needed',
          value: ratioOf(arithmetic.revenueUsd * 1e6, seconds),
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
