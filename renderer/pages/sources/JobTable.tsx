import type { ServerJob } from '#shared/model/server-job.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import styles from './JobTable.module.css';

const SIGNALS = { gpu: 'GPUs', engine: 'engines', power: 'power' } as const;

/** A cluster may have hundreds of jobs that nothing is read of. */
const JOBS_SHOWN = 12;
const DOWN_SHOWN = 8;

/** Of a server, which jobs it scrapes and what is read of each, those first of which something is read. */
export function JobTable({ jobs }: { readonly jobs: readonly ServerJob[] }) {
  const read = jobs.filter(({ tells }) => tells.length > 0);
  const shown = jobs.slice(0, Math.max(JOBS_SHOWN, read.length));
  return (
    <div className={styles['jobs']}>
      <h4>
        Read of {formatNumber(read.length, 0)} of {formatNumber(jobs.length, 0)} {jobs.length === 1 ? 'job' : 'jobs'}
      </h4>
      <table>
        <thead>
          <tr>
            <th>Job</th>
            <th>Targets</th>
            <th>Down</th>
            <th>Read of it</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((job) => (
            <JobRow key={job.name} job={job} />
          ))}
        </tbody>
      </table>
      {jobs.length > shown.length && (
        <p>and {formatNumber(jobs.length - shown.length, 0)} more that nothing is read of</p>
      )}
      {shown
        .filter(({ down }) => down.length > 0)
        .map(({ name, down }) => (
          <p key={name}>
            Of {name === '' ? 'targets without a job' : name}, the server cannot scrape {namesText(down)}.
          </p>
        ))}
    </div>
  );
}

function namesText(names: readonly string[]): string {
  const more = names.length - DOWN_SHOWN;
  return `${names.slice(0, DOWN_SHOWN).join(', ')}${more > 0 ? ` and ${formatNumber(more, 0)} more` : ''}`;
}

function JobRow({ job: { name, targets, down, tells } }: { readonly job: ServerJob }) {
  return (
    <tr data-read={tells.length > 0}>
      <th scope="row" title={name}>
        {name === '' ? '(none)' : name}
      </th>
      <td>{targets === null ? '–' : formatNumber(targets, 0)}</td>
      <td data-down={down.length > 0}>{targets === null ? '–' : formatNumber(down.length, 0)}</td>
      <td>{tells.length === 0 ? 'nothing' : tells.map((signal) => SIGNALS[signal]).join(', ')}</td>
    </tr>
  );
}
