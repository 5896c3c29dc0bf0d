import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { Budget, BudgetStatus } from '#shared/model/budget.ts';
import styles from './AlertsPage.module.css';
import { BudgetCard } from './BudgetCard.tsx';
import { BudgetEditor } from './BudgetEditor.tsx';
import { freeId } from './rule-draft.ts';
import { useAlertCalls } from './use-alert-calls.ts';

/** What each budget has used, and where the month is going. */
export function BudgetsTab() {
  const { queries } = useBackend();
  const query = useQuery(queries.budgetStatus());
  return (
    <Answer query={query} what="The budgets" skeleton={<PageSkeleton />}>
      {({ budgets }) => <Budgets statuses={budgets} />}
    </Answer>
  );
}

function Budgets({ statuses }: { readonly statuses: readonly BudgetStatus[] }) {
  const { zone, url } = usePage();
  const [edited, setEdited] = useState<string | null>(null);
  const { saveBudgets } = useAlertCalls();
  const all = statuses.map(({ budget }) => budget);
  const taken = all.map(({ id }) => id);
  const id = freeId('budget', taken);
  const fresh: Budget = {
    id,
    name: 'Fleet',
    scope: url.scope,
    zone,
    usdPerMonth: 10_000,
    isUrgent: false,
    deliverTo: ['desktop'],
  };
  const saved = { onSuccess: () => setEdited(null) };
  const editor = (budget: Budget, isKnown: boolean) => (
    <BudgetEditor
      budget={budget}
      isSaving={saveBudgets.isPending}
      trouble={saveBudgets.error?.message ?? null}
      onSave={(next) =>
        saveBudgets.mutate(isKnown ? all.map((one) => (one.id === next.id ? next : one)) : [...all, next], saved)
      }
      onCancel={() => setEdited(null)}
      onRemove={
        isKnown
          ? () =>
              saveBudgets.mutate(
                all.filter((one) => one.id !== budget.id),
                saved,
              )
          : null
      }
    />
  );
  return (
    <>
      <header className={styles['head']}>
        <h2>This month</h2>
        <span>{statuses.length === 0 ? '' : 'spent, even line, forecast with the range of nine in ten'}</span>
        <div>
          <button type="button" className={styles['button']} onClick={() => setEdited(id)}>
            <Icon name="plus" size={12} />
            Add a budget
          </button>
        </div>
      </header>
      {edited === id && editor(fresh, false)}
      {statuses.map((status) => (
        <div key={status.budget.id} className={styles['budget']}>
          <BudgetCard status={status} onEdit={() => setEdited(status.budget.id)} />
          {edited === status.budget.id && editor(status.budget, true)}
        </div>
      ))}
      {statuses.length === 0 && edited === null && (
        <section className={styles['teach']}>
          <h2>No budget is set yet</h2>
          <p>
            A budget is an amount for each calendar month, of the whole fleet or a part of it. It shows what is spent,
            an even line beside it, and where the month will end, with a range from how your own days vary. You hear of
            it before it is exceeded.
          </p>
          <div>
            <button type="button" onClick={() => setEdited(id)}>
              <Icon name="plus" size={13} />
              <span>
                Set a budget for the fleet
                <small>an amount, a time zone for the month, and whom to tell</small>
              </span>
            </button>
          </div>
        </section>
      )}
    </>
  );
}
