import { z } from 'zod';
import { PAPERS, type Report } from '#shared/model/report.ts';
import { scope, window, zone } from './input-schema.ts';

/** The monthly report: what is asked. */

/** A logo of this many characters is some 750 kB of picture. */
const LOGO_MAX = 1_000_000;

/** Such as `2026-11`. */
export const monthSchema = z.string().regex(/^20\d\d-(?:0[1-9]|1[0-2])$/u, 'write a month such as 2026-11');

export const localeSchema = z
  .string()
  .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/u, 'not a language tag')
  .max(35);

export const logoSchema = z
  .string()
  .max(LOGO_MAX)
  .regex(/^data:image\/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/u, 'not a PNG or JPEG data URL');

export const reportSchema = z
  .strictObject({
    /** As the zone counts it; null: a window of its own. */
    month: monthSchema.nullable().default(null),
    window: window.nullable().default(null),
    scope,
    /** Null: the zone of the electricity tariff. */
    zone: zone.nullable().default(null),
    locale: localeSchema.default('en-US'),
    paper: z.enum(PAPERS).default('A4'),
    company: z.string().min(1).max(200).nullable().default(null),
    logo: logoSchema.nullable().default(null),
  })
  .refine(({ month, window: own }) => (month === null) !== (own === null), {
    message: 'name a month or a window, one of them',
  });

export type ReportAsk = z.output<typeof reportSchema>;

export type ReportAnswer = Report;
