import type { CostBook, PricePlace, Provenance } from '#shared/model/cost-book.ts';

/** The cost book, and what it comes to for what the fleet holds. */
export type CostBookAnswer = {
  readonly book: CostBook;
  /** Every product of the fleet with the price in force now, most GPUs first; one row per price that matched. */
  readonly rates: readonly MatchedRate[];
  /** What the fleet knows by name: offered where a price, a tariff or a promise is to hold for a part of it. */
  readonly known: KnownNames;
  /** Plausibility warnings: they warn, they never block. */
  readonly warnings: readonly string[];
};

/** GPUs of one product that one price holds for, and why this one. */
export type MatchedRate = {
  readonly sku: string;
  readonly gpus: number;
  /** Sites of these GPUs, by name; those that nobody named are left out. */
  readonly sites: readonly string[];
  /** All that a GPU-hour costs before energy; null where no price matches. */
  readonly usdPerGpuHour: number | null;
  /** The price that matched; null where none did. */
  readonly matched: MatchedPrice | null;
};

export type MatchedPrice = {
  readonly sku: string;
  readonly where: PricePlace;
  readonly provenance: Provenance;
  /** Why this price and no other, as a sentence. */
  readonly why: string;
};

/** Names in the fleet now, each list in order. */
export type KnownNames = {
  readonly skus: readonly string[];
  readonly sites: readonly string[];
  readonly pools: readonly string[];
  readonly racks: readonly string[];
  readonly nodes: readonly string[];
  readonly models: readonly string[];
  /** Nodes and racks whose facility power a wall meter measures: there PUE is not multiplied. */
  readonly wallMetered: readonly string[];
};
