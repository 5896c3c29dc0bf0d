import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import type { Answers, CallFailure, CallInput } from '#shared/contract/backend-api.ts';
import type { AlertSettings } from '#shared/model/alert.ts';
import type { Budget } from '#shared/model/budget.ts';
import type { Result } from '#shared/lib/result.ts';
import { budgetsInput, settingsInput } from './rule-draft.ts';

export type WebhookEntry = Pick<CallInput['saveAlertRules'], 'webhookAddress' | 'webhookKey'>;

/** The calls that change alerts: each refreshes what it changed. */
export function useAlertCalls() {
  const { client } = useBackend();
  const cache = useQueryClient();
  const refresh = (): Promise<void> =>
    cache.invalidateQueries({ predicate: ({ queryKey: [first] }) => CHANGED.has(String(first)) });
  return {
    saveSettings: useMutation({
      mutationFn: async ({
        settings,
        webhook = {},
      }: {
        readonly settings: AlertSettings;
        readonly webhook?: WebhookEntry;
      }) => taken(await client.saveAlertRules({ settings: settingsInput(settings), ...webhook })),
      onSuccess: refresh,
    }),
    saveBudgets: useMutation({
      mutationFn: async (budgets: readonly Budget[]) => taken(await client.saveBudgets(budgetsInput(budgets))),
      onSuccess: refresh,
    }),
    acknowledge: useMutation({
      mutationFn: async (input: CallInput['acknowledgeAlert']) => taken(await client.acknowledgeAlert(input)),
      onSuccess: refresh,
    }),
    testWebhook: useMutation<Answers['testWebhook'], Error, WebhookEntry>({
      mutationFn: async (entry) => taken(await client.testWebhook(entry)),
    }),
  };
}

const CHANGED: ReadonlySet<string> = new Set(['alerts', 'alertRules', 'budgetStatus']);

function taken<Value>(result: Result<Value, CallFailure>): Value {
  if (!result.ok) throw new CallError(result.failure);
  return result.value;
}
