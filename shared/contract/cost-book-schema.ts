import { z } from 'zod';
import {
  ENERGY_DEFAULTS,
  FACILITY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  SERVICE_LEVEL_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { instant, name, zone } from './input-schema.ts';

/**
 * Cost book as it is entered and stored. What older programs did not write takes its default, so that a stored book stays
 * readable; what cannot be is refused here, what is only unlikely is warned of (shared/cost/plausibility.ts).
 */

const rate = z.number().min(0).max(1e9);
const share = z.number().min(0).max(1);
const currency = z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters, such as EUR');
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day reads 2026-08-14');

const provenance = z.strictObject({
  quality: z.enum(['entered', 'assumed']),
  note: z.string().max(500),
  asOf: day.nullable().default(null),
});

const where = z
  .strictObject({ site: name.optional(), pool: name.optional(), rack: name.optional(), node: name.optional() })
  .default(HARDWARE_DEFAULTS.where);

const commitment = z.strictObject({
  gpus: z.number().int().min(1).max(1e6),
  since: instant,
  years: z
    .number()
    .min(1 / 12)
    .max(20),
  upfrontShare: share,
});

const terms = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('owned'),
    capexUsd: rate,
    residualUsd: rate,
    termMonths: z.number().min(1).max(240),
    annualRate: share,
    method: z.enum(['annuity', 'straight-line']),
  }),
  z.strictObject({
    kind: z.literal('rented'),
    usdPerGpuHour: rate,
    includesEnergy: z.boolean(),
    commitment: commitment.nullable().default(RENTAL_DEFAULTS.commitment),
  }),
]);

const facility = z.strictObject({
  usdPerKilowattMonth: rate,
  provisionedKilowatts: rate,
  includesEnergy: z.boolean().default(FACILITY_DEFAULTS.includesEnergy),
});

const hardware = z.strictObject({
  sku: z.string().min(1).max(200),
  where,
  currency: currency.default(HARDWARE_DEFAULTS.currency),
  terms,
  facility: facility.nullable().default(HARDWARE_DEFAULTS.facility),
  networkUsdPerGpuHour: rate.default(HARDWARE_DEFAULTS.networkUsdPerGpuHour),
  storageUsdPerGpuHour: rate.default(HARDWARE_DEFAULTS.storageUsdPerGpuHour),
  operationsUsdPerGpuHour: rate.default(HARDWARE_DEFAULTS.operationsUsdPerGpuHour),
  licenceUsdPerGpuYear: rate.default(HARDWARE_DEFAULTS.licenceUsdPerGpuYear),
  provenance,
});

const numbersOf = (least: number, most: number) =>
  z
    .array(z.number().int().min(least).max(most))
    .max(most - least + 1)
    .readonly();

const period = z.strictObject({
  name: z.string().min(1).max(100),
  months: numbersOf(1, 12),
  weekdays: numbersOf(1, 7),
  hours: numbersOf(0, 23),
  usdPerKilowattHour: rate,
});

const energy = z.strictObject({
  currency: currency.default(ENERGY_DEFAULTS.currency),
  usdPerKilowattHour: rate,
  zone: zone.default(ENERGY_DEFAULTS.zone),
  periods: z.array(period).max(100).readonly().default(ENERGY_DEFAULTS.periods),
  demandUsdPerKilowattMonth: rate.default(ENERGY_DEFAULTS.demandUsdPerKilowattMonth),
  pue: z.number().min(1).max(5),
  nodeOverhead: z.number().min(1).max(5),
  moduleOverhead: z.number().min(1).max(5).default(ENERGY_DEFAULTS.moduleOverhead),
  provenance,
});

const weights = z.strictObject({ input: rate, cached: rate, output: rate });

const tokenPrice = z.strictObject({ model: name, uncachedInput: rate, cachedInput: rate, output: rate, provenance });

const serviceLevel = z.strictObject({
  model: name,
  ttftSeconds: z.number().positive().max(3600).nullable().default(SERVICE_LEVEL_DEFAULTS.ttftSeconds),
  interTokenSeconds: z.number().positive().max(60).nullable().default(SERVICE_LEVEL_DEFAULTS.interTokenSeconds),
  headroom: z.number().min(0).max(5).default(SERVICE_LEVEL_DEFAULTS.headroom),
  lookAheadSeconds: z.number().min(0).max(86_400).default(SERVICE_LEVEL_DEFAULTS.lookAheadSeconds),
  replicasMin: z.number().int().min(0).max(10_000).default(SERVICE_LEVEL_DEFAULTS.replicasMin),
  holdHours: z.number().min(0).max(1000).default(SERVICE_LEVEL_DEFAULTS.holdHours),
  transitionHours: z.number().min(0).max(24).nullable().default(SERVICE_LEVEL_DEFAULTS.transitionHours),
  capacityPerReplica: z.number().positive().max(1e12).nullable().default(SERVICE_LEVEL_DEFAULTS.capacityPerReplica),
});

export const costBookRevisionSchema = z.strictObject({
  from: instant,
  hardware: z.array(hardware).max(500).readonly(),
  energy,
  siteEnergy: z
    .array(z.strictObject({ site: name, energy }))
    .max(200)
    .readonly()
    .default([]),
  currencies: z
    .array(z.strictObject({ currency, usdPerUnit: z.number().positive().max(1e6), provenance }))
    .max(50)
    .readonly()
    .default([]),
  weights,
  modelWeights: z
    .array(z.strictObject({ model: name, weights }))
    .max(500)
    .readonly()
    .default([]),
  tokenPrices: z.array(tokenPrice).max(500).readonly().default([]),
  serviceLevels: z.array(serviceLevel).max(500).readonly().default([]),
});

export const costBookSchema = z.strictObject({
  revisions: z.array(costBookRevisionSchema).min(1).max(1000).readonly(),
});
