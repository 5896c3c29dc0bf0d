import type { CostBook } from './cost-book.ts';
import type { TokenWeights } from './token-basis.ts';

/**
 * What if prices, or the fleet, had been otherwise. Edits are applied one after another to the cost book in force, or to a
 * whole second book; a past window is then priced again from the same facts. Nothing that is stored changes.
 */
export type Scenario = {
  /** In place of the book in force; null: that one. */
  readonly book: CostBook | null;
  readonly edits: readonly ScenarioEdit[];
};

/** A lever. Edits of the book leave facts as they were; edits of the fleet make the answer an estimate. */
export type ScenarioEdit = BookEdit | FleetEdit;

export type BookEdit =
  /** One price of electricity for all hours and sites, USD/kWh. */
  | { readonly kind: 'tariff'; readonly usdPerKilowattHour: number }
  /** Every price of electricity, and the demand charge, times a factor. */
  | { readonly kind: 'tariff-factor'; readonly factor: number }
  | { readonly kind: 'pue'; readonly pue: number }
  | RentEdit
  | OwnEdit
  | { readonly kind: 'weights'; readonly weights: TokenWeights };

/** GPUs that a product name holds as whole words are rented; `*` is all. */
export type RentEdit = {
  readonly kind: 'rent';
  readonly sku: string;
  readonly usdPerGpuHour: number;
  /** The rent is for everything: no energy, colocation, network or operations beside it. */
  readonly isAllIn: boolean;
};

/** GPUs of a product are owned; what stands beside the hardware (colocation, network, operations) stays. */
export type OwnEdit = {
  readonly kind: 'own';
  readonly sku: string;
  readonly capexUsd: number;
  /** Value at the end of the term, share of the price. */
  readonly residualShare: number;
  readonly termMonths: number;
  readonly annualRate: number;
};

export type FleetEdit =
  | ReplaceEdit
  /** The same work on less or more hardware: idle GPU time is scaled until work is this share of work and idle time. */
  | { readonly kind: 'busy'; readonly share: number };

/** The same tokens from another product: GPU time / throughput ratio, energy x power ratio / throughput ratio. */
export type ReplaceEdit = {
  readonly kind: 'replace';
  /** Product that is replaced, as whole words of its name. */
  readonly sku: string;
  /** Product in its place, in the words of the reference catalogue and the cost book: `GB200`. */
  readonly by: string;
  /** Throughput per GPU of the new over the old; null: that of public runs. */
  readonly throughputRatio: number | null;
  /** Power per GPU of the new over the old; null: that of the catalogue's provisioned power. */
  readonly powerRatio: number | null;
  /** USD per GPU-hour, all in; null: the price of the new product in the cost book. */
  readonly usdPerGpuHour: number | null;
};

/** A scenario that is kept under a name. */
export type KeptScenario = { readonly name: string; readonly scenario: Scenario };
