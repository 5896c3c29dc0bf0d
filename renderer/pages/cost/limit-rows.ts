import type { ExportTable } from '#renderer/components/csv-text.ts';
import type { LimitKey, LimitsAnswer } from '#shared/contract/cost-schema.ts';
import { formatInstant } from '#shared/units/format-time.ts';

export const LIMIT_WORDS: Readonly<Record<LimitKey, string>> = {
  'power-cap': 'Power cap',
  heat: 'Heat',
  tensor: 'Tensor pipe',
  'memory-bandwidth': 'Memory bandwidth',
  nvlink: 'NVLink traffic',
  pcie: 'PCIe traffic',
  'kv-cache': 'KV cache full',
  queueing: 'Requests wait',
  'little-demand': 'Too little demand',
};

/** Causes of every deployment, then what it served per day. */
export function limitsExport({ deployments }: LimitsAnswer): ExportTable {
  return {
    columns: [
      { head: 'Deployment' },
      { head: 'What' },
      { head: 'Share of time', unit: 'ratio' },
      { head: 'Evidence' },
      { head: 'Requests' },
      { head: 'Failed or aborted' },
      { head: 'First token in time', unit: 'ratio' },
      { head: 'Between tokens in time', unit: 'ratio' },
    ],
    rows: deployments.flatMap(({ deployment, causes, days }) => [
      ...causes.map((cause) => [
        deployment,
        LIMIT_WORDS[cause.key],
        cause.share.value,
        cause.missing ?? cause.evidence,
        null,
        null,
        null,
        null,
      ]),
      ...days.map((day) => [
        deployment,
        formatInstant(day.from, 'UTC', 'date'),
        null,
        null,
        day.requests,
        day.notCompleted,
        day.ttft,
        day.interToken,
      ]),
    ]),
  };
}
