import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { AlertsTab } from './AlertsTab.tsx';
import styles from './AlertsPage.module.css';
import { BudgetsTab } from './BudgetsTab.tsx';
import { DeliveryTab } from './DeliveryTab.tsx';
import { RulesTab } from './RulesTab.tsx';

const TABS = [
  { value: 'alerts', name: 'Alerts' },
  { value: 'rules', name: 'Rules' },
  { value: 'budgets', name: 'Budgets' },
  { value: 'delivery', name: 'Delivery' },
] as const;

type TabName = (typeof TABS)[number]['value'];

/** What is wrong and why, what is watched, what the month may cost, and how people are told. */
export function AlertsPage() {
  const { url, go } = usePage();
  const { queries } = useBackend();
  const rules = useQuery(queries.alertRules());
  const tab: TabName = TABS.find(({ value }) => value === url.tab)?.value ?? 'alerts';
  return (
    <div className={styles['page']}>
      <header className={styles['bar']}>
        <h1>Budgets and alerts</h1>
        <span>{SUBTITLES[tab]}</span>
        <Segmented
          label="Part of the page"
          choices={TABS}
          value={tab}
          onChoose={(next) => go({ tab: next, item: null })}
        />
      </header>
      <Answer query={rules} what="Rules and alerts" skeleton={<PageSkeleton />}>
        {(answer) => {
          switch (tab) {
            case 'alerts':
              return <AlertsTab answer={answer} />;
            case 'rules':
              return <RulesTab answer={answer} />;
            case 'budgets':
              return <BudgetsTab />;
            case 'delivery':
              return <DeliveryTab answer={answer} />;
          }
        }}
      </Answer>
    </div>
  );
}

const SUBTITLES: Readonly<Record<TabName, string>> = {
  alerts: 'one cause, one alert; what it explains stands beneath it',
  rules: 'looked at once a minute; changes hold from the next look',
  budgets: 'calendar months in the zone of each budget',
  delivery: 'who is told, when, and when it is quiet',
};
