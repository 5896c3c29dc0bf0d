import { z } from 'zod';
import { TOKEN_BASES } from '#shared/model/token-basis.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

/** What many calls ask with: instants, windows, names, scopes and the basis of a token. */

export const instant = z
  .number()
  .int()
  .min(0)
  .max(8.64e15)
  .transform((value): EpochMs => epochMs(value));

export const window = z
  .strictObject({ from: instant, to: instant })
  .refine((range) => range.to > range.from, { message: 'the window must end after it begins' })
  .refine((range) => range.to - range.from <= 400 * 86_400_000, { message: 'the window is longer than 400 days' });

export const name = z.string().min(1).max(512);

/** Filters by the physical tree and by what runs on it. Null asks for what has none, such as unplaced GPUs. */
export const scope = z
  .strictObject({
    site: name.nullable().optional(),
    pool: name.nullable().optional(),
    rack: name.nullable().optional(),
    node: name.nullable().optional(),
    gpu: name.nullable().optional(),
    model: name.nullable().optional(),
    engine: name.nullable().optional(),
    tenant: name.nullable().optional(),
    deployment: name.nullable().optional(),
  })
  .default({});

export type CallScope = z.output<typeof scope>;

export const basis = z.enum(TOKEN_BASES).default('billed');

/** A name of the time zone database. */
export const zone = z
  .string()
  .max(100)
  .refine(isZone, { message: 'not a time zone: write one such as America/Chicago' });

/** Whether the platform knows the zone: `Intl` throws at what it does not. */
function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
