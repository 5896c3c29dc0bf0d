import type { Report, ReportTable } from '#shared/model/report.ts';

/** The checks of a report as a table, for writers that print them. */
export function checksTable({ checks }: Report): ReportTable {
  return {
    id: 'checks',
    title: 'Checks',
    note: 'Sums that must agree, each side added up on its own.',
    columns: [
      { key: 'title', title: 'Check', kind: 'text', total: 'none' },
      { key: 'passed', title: 'Agrees', kind: 'flag', total: 'none' },
      { key: 'detail', title: 'What was compared', kind: 'text', total: 'none' },
    ],
    rows: checks.map(({ title, passed, detail }) => [title, passed, detail]),
    total: null,
  };
}
