/** The TYPE of a metric family, as its exporter states it; `unknown` where it states none. */
export type SeriesKind =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'gaugehistogram'
  | 'unknown';

/**
 * One time series as its exporter names it: the name as on the wire (`x_bucket`, not `x`), the labels after unescaping,
 * and the kind of the family that the line belongs to. The `_created` line of a counter is a start time in seconds, and
 * its kind is `counter` all the same: tell it by its name.
 */
export type Series = {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly kind: SeriesKind;
};

/** `prometheus-text` is text/plain version 0.0.4, `openmetrics` is application/openmetrics-text version 1.0.0. */
export type ExpositionFormat = 'prometheus-text' | 'openmetrics';
