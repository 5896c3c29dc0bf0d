import { z } from 'zod';
import type { Store } from '#backend/store/store.ts';
import { alertSettingsSchema, budgetsSchema } from '#shared/contract/alerts-schema.ts';
import { instant, scope } from '#shared/contract/input-schema.ts';
import { alertRuleSchema } from '#shared/contract/alerts-schema.ts';
import type { Condition } from '#shared/alerts/condition.ts';
import { DELIVERIES, type Alert, type AlertSettings, type Notice } from '#shared/model/alert.ts';
import type { Budget } from '#shared/model/budget.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { EMPTY_OUTBOX, type Outbox } from './webhook/outbox.ts';

/** What is kept of alerts between runs: three documents of the store, whose shape is checked where they are read. */

const SETTINGS = 'alert-settings';
const BUDGETS = 'budgets';
const STATE = 'alert-state';

/** A condition, and what it was of: a rule that was edited begins anew. */
export type KeptCondition = Condition & { readonly of: string };

export type AlertState = {
  readonly conditions: Readonly<Record<string, KeptCondition>>;
  readonly alerts: readonly Alert[];
  /** The newest, oldest first. */
  readonly notices: readonly Notice[];
  readonly outbox: Outbox;
  /** The prices of the last look, as a digest, and when they were seen to change. */
  readonly book: string | null;
  readonly bookChangedAt: EpochMs | null;
  readonly lookedAt: EpochMs | null;
};

export const EMPTY_STATE: AlertState = {
  conditions: {},
  alerts: [],
  notices: [],
  outbox: EMPTY_OUTBOX,
  book: null,
  bookChangedAt: null,
  lookedAt: null,
};

export async function readSettings(store: Store): Promise<AlertSettings> {
  const read = alertSettingsSchema.safeParse((await store.document(SETTINGS)) ?? {});
  return read.success ? read.data : alertSettingsSchema.parse({});
}

export async function readBudgets(store: Store): Promise<readonly Budget[]> {
  const read = budgetsSchema.safeParse((await store.document(BUDGETS)) ?? {});
  return read.success ? read.data.budgets : [];
}

/** A state that this program cannot read is left behind: open alerts open again, and nothing else is lost. */
export async function readState(store: Store): Promise<AlertState> {
  const read = stateSchema.safeParse(await store.document(STATE));
  return read.success ? read.data : EMPTY_STATE;
}

export const saveSettings = (store: Store, settings: AlertSettings): ReturnType<Store['saveDocument']> =>
  store.saveDocument(SETTINGS, settings);

export const saveBudgets = (store: Store, budgets: readonly Budget[]): ReturnType<Store['saveDocument']> =>
  store.saveDocument(BUDGETS, { budgets });

export const saveState = (store: Store, state: AlertState): ReturnType<Store['saveDocument']> =>
  store.saveDocument(STATE, state);

const { figure, basis, test, windowMinutes } = alertRuleSchema.shape;
const text = z.string().max(4000);
const amount = z.number();

const subject = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('figure'),
    figure,
    scope,
    basis,
    windowMinutes,
    test,
    value: amount.nullable(),
    usual: amount.nullable(),
  }),
  z.object({ kind: z.literal('silent-source'), source: text, silent: amount, targets: amount, reason: text }),
  z.object({
    kind: z.literal('budget'),
    budget: text,
    name: text,
    scope,
    state: z.enum(['spent', 'forecast']),
    usdPerMonth: amount,
    usd: amount,
  }),
]);

const alert = z.object({
  id: text,
  key: text,
  isUrgent: z.boolean(),
  deliverTo: z.array(z.enum(DELIVERIES)),
  since: instant,
  openedAt: instant,
  endedAt: instant.nullable(),
  ending: z.enum(['fine', 'explained', 'not-watched']).nullable(),
  subject,
  beneath: z.array(z.object({ key: text, since: instant, subject })),
  toldAt: instant.nullable(),
  acknowledgement: z.object({ at: instant, until: instant, note: text }).nullable(),
});

const condition = z.object({
  of: text,
  phase: z.enum(['fine', 'wrong', 'firing', 'repriced']),
  since: instant,
  firedAt: instant.nullable(),
  fineSince: instant.nullable(),
  lookedAt: instant,
});

const stateSchema = z.object({
  conditions: z.record(z.string(), condition),
  alerts: z.array(alert),
  notices: z.array(
    z.object({
      id: text,
      kind: z.enum(['opened', 'reminder', 'resolved']),
      at: instant,
      title: text,
      body: text,
      alert,
    }),
  ),
  outbox: z.object({
    messages: z.array(z.object({ id: text, body: z.string(), tries: amount, nextAt: instant })),
    lastFailure: z.object({ at: instant, message: text }).nullable(),
    lastDelivered: instant.nullable(),
  }),
  book: text.nullable(),
  bookChangedAt: instant.nullable(),
  lookedAt: instant.nullable(),
});
