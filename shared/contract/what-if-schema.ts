import { z } from 'zod';
import type { Figure } from '#shared/model/figure.ts';
import type { KeptScenario } from '#shared/model/scenario.ts';
import type { TokenBasis, TokenWeights } from '#shared/model/token-basis.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { costBookSchema } from './cost-book-schema.ts';
import { basis, name, scope, window } from './input-schema.ts';

/** What if: a past window priced twice, as it was and under a scenario. Types: shared/model/scenario.ts. */

const amount = z.number().min(0).max(1e9);
const ratio = z.number().positive().max(1000);
const share = z.number().min(0).max(1);

const edit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tariff'), usdPerKilowattHour: amount }),
  z.strictObject({ kind: z.literal('tariff-factor'), factor: z.number().min(0).max(1000) }),
  z.strictObject({ kind: z.literal('pue'), pue: z.number().min(1).max(5) }),
  z.strictObject({ kind: z.literal('rent'), sku: name, usdPerGpuHour: amount, isAllIn: z.boolean() }),
  z.strictObject({
    kind: z.literal('own'),
    sku: name,
    capexUsd: amount,
    residualShare: share,
    termMonths: z.number().min(1).max(240),
    annualRate: share,
  }),
  z.strictObject({
    kind: z.literal('weights'),
    weights: z.strictObject({ input: amount, cached: amount, output: amount }),
  }),
  z.strictObject({
    kind: z.literal('replace'),
    sku: name,
    by: name,
    throughputRatio: ratio.nullable().default(null),
    powerRatio: ratio.nullable().default(null),
    usdPerGpuHour: amount.nullable().default(null),
  }),
  z.strictObject({ kind: z.literal('busy'), share: z.number().min(0.01).max(1) }),
]);

/** Levers of one scenario; more would not be understood. */
const EDITS_MAX = 12;

export const scenarioSchema = z.strictObject({
  book: costBookSchema.nullable().default(null),
  edits: z.array(edit).max(EDITS_MAX).readonly().default([]),
});

export const whatIfSchema = z.strictObject({ window, scope, basis, scenario: scenarioSchema.prefault({}) });

const keptName = z.string().trim().min(1).max(100);

/** Keeps a scenario under its name, in place of one of that name; null takes it away. */
export const saveScenarioSchema = z.strictObject({ name: keptName, scenario: scenarioSchema.nullable() });

/** Scenarios that are kept, as they are stored. */
export const keptScenariosSchema = z.strictObject({
  scenarios: z.array(z.strictObject({ name: keptName, scenario: scenarioSchema })).max(200),
});

export type KeptScenarios = { readonly scenarios: readonly KeptScenario[] };

export type WhatIf = {
  readonly window: TimeRange;
  readonly basis: TokenBasis;
  readonly was: WhatIfSide;
  readonly would: WhatIfSide;
  /** What it would have been less what it was: USD per million tokens, and USD. */
  readonly change: { readonly cost: Figure; readonly spend: Figure };
  /** USD in the window; parts add to the spend. Null where it is not known. */
  readonly parts: readonly WhatIfLine[];
  /** USD that each lever changes, in the order in which they are applied; they add to the change of the spend. */
  readonly steps: readonly { readonly label: string; readonly change: Figure }[];
  /** By model, and what belongs to none; they add to the whole. */
  readonly rows: readonly WhatIfRow[];
  readonly assumptions: readonly string[];
  /** A change of the fleet cannot be measured: what it would have been is then an estimate. */
  readonly isEstimate: boolean;
  /** What a form begins with. */
  readonly inForce: WhatIfBasis;
};

export type WhatIfSide = {
  readonly cost: Figure;
  readonly spend: Figure;
  readonly tokens: Figure;
  readonly energy: Figure;
  readonly gpuHours: number;
  /** Work over work and idle time; null without either. */
  readonly busyShare: number | null;
};

export type WhatIfLine = {
  readonly key: string;
  readonly label: string;
  readonly was: number | null;
  readonly would: number | null;
};

/** A model: USD, and USD per million tokens of the basis. */
export type WhatIfRow = {
  readonly key: string;
  readonly label: string;
  readonly was: Figure;
  readonly would: Figure;
  readonly change: Figure;
  readonly costWas: Figure;
  readonly costWould: Figure;
};

export type WhatIfBasis = {
  readonly usdPerKilowattHour: number;
  readonly pue: number;
  readonly weights: TokenWeights;
  /** Products of the scope, by GPU time. */
  readonly products: readonly {
    readonly sku: string;
    readonly gpuHours: number;
    readonly usdPerGpuHour: number | null;
  }[];
  /** Products that can stand in their place: of the catalogue and of the cost book. */
  readonly replacements: readonly string[];
};
