import { Icon } from '#renderer/components/Icon.tsx';
import type { Report, ReportCheck } from '#shared/model/report.ts';
import { headText } from '#shared/report-text/head-text.ts';
import styles from './ReportsPage.module.css';
import { SectionView } from './SectionView.tsx';

/** The report as its pages have it: sections with tiles, charts and tables, then how it is computed and what was checked. */
export function ReportPreview({ report }: { readonly report: Report }) {
  const { head, measures, checks } = report;
  const told = headText(head);
  const manner = { locale: head.locale, zone: head.zone };
  const sections = report.sections.filter(({ workbookOnly }) => !workbookOnly);
  return (
    <article className={styles['preview']} lang={head.locale}>
      <header>
        {head.logo !== null && <img src={head.logo} alt="" />}
        <p>
          <b>{told.names.join(' · ')}</b> {told.period}
        </p>
        <p>{told.state}</p>
      </header>
      {sections.map((section) => (
        <SectionView key={section.id} section={section} manner={manner} />
      ))}
      {measures.length > 0 && (
        <details className={styles['section']}>
          <summary>How it is computed: {measures.length} measures</summary>
          <dl className={styles['measures']}>
            {measures.map(({ id, name, definition, formula }) => (
              <div key={id}>
                <dt>{name}</dt>
                <dd>
                  {definition} <code>{formula}</code>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {checks.length > 0 && <Checks checks={checks} />}
      <footer>{told.provenance}</footer>
    </article>
  );
}

function Checks({ checks }: { readonly checks: readonly ReportCheck[] }) {
  const failed = checks.filter(({ passed }) => !passed);
  return (
    <details className={styles['section']} open={failed.length > 0}>
      <summary>
        <Icon name={failed.length === 0 ? 'good' : 'bad'} size={13} />
        {failed.length === 0
          ? `${checks.length} checks of the report's own sums, all agree`
          : `${failed.length} of ${checks.length} checks of the report's own sums do not agree`}
      </summary>
      <ul className={styles['checks']}>
        {checks.map(({ id, title, passed, detail }) => (
          <li key={id} data-passed={passed}>
            <Icon name={passed ? 'good' : 'bad'} size={13} />
            {title}
            <small>{detail}</small>
          </li>
        ))}
      </ul>
    </details>
  );
}
