import type { ExportTable } from '#renderer/components/csv-text.ts';
import type { BreakdownRow, CostBreakdown } from '#shared/contract/backend-api.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';

/** The rows of a breakdown with their total, unrounded; nothing before the first answer. */
export function breakdownExport(answer: CostBreakdown | undefined, dimensionName: string): ExportTable {
  return {
    columns: [
      { head: dimensionName },
      { head: 'GPUs' },
      ...GPU_STATES.map((state) => ({ head: `GPU time ${state}`, unit: 's' })),
      { head: 'Throughput', unit: 'token/s' },
      { head: 'Loaded cost', unit: 'USD/Mtok' },
      { head: 'Serving cost', unit: 'USD/Mtok' },
      { head: 'Marginal cost', unit: 'USD/Mtok' },
      { head: 'Loaded cost in the preceding range', unit: 'USD/Mtok' },
      { head: 'Efficiency', unit: 'token/J' },
      { head: 'Idle', unit: 'USD/h' },
      { head: 'Spend', unit: 'USD/h' },
      { head: 'Spend', unit: 'USD' },
    ],
    rows: answer === undefined ? [] : [...answer.rows.map(cellsOf), ['Total', ...cellsOf(answer.total).slice(1)]],
  };
}

function cellsOf(row: BreakdownRow): ExportTable['rows'][number] {
  return [
    row.label,
    row.gpus,
    ...GPU_STATES.map((state) => row.gpuSeconds[state]),
    row.tokensPerSecond,
    row.cost,
    row.servingCost,
    row.marginalCost,
    row.costBefore,
    row.tokensPerJoule,
    row.idleUsdPerHour,
    row.spendUsdPerHour,
    row.spendUsd,
  ];
}
