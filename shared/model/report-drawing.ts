import type { TimeRange } from '#shared/time/time-range.ts';
import type { BurnPoint } from './budget.ts';

/** What a chart of a report shows. Values are in base units; null is a gap. */
export type ReportDrawing = BarsDrawing | StepsDrawing | StackDrawing | WeekDrawing | BurnDrawing;

/** Bars, and a line on an axis of its own. */
export type BarsDrawing = {
  readonly kind: 'bars';
  readonly labels: readonly string[];
  readonly bars: DrawnColumn;
  readonly line: DrawnColumn | null;
};

export type DrawnColumn = {
  readonly name: string;
  readonly unit: 'USD' | 'USD/Mtok';
  readonly values: readonly (number | null)[];
};

/** From one total to another by steps that add up. `total`: a bar from zero. */
export type StepsDrawing = {
  readonly kind: 'steps';
  readonly steps: readonly { readonly label: string; readonly value: number; readonly role: 'total' | 'step' }[];
};

/** What GPU time can be, as charts colour it. */
export type TimeClass = 'serving' | 'quiet' | 'idle' | 'down' | 'unseen';

/** Classes of GPU time stacked for each label, GPU-hours. */
export type StackDrawing = {
  readonly kind: 'stack';
  readonly labels: readonly string[];
  readonly layers: readonly { readonly key: TimeClass; readonly name: string; readonly values: readonly number[] }[];
};

/** Seven days from Monday, each of 24 hours: shares, 0 to 1. */
export type WeekDrawing = { readonly kind: 'week'; readonly values: readonly (readonly (number | null)[])[] };

/** A budget's month, as the alerts screen draws it. */
export type BurnDrawing = {
  readonly kind: 'burn';
  readonly points: readonly BurnPoint[];
  readonly month: TimeRange;
  readonly usdPerMonth: number;
  readonly zone: string;
};
