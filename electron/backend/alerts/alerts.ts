import type { AnswerContext } from '#backend/answers/answer-context.ts';
import { previewAlertRule } from '#backend/answers/alerts/preview-alert-rule.ts';
import type { Clock } from '#backend/clock.ts';
import type { EventHub } from '#backend/event-hub.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import type { StoreFailure } from '#backend/store/store.ts';
import { LOOK_GAP_MS } from '#shared/alerts/condition.ts';
import { byImportance, isAcknowledged } from '#shared/alerts/alert-list.ts';
import type { AlertsAnswer, RulePreview, RuleStanding, WebhookTest } from '#shared/contract/alerts-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { AlertRule, AlertSettings, Notice } from '#shared/model/alert.ts';
import type { Budget } from '#shared/model/budget.ts';
import type { SourceHealth } from '#shared/model/source-health.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import {
  readBudgets,
  readSettings,
  readState,
  saveBudgets,
  saveSettings,
  saveState,
  type AlertState,
} from './alert-documents.ts';
import { bookDigest, looked } from './look.ts';
import { createLookCache, forgetMoney, watchedThings } from './watched-things.ts';
import { messageOf, testMessage, type FleetName } from './webhook/message.ts';
import { sendDue, sendSigned, withMessages, type EnteredWebhook } from './webhook/outbox.ts';

/** Rules, budgets and alerts of one open fleet: looks once a minute, tells people, and remembers. */
export type Alerts = {
  settings(): AlertSettings;
  budgets(): readonly Budget[];
  standings(): Readonly<Record<string, RuleStanding>>;
  saveSettings(settings: AlertSettings): Promise<Result<void, string>>;
  saveBudgets(budgets: readonly Budget[]): Promise<Result<void, string>>;
  list(): AlertsAnswer;
  acknowledge(id: string, until: EpochMs | null, note: string): Promise<Result<void, string>>;
  preview(rule: AlertRule): Promise<RulePreview>;
  testWebhook(entered: EnteredWebhook): Promise<WebhookTest>;
  /** One look at everything, then what is due is sent. Looks queue: they never run beside each other. */
  look(): Promise<void>;
  stop(): Promise<void>;
};

export type AlertsOptions = {
  readonly context: () => AnswerContext;
  readonly health: () => readonly SourceHealth[];
  readonly fleetName: () => FleetName;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly events: EventHub;
  /** Shows a notification of the desktop; null where the host has none. */
  readonly notify: ((notice: DesktopNotice) => void) | null;
  /** False only answers: nothing is looked at, and nobody is told. */
  readonly watches: boolean;
  readonly log: (line: string) => void;
};

/** What a notification of the desktop shows. */
export type DesktopNotice = { readonly title: string; readonly body: string; readonly isUrgent: boolean };

const LOOK_MS = 60_000;

