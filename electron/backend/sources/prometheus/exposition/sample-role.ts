import type { Family } from './families.ts';

/** What a sample says within its family; it decides which values make sense. */
export type SampleRole =
  | 'plain'
  | 'counter'
  | 'bucket'
  | 'count'
  | 'sum'
  | 'gauge-count'
  | 'gauge-sum'
  | 'quantile'
  | 'info'
  | 'state'
  | 'created'
  | 'misnamed';

/** The role of the samples called `name` in this family. */
export function roleOf(name: string, family: Family): SampleRole {
  const suffix = name.slice(family.name.length);
  if (suffix === '_created') return 'created';
  switch (family.kind) {
    case 'counter':
      return 'counter';
    case 'histogram':
      return suffix === '_bucket' ? 'bucket' : (totalRoleOf(suffix) ?? 'misnamed');
    case 'gaugehistogram':
      return suffix === '_bucket' ? 'bucket' : (gaugeTotalRoleOf(suffix) ?? 'misnamed');
    case 'summary':
      return suffix === '' ? 'quantile' : (totalRoleOf(suffix) ?? 'misnamed');
    case 'info':
      return 'info';
    case 'stateset':
      return 'state';
    case 'gauge':
    case 'unknown':
      return 'plain';
  }
}

function totalRoleOf(suffix: string): SampleRole | null {
  if (suffix === '_count') return 'count';
  return suffix === '_sum' ? 'sum' : null;
}

function gaugeTotalRoleOf(suffix: string): SampleRole | null {
  if (suffix === '_gcount' || suffix === '_count') return 'gauge-count';
  return suffix === '_gsum' || suffix === '_sum' ? 'gauge-sum' : null;
}
