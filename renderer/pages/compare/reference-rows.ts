import type { ExportTable } from '#renderer/components/csv-text.ts';
import type { ComparedDeployment, ComparedReference } from '#shared/contract/compare-schema.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';

/** The reference that stands in the table: of the same model, the one that differs least. */
export function nearestOf(deployment: ComparedDeployment): ComparedReference | null {
  return deployment.references.find((reference) => !reference.isOtherModel) ?? null;
}

/** A reference in a few words: `B200, fp8, mtp, 1,024 in, 1,024 out`. */
export function referenceName({ front }: ComparedReference): string {
  const { model, gpu, precision, speculation, inputTokens, outputTokens } = front;
  const lengths = `${inputTokens.toLocaleString('en-US')} in, ${outputTokens.toLocaleString('en-US')} out`;
  return `${model} on ${gpu}, ${precision}, ${speculationWords(speculation)}, ${lengths}`;
}

export function speculationWords(speculation: string): string {
  return speculation === 'none' ? 'no speculation' : speculation;
}

/** What a reader is told of the comparison in one line. */
export function verdictOf(reference: ComparedReference | null): { readonly isFirm: boolean; readonly words: string } {
  if (reference === null) return { isFirm: false, words: 'no public run of this model' };
  if (reference.isComparable) return { isFirm: true, words: 'comparable' };
  const count = reference.reasons.length;
  return { isFirm: false, words: `not comparable, ${count} ${count === 1 ? 'reason' : 'reasons'}` };
}

/** Products without the words that all of them share. */
export function productWords(skus: readonly string[]): string {
  if (skus.length === 0) return 'no GPU known';
  return skus.map((sku) => sku.replace(/^NVIDIA /u, '').replace(/ \d+GB.*$/u, '')).join(' with ');
}

/** Exactly what the table shows, unrounded. */
export function referenceExport(deployments: readonly ComparedDeployment[]): ExportTable {
  return {
    columns: [
      { head: 'Model' },
      { head: 'Products' },
      { head: 'GPUs', unit: 'mean number' },
      { head: 'Precision' },
      { head: 'Speculative decoding' },
      { head: 'Interactivity', unit: 'tok/s/user' },
      { head: 'Input throughput', unit: 'tok/s/GPU' },
      { head: 'Output throughput', unit: 'tok/s/GPU' },
      { head: 'Total throughput', unit: 'tok/s/GPU' },
      { head: 'Busy share of GPU time', unit: 'ratio' },
      { head: 'Cost of input and output tokens', unit: 'USD/Mtok' },
      { head: 'Efficiency, IT', unit: 'tok/J' },
      { head: 'Reference' },
      { head: 'Reference read' },
      { head: 'Reference throughput', unit: 'tok/s/GPU' },
      { head: 'Reference cost at own rate', unit: 'USD/Mtok' },
      { head: 'Utilisation against reference', unit: 'factor' },
      { head: 'Gap', unit: 'USD' },
      { head: 'Gap at work', unit: 'USD' },
      { head: 'Not comparable because' },
    ],
    rows: deployments.map((one) => {
      const nearest = nearestOf(one);
      const { own } = one;
      return [
        one.model,
        productWords(one.skus),
        one.gpus,
        one.precision.value,
        one.speculation.value,
        own.interactivity.value,
        own.inputPerGpu.value,
        own.outputPerGpu.value,
        own.totalPerGpu.value,
        own.busy.value,
        own.cost.value,
        own.efficiency.value,
        nearest === null ? null : referenceName(nearest),
        nearest === null ? null : `${nearest.source.title}, ${nearest.source.date}`,
        nearest?.throughput.value ?? null,
        nearest?.costAtOwnRate.value ?? null,
        nearest?.utilisation.value ?? null,
        nearest?.gap.value ?? null,
        nearest?.gapAtWork.value ?? null,
        nearest === null ? 'no public run of this model' : nearest.reasons.join('; '),
      ];
    }),
  };
}

/** The runs of a front and the deployment beside them, as the chart draws them. */
export function frontExport(deployment: ComparedDeployment, reference: ComparedReference): ExportTable {
  const { front } = reference;
  return {
    columns: [
      { head: 'What' },
      { head: 'Interactivity', unit: 'tok/s/user' },
      { head: 'Throughput', unit: 'tok/s/GPU' },
      { head: 'Engine' },
      { head: 'Prefill and decode apart' },
      { head: 'Date' },
    ],
    rows: [
      ...front.points.map((run) => [
        `${front.gpu} ${front.precision} ${front.speculation}`,
        run.interactivity,
        run.totalPerGpu,
        run.engine,
        run.isDisaggregated ? 'yes' : 'no',
        run.date,
      ]),
      [
        `this fleet: ${deployment.model}`,
        deployment.own.interactivity.value,
        deployment.own.totalPerGpu.value,
        '',
        deployment.isDisaggregated ? 'yes' : 'no',
        '',
      ],
    ],
  };
}

/** What the chart shows, in a sentence. */
export function frontSummary(deployment: ComparedDeployment, reference: ComparedReference): string {
  const { own, model } = deployment;
  const { front } = reference;
  const first = front.points[0];
  const last = front.points.at(-1);
  const range =
    first === undefined || last === undefined
      ? 'has no runs'
      : `falls from ${formatWithUnit(first.totalPerGpu, 'token/s/GPU')} at ${formatWithUnit(first.interactivity, 'token/s/user')} to ${formatWithUnit(last.totalPerGpu, 'token/s/GPU')} at ${formatWithUnit(last.interactivity, 'token/s/user')}`;
  const here = `${model} gives ${formatWithUnit(own.totalPerGpu.value, 'token/s/GPU')} at ${formatWithUnit(own.interactivity.value, 'token/s/user')}`;
  return `Throughput against interactivity. ${referenceName(reference)} ${range}; ${here}.`;
}