export async function openAlerts(options: AlertsOptions): Promise<Alerts> {
  const { clock, events } = options;
  const { store } = options.context();
  let settings = await readSettings(store);
  let budgets = await readBudgets(store);
  let state = await readState(store);
  let saved = state;
  let standings: Readonly<Record<string, RuleStanding>> = {};
  let watchedSince = clock.now();
  let lookedAt = watchedSince;
  const cache = createLookCache();
  const ending = new AbortController();
  const changed = (): void => events.emit('alerts-changed', { at: clock.now() });

  /** Looks queue. Saves do not wait for them: a look reads settings and state when it is at its end, in one step. */
  let working: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = working.then(work);
    working = turn.catch(() => {});
    return turn;
  };

  async function keepState(next: AlertState): Promise<void> {
    state = next;
    // A look that only found everything fine again is not worth a commit.
    if (isCalm(next) && isCalm(saved) && next.book === saved.book && isSameList(saved, next)) return;
    saved = next;
    const kept = await saveState(store, next);
    if (!kept.ok) options.log(`alerts could not be kept: ${kept.failure.message}`);
  }

  async function look(): Promise<void> {
    const context = options.context();
    // While a past is still being read, totals are not whole, and half of a total is a wrong number.
    if (context.history() !== null) return;
    const at = clock.now();
    if (at - lookedAt > LOOK_GAP_MS || at < lookedAt) watchedSince = at;
    lookedAt = at;
    const book = bookDigest(context.costBook());
    if (book !== state.book) forgetMoney(cache);
    const things = await watchedThings({
      context,
      cache,
      at,
      watchedSince,
      settings,
      budgets,
      health: options.health(),
    });
    if (ending.signal.aborted) return;
    const next = looked(state, { at, things, settings, book });
    standings = next.standings;
    for (const notice of next.notices) show(notice);
    const outbox = withMessages(next.state.outbox, messagesOf(next.notices), at);
    await keepState({ ...next.state, outbox });
    // Values and standings move with every look, so each is news, once a minute.
    changed();
  }

  /** Outside of the turn: a receiver that hangs holds up no call. */
  async function deliver(): Promise<void> {
    const before = state.outbox;
    if (before.messages.length === 0) return;
    const outbox = await sendDue(before, { clock, secrets: options.secrets, signal: ending.signal });
    if (outbox !== before) await inTurn(() => keepState({ ...state, outbox }));
  }

  async function lookAndDeliver(): Promise<void> {
    await inTurn(look);
    await deliver();
  }

  function show({ alert, title, body }: Notice): void {
    if (alert.deliverTo.includes('desktop')) options.notify?.({ title, body, isUrgent: alert.isUrgent });
  }

  function messagesOf(notices: readonly Notice[]): readonly { readonly id: string; readonly body: string }[] {
    const due = settings.webhookIsOn ? notices.filter(({ alert }) => alert.deliverTo.includes('webhook')) : [];
    return due.map((notice) => ({ id: notice.id, body: messageOf(notice, options.fleetName()) }));
  }

  const watching = options.watches ? watch(lookAndDeliver, options, ending.signal) : Promise.resolve();

  return {
    settings: () => settings,
    budgets: () => budgets,
    standings: () => standings,
    saveSettings: async (next) => {
      const kept = await saveSettings(store, next);
      if (!kept.ok) return notKept(kept.failure);
      settings = next;
      changed();
      return succeed(undefined);
    },
    saveBudgets: async (next) => {
      const kept = await saveBudgets(store, next);
      if (!kept.ok) return notKept(kept.failure);
      budgets = next;
      changed();
      return succeed(undefined);
    },
    list: () => listOf(state, clock.now()),
    acknowledge: async (id, until, note) => {
      const alert = state.alerts.find((one) => one.id === id && one.endedAt === null);
      if (alert === undefined) return fail('This alert is not open any more.');
      const acknowledgement = until === null ? null : { at: clock.now(), until, note };
      const alerts = state.alerts.map((one) => (one === alert ? { ...one, acknowledgement } : one));
      await keepState({ ...state, alerts });
      changed();
      return succeed(undefined);
    },
    preview: (rule) => previewAlertRule(options.context(), rule, settings.quietHours.zone),
    testWebhook: async (entered) => {
      const at = clock.now();
      const sending = { clock, secrets: options.secrets, signal: ending.signal };
      const sent = await sendSigned(`test ${at}`, testMessage(at, options.fleetName()), sending, entered);
      return sent.ok
        ? { isDelivered: true, message: `The receiver took the message (status ${sent.value.status}).` }
        : { isDelivered: false, message: sent.failure.message };
    },
    look: lookAndDeliver,
    stop: async () => {
      ending.abort();
      await Promise.all([watching, working]);
    },
  };
}

/** Looks once a minute by the clock until it is over. A look that fails is said and tried again at the next minute. */
async function watch(look: () => Promise<void>, { clock, log }: AlertsOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal);
    if (signal.aborted) return;
    try {
      await look();
    } catch (error) {
      log(`a look at the alerts failed: ${String(error)}`);
    }
  }
}

/** Nothing is wrong, open or on its way: the next look finds out the same without it. */
function isCalm({ conditions, alerts, outbox }: AlertState): boolean {
  return (
    outbox.messages.length === 0 &&
    alerts.every(({ endedAt }) => endedAt !== null) &&
    Object.values(conditions).every(({ phase }) => phase === 'fine')
  );
}

function isSameList(before: AlertState, after: AlertState): boolean {
  return JSON.stringify(before.alerts) === JSON.stringify(after.alerts);
}

function listOf({ alerts, notices, outbox, lookedAt }: AlertState, now: EpochMs): AlertsAnswer {
  const open = byImportance(alerts.filter(({ endedAt }) => endedAt === null));
  const recent = alerts
    .filter(({ endedAt }) => endedAt !== null)
    .toSorted((one, other) => (other.endedAt ?? 0) - (one.endedAt ?? 0));
  return {
    open,
    recent: recent.slice(0, RECENT_MAX),
    openCount: open.filter((alert) => !isAcknowledged(alert, now)).length,
    notices,
    delivery: {
      waiting: outbox.messages.length,
      lastFailure: outbox.lastFailure,
      lastDelivered: outbox.lastDelivered,
    },
    lookedAt,
  };
}

const RECENT_MAX = 200;

function notKept({ message }: StoreFailure): Result<void, string> {
  return fail(`The change could not be kept: ${message}`);
}
