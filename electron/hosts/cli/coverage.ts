import type { Coverage } from '#shared/model/figure.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';

/** Below this share of observed GPU time a figure is marked as partial, on screen and by exit code 3. */
const COVERAGE_MIN = 0.95;

export function isCovered({ observedSeconds, expectedSeconds }: Coverage): boolean {
  return expectedSeconds > 0 && observedSeconds / expectedSeconds >= COVERAGE_MIN;
}

export function coverageText({ observedSeconds, expectedSeconds }: Coverage): string {
  const share = expectedSeconds > 0 ? Math.min(1, observedSeconds / expectedSeconds) : null;
  return `${formatWithUnit(share, 'ratio')} of GPU time observed`;
}
