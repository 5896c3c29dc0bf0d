import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { SkeletonRows } from '#renderer/components/Skeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel } from '#renderer/state/range-spec.ts';
import { useAsked } from '#renderer/state/use-asked.ts';
import styles from './Breakdown.module.css';
import { BreakdownTable } from './BreakdownTable.tsx';
import { breakdownExport } from './breakdown-export.ts';
import type { Sort } from './cost-rows.ts';

export const DIMENSIONS = [
  { value: 'site', name: 'Site' },
  { value: 'rack', name: 'Rack' },
  { value: 'node', name: 'Node' },
  { value: 'gpu', name: 'GPU' },
  { value: 'engine', name: 'Engine' },
  { value: 'deployment', name: 'Deployment' },
  { value: 'tenant', name: 'Tenant' },
  { value: 'model', name: 'Model' },
] as const;

const HISTORY_BUCKETS = 48;

/** Who the cost belongs to: one table, by a dimension of choice, whose rows add to the total. */
export function Breakdown() {
  const { queries } = useBackend();
  const { url, go, zone } = usePage();
  const asked = useAsked();
  const query = useQuery(queries.costBreakdown(asked, url.by, HISTORY_BUCKETS));
  const [sort, setSort] = useState<Sort>({ key: 'spend', isDescending: true });
  const name = DIMENSIONS.find((dimension) => dimension.value === url.by)?.name ?? url.by;
  return (
    <section className={styles['section']} aria-label={`Cost by ${url.by}`}>
      <header className={styles['head']}>
        <h2>By {name === 'GPU' ? name : name.toLowerCase()}</h2>
        <span>{rangeLabel(url.range, zone)} mean; rows add to the total</span>
        <div className={styles['choices']}>
          <Segmented
            label="Break down by"
            choices={DIMENSIONS}
            value={url.by as (typeof DIMENSIONS)[number]['value']}
            onChoose={(by) => go({ by }, 'replace')}
          />
          <ExportButton name={`cost-by-${url.by}`} {...breakdownExport(query.data, name)} />
        </div>
      </header>
      <Answer
        query={query}
        what="The breakdown"
        skeleton={<SkeletonRows count={8} />}
        isEmpty={(answer) => answer.rows.length === 0}
        empty={
          <p className={styles['empty']}>
            No GPU of this scope was known in this range. Choose a later range, or leave the scope.
          </p>
        }
      >
        {(answer) => <BreakdownTable answer={answer} dimensionName={name} sort={sort} onSort={setSort} />}
      </Answer>
    </section>
  );
}
