import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { MonthTab } from './MonthTab.tsx';
import styles from './ReportsPage.module.css';
import { ScheduleTab } from './ScheduleTab.tsx';
import { SettingsTab } from './SettingsTab.tsx';

const TABS = [
  { value: 'months', name: 'Months' },
  { value: 'schedule', name: 'Schedule' },
  { value: 'settings', name: 'Settings' },
] as const;

type TabName = (typeof TABS)[number]['value'];

const MEANING: Readonly<Record<TabName, string>> = {
  months: 'what a month cost, to look at and to take away',
  schedule: 'each month written by itself, on a day and hour that you choose',
  settings: 'company, paper, language and zone of every report',
};

/** The months of the fleet as reports: a preview, files in several formats, and how they look. */
export function ReportsPage() {
  const { url, go } = usePage();
  const { queries } = useBackend();
  const months = useQuery(queries.reportMonths());
  const settings = useQuery(queries.reportSettings());
  const tab: TabName = TABS.find(({ value }) => value === url.tab)?.value ?? 'months';
  return (
    <div className={styles['page']}>
      <header className={styles['bar']}>
        <h1>Monthly reports</h1>
        <span>{MEANING[tab]}</span>
        <Segmented
          label="Part of the page"
          choices={TABS}
          value={tab}
          onChoose={(next) => go({ tab: next, item: null })}
        />
      </header>
      <Answer query={settings} what="The settings of reports" skeleton={<PageSkeleton />}>
        {(saved) => (
          <Answer query={months} what="The list of months" skeleton={<PageSkeleton />}>
            {(answer) => {
              switch (tab) {
                case 'months':
                  return <MonthTab answer={answer} settings={saved} />;
                case 'schedule':
                  return <ScheduleTab key={JSON.stringify(saved)} settings={saved} zone={answer.zone} />;
                case 'settings':
                  return <SettingsTab key={JSON.stringify(saved)} settings={saved} />;
              }
            }}
          </Answer>
        )}
      </Answer>
    </div>
  );
}
