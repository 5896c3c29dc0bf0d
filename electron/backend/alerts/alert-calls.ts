import { budgetStatus } from '#backend/answers/budgets/budget-status.ts';
import type { AnswerContext } from '#backend/answers/answer-context.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import type { BackendApi, CallFailure } from '#shared/contract/backend-api.ts';
import type { AlertRulesAnswer } from '#shared/contract/alerts-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Alerts } from './alerts.ts';
import { WEBHOOK_ADDRESS, WEBHOOK_KEY } from './webhook/outbox.ts';
import { checkTarget } from '#backend/sources/http/checked-target.ts';

export type AlertCallOptions = {
  readonly alerts: () => Alerts;
  readonly context: () => AnswerContext;
  readonly secrets: Secrets;
};

/** Makes a fault of our own a failure that a caller may see. */
type Answered = <Answer>(work: () => Promise<Answer>) => Promise<Result<Answer, CallFailure>>;

export type AlertCalls = Pick<
  BackendApi,
  | 'alertRules'
  | 'saveAlertRules'
  | 'previewAlertRule'
  | 'budgets'
  | 'saveBudgets'
  | 'budgetStatus'
  | 'alerts'
  | 'acknowledgeAlert'
  | 'testWebhook'
>;

/** The calls by which alerts and budgets are read, set and acknowledged. */
export function createAlertCalls({ alerts, context, secrets }: AlertCallOptions, answered: Answered): AlertCalls {
  const rules = (): Promise<Result<AlertRulesAnswer, CallFailure>> =>
    answered(async () => ({
      settings: alerts().settings(),
      webhook: { place: await placeOf(secrets), isSigned: await isKept(secrets, WEBHOOK_KEY) },
      keeping: (await secrets.keeping()).note,
      standings: alerts().standings(),
    }));
  return {
    alertRules: rules,
    saveAlertRules: async ({ settings, webhookAddress, webhookKey }) => {
      const target = typeof webhookAddress === 'string' ? checkTarget({ url: webhookAddress }) : null;
      if (target?.ok === false) return notPossible(target.failure.message);
      const kept = await keepSecret(secrets, WEBHOOK_ADDRESS, webhookAddress);
      if (!kept.ok) return notPossible(kept.failure);
      const key = await keepSecret(secrets, WEBHOOK_KEY, webhookKey);
      if (!key.ok) return notPossible(key.failure);
      const saved = await alerts().saveSettings(settings);
      return saved.ok ? await rules() : notPossible(saved.failure);
    },
    previewAlertRule: ({ rule }) => answered(() => alerts().preview(rule)),
    budgets: async () => succeed({ budgets: alerts().budgets() }),
    saveBudgets: async ({ budgets }) => {
      const saved = await alerts().saveBudgets(budgets);
      return saved.ok ? succeed({ budgets: alerts().budgets() }) : notPossible(saved.failure);
    },
    budgetStatus: () =>
      answered(async () => {
        const all = alerts().budgets();
        return { budgets: await Promise.all(all.map((budget) => budgetStatus(context(), budget))) };
      }),
    alerts: async () => succeed(alerts().list()),
    acknowledgeAlert: async ({ id, until, note }) => {
      const done = await alerts().acknowledge(id, until, note);
      return done.ok ? succeed(alerts().list()) : notPossible(done.failure);
    },
    testWebhook: ({ webhookAddress, webhookKey }) =>
      answered(() => alerts().testWebhook({ address: webhookAddress, key: webhookKey })),
  };
}

/** Left out stays, null goes. */
async function keepSecret(
  secrets: Secrets,
  name: string,
  value: string | null | undefined,
): Promise<Result<void, string>> {
  if (value === undefined) return succeed(undefined);
  return value === null ? await secrets.remove(name) : await secrets.set(name, value);
}

/** Scheme, host and port alone: a path or query may hold a token. */
async function placeOf(secrets: Secrets): Promise<string | null> {
  const address = await secrets.get(WEBHOOK_ADDRESS);
  return address.ok && address.value !== null && URL.canParse(address.value) ? new URL(address.value).origin : null;
}

async function isKept(secrets: Secrets, name: string): Promise<boolean> {
  const value = await secrets.get(name);
  return value.ok && value.value !== null;
}

function notPossible(message: string): { readonly ok: false; readonly failure: CallFailure } {
  return fail({ kind: 'not-possible', message });
}
