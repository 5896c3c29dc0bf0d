import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { ReportMonths } from '#shared/contract/report-calls-schema.ts';
import type { ReportSettings } from '#shared/model/report-settings.ts';
import { CloseMonth } from './CloseMonth.tsx';
import { ExportBar } from './ExportBar.tsx';
import { MonthList } from './MonthList.tsx';
import { ReportPreview } from './ReportPreview.tsx';
import styles from './ReportsPage.module.css';

type MonthTabProps = { readonly answer: ReportMonths; readonly settings: ReportSettings };

/** The months at the left, the chosen one beside them. */
export function MonthTab({ answer, settings }: MonthTabProps) {
  const { url, go } = usePage();
  const { queries } = useBackend();
  const { months, zone } = answer;
  const [newest] = months;
  const chosen = months.find(({ month }) => month === url.item) ?? newest ?? null;
  const report = useQuery({
    ...queries.report(chosen?.month ?? '', settings),
    enabled: chosen !== null,
    // One month's figures under the name of another would be a lie.
    placeholderData: () => undefined,
  });
  if (chosen === null) {
    return (
      <p className={styles['empty']}>
        No month has facts yet. As soon as the first GPU is heard, its month stands here as an open report.
      </p>
    );
  }
  return (
    <div className={styles['months']}>
      <MonthList months={months} zone={zone} chosen={chosen.month} onChoose={(month) => go({ item: month })} />
      <div className={styles['report']}>
        <ExportBar key={chosen.month} month={chosen} settings={settings}>
          <CloseMonth month={chosen} zone={zone} canClose={answer.canClose} />
        </ExportBar>
        <Answer query={report} what={`The report of ${chosen.month}`} skeleton={<PageSkeleton />}>
          {(made) => <ReportPreview report={made} />}
        </Answer>
      </div>
    </div>
  );
}
