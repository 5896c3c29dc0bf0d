import { z } from 'zod';
import { DELIVERIES, type Alert, type AlertSettings, type Notice } from '#shared/model/alert.ts';
import type { BudgetStatus } from '#shared/model/budget.ts';
import { FIGURE_NAMES } from '#shared/model/figure-name.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { httpUrl, secretValue } from './access-schema.ts';
import { basis, instant, scope } from './input-schema.ts';

/** Rules, budgets and alerts: what may be asked and saved, and what is answered. The types are in shared/model. */

const identity = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/);
const minutes = z.number().int().min(0).max(44_640);
const minuteOfDay = z.number().int().min(0).max(1440);

/** A name of the time zone database that this program knows. */
const zone = z
  .string()
  .max(64)
  .refine(isZone, { message: 'this is no name of the time zone database, such as Europe/Berlin' });

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const manner = {
  isUrgent: z.boolean().default(false),
  deliverTo: z.array(z.enum(DELIVERIES)).max(DELIVERIES.length).default(['desktop']),
};

const test = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('limit'),
    comparison: z.enum(['above', 'below']),
    limit: z.number().min(0).max(1e18),
  }),
  z.strictObject({
    kind: z.literal('unusual'),
    direction: z.enum(['above', 'below', 'either']),
    effectLeast: z.number().min(0.01).max(10).default(0.2),
  }),
]);

export const alertRuleSchema = z.strictObject({
  id: identity,
  isOn: z.boolean().default(true),
  figure: z.enum(FIGURE_NAMES),
  scope,
  basis,
  test,
  /** At most the days that minutes are kept, so that a window is always read from what tiles it. */
  windowMinutes: z.number().int().min(1).max(44_640).default(15),
  forMinutes: minutes.default(10),
  clearMinutes: minutes.default(10),
  ...manner,
});

const quietHours = z.strictObject({
  isOn: z.boolean().default(false),
  zone: zone.default('UTC'),
  spans: z
    .array(
      z.strictObject({
        days: z.array(z.number().int().min(0).max(6)).min(1).max(7),
        fromMinute: minuteOfDay,
        toMinute: minuteOfDay,
      }),
    )
    .max(20)
    .default([{ days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 22 * 60, toMinute: 7 * 60 }]),
  urgentPasses: z.boolean().default(true),
});

const silence = z.strictObject({
  isOn: z.boolean().default(true),
  forMinutes: minutes.default(5),
  ...manner,
});

/** What is kept; also what is read back, so that an older program's settings take the defaults of what they lack. */
export const alertSettingsSchema = z.strictObject({
  rules: z
    .array(alertRuleSchema)
    .max(200)
    .refine((all) => new Set(all.map((one) => one.id)).size === all.length, {
      message: 'two rules have the same id',
    })
    .default([]),
  silence: silence.prefault({}),
  quietHours: quietHours.prefault({}),
  reminderHours: z.number().min(0.25).max(168).nullable().default(24),
  webhookIsOn: z.boolean().default(false),
});

/** Values go one way, in: an address may hold a token, so it is kept as a secret like the key. Null takes it away. */
const webhookEntry = {
  webhookAddress: httpUrl.max(2048).nullable().optional(),
  webhookKey: secretValue.min(16, { message: 'a key has at least 16 characters' }).nullable().optional(),
};

export const saveAlertRulesSchema = z.strictObject({ settings: alertSettingsSchema, ...webhookEntry });

export const testWebhookSchema = z.strictObject(webhookEntry);

export const budgetSchema = z.strictObject({
  id: identity,
  name: z.string().trim().min(1).max(100),
  scope,
  zone: zone.default('UTC'),
  usdPerMonth: z.number().positive().max(1e12),
  ...manner,
});

export const budgetsSchema = z.strictObject({
  budgets: z
    .array(budgetSchema)
    .max(50)
    .refine((all) => new Set(all.map((one) => one.id)).size === all.length, {
      message: 'two budgets have the same id',
    })
    .default([]),
});

export const acknowledgeAlertSchema = z.strictObject({
  id: z.string().min(1).max(1200),
  /** Until when nothing more is told of it; null takes an acknowledgement back. */
  until: instant.nullable(),
  note: z.string().max(500).default(''),
});

/** `place`: scheme, host and port of the webhook, never its path; null where none is set. */
export type AlertRulesAnswer = {
  readonly settings: AlertSettings;
  readonly webhook: { readonly place: string | null; readonly isSigned: boolean };
  /** Where secrets go that are entered now, as a sentence. */
  readonly keeping: string;
  /** How each rule stands, by its id. */
  readonly standings: Readonly<Record<string, RuleStanding>>;
};

/** `waiting`: not looked at yet. `blind`: too little observed to say. `repriced`: over since prices changed. */
export type RuleStanding = {
  readonly state: 'fine' | 'wrong' | 'firing' | 'repriced' | 'blind' | 'waiting' | 'off' | 'no-history';
  readonly value: number | null;
  /** Of an unusual-value rule. */
  readonly usual: number | null;
  /** What to know, as a sentence; null where the state says all. */
  readonly note: string | null;
};

export type AlertsAnswer = {
  readonly open: readonly Alert[];
  readonly recent: readonly Alert[];
  /** Open and not acknowledged: what a badge shows. */
  readonly openCount: number;
  /** Newest last: what the list's notices told lately, for a page that shows them as notifications. */
  readonly notices: readonly Notice[];
  readonly delivery: DeliveryState;
  /** When rules were last looked at; null before the first look. */
  readonly lookedAt: EpochMs | null;
};

/** How messages to the webhook fare. */
export type DeliveryState = {
  readonly waiting: number;
  readonly lastFailure: { readonly at: EpochMs; readonly message: string } | null;
  readonly lastDelivered: EpochMs | null;
};

export type WebhookTest = { readonly isDelivered: boolean; readonly message: string };

/** A rule over the past days: columns of looks, and when it would have been an alert. */
export type RulePreview = {
  readonly window: TimeRange;
  readonly stepSeconds: number;
  readonly at: readonly EpochMs[];
  /** In the figure's unit; null where too little was observed. */
  readonly values: readonly (number | null)[];
  /** The norm at each look, of a rule about unusual values. */
  readonly usual: readonly (number | null)[];
  readonly alerts: readonly TimeRange[];
  readonly note: string | null;
};

export type BudgetStatusAnswer = { readonly budgets: readonly BudgetStatus[] };
