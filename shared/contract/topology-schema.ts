import { z } from 'zod';

/** What the operator says of the fleet, as it is saved: see shared/model/topology.ts. Everything may be left out. */
const pattern = z.string().trim().min(1).max(512);
const place = z.string().trim().min(1).max(512).nullable().default(null);

export const topologySchema = z.strictObject({
  authority: z
    .array(z.strictObject({ model: pattern, count: z.enum(['engines', 'frontend']) }))
    .max(1000)
    .readonly()
    .default([]),
  roles: z
    .array(z.strictObject({ engine: pattern, role: z.enum(['prefill', 'decode', 'both']) }))
    .max(1000)
    .readonly()
    .default([]),
  placements: z
    .array(
      z.strictObject({
        engine: pattern,
        node: pattern,
        gpus: z.union([z.literal('all'), z.array(z.string().trim().min(1).max(128)).min(1).max(256).readonly()]),
      }),
    )
    .max(10_000)
    .readonly()
    .default([]),
  tree: z
    .array(z.strictObject({ node: pattern, site: place, rack: place, pool: place }))
    .max(10_000)
    .readonly()
    .default([]),
});
