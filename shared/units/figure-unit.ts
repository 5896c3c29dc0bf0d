/** What a figure's value is counted in. */
export type FigureUnit =
  | 'USD'
  | 'USD/h'
  | 'USD/Mtok'
  | 'token'
  | 'token/s'
  | 'token/J'
  /** Tokens per second, of one GPU. */
  | 'token/s/GPU'
  /** Tokens per second, as one user sees them. */
  | 'token/s/user'
  /** Tokens per second and megawatt; the power's boundary stands beside it. */
  | 'token/s/MW'
  | 'W'
  | 'J'
  | 'kWh'
  | 'USD/kWh'
  | 'USD/kW-month'
  | 'USD/GPU-h'
  | 'GPU-h'
  | 's'
  /** A share, 0 to 1. */
  | 'ratio'
  /** What something is multiplied by, such as a PUE. */
  | 'factor'
  | 'count';
