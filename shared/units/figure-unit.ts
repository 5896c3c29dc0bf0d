/** What a figure's value is counted in. */
export type FigureUnit =
  | 'USD'
  | 'USD/h'
  | 'USD/Mtok'
  | 'token'
  | 'token/s'
  | 'token/J'
  | 'W'
  | 'J'
  | 'kWh'
  | 'USD/kWh'
  | 'USD/GPU-h'
  | 'GPU-h'
  | 's'
  /** A share, 0 to 1. */
  | 'ratio'
  /** What something is multiplied by, such as a PUE. */
  | 'factor'
  | 'count';
