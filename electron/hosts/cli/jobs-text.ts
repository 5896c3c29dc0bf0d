import type { ServerJob } from '#shared/model/server-job.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { tableText } from './text-table.ts';

const SIGNALS = { gpu: 'GPUs', engine: 'engines', power: 'power' } as const;

/** Of a server, which jobs it scrapes and what is read of each; nothing where it does not tell. */
export function jobsText(jobs: readonly ServerJob[] | null): string {
  if (jobs === null || jobs.length === 0) return '';
  const head = ['  job', 'targets', 'down', 'read of it'];
  const rows = jobs.map(({ name, targets, down, tells }) => [
    `  ${name === '' ? '(none)' : name}`,
    targets === null ? '–' : formatNumber(targets, 0),
    targets === null ? '–' : formatNumber(down.length, 0),
    tells.length === 0 ? 'nothing' : tells.map((one) => SIGNALS[one]).join(', '),
  ]);
  return `\n\nJobs of the server\n${tableText([head, ...rows], { numeric: [1, 2] })}`;
}
