import { throughputRatioOf, powerRatioOf, type ThroughputRatio } from '#shared/cost/reference/throughput-ratio.ts';
import type { KnownReplacement } from '#shared/cost/what-if/scaled-usage.ts';
import { pricesOf } from '#shared/cost/what-if/scenario-book.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import type { BookEdit, FleetEdit, ReplaceEdit, ScenarioEdit } from '#shared/model/scenario.ts';
import { dollars, percent, short } from '../figure-text.ts';

/** An edit with all that it leaves open looked up, and what it assumes in words. */
export type KnownEdit = {
  readonly edit: BookEdit | KnownReplacement | Exclude<FleetEdit, ReplaceEdit>;
  readonly label: string;
  readonly assumption: string;
};

export type EditContext = {
  readonly book: CostBook;
  readonly catalogue: ReferenceCatalogue | null;
  /** Tokens per second and user of the scope; null where no engine told. */
  readonly interactivity: number | null;
  readonly day: string;
};

/** Looks up what an edit leaves to the catalogue. On failure: what to enter, in a sentence. */
export function knownEdit(edit: ScenarioEdit, context: EditContext): Result<KnownEdit, string> {
  if (edit.kind === 'replace') return knownReplacement(edit, context);
  return succeed({ edit, ...wordsOf(edit) });
}

type Words = { readonly label: string; readonly assumption: string };

function wordsOf(edit: Exclude<ScenarioEdit, ReplaceEdit>): Words {
  switch (edit.kind) {
    case 'tariff':
      return {
        label: `Electricity at ${dollars(edit.usdPerKilowattHour)}/kWh`,
        assumption: `Electricity costs ${dollars(edit.usdPerKilowattHour)}/kWh in every hour and at every site, without a demand charge.`,
      };
    case 'tariff-factor':
      return {
        label: `Electricity × ${short(edit.factor)}`,
        assumption: `Every price of electricity, and the demand charge, is multiplied by ${short(edit.factor)}.`,
      };
    case 'pue':
      return {
        label: `PUE ${short(edit.pue)}`,
        assumption: `PUE is ${short(edit.pue)} everywhere; where the wall is metered, the meter holds instead.`,
      };
    case 'rent':
      return {
        label: `${productWords(edit.sku)} rented at ${dollars(edit.usdPerGpuHour)}`,
        assumption: `${productWords(edit.sku)} is rented at ${dollars(edit.usdPerGpuHour)} per GPU-hour, ${edit.isAllIn ? 'everything included' : 'with energy, colocation, network and operations beside it'}.`,
      };
    case 'own':
      return {
        label: `${productWords(edit.sku)} owned at ${dollars(edit.capexUsd)}`,
        assumption: `${productWords(edit.sku)} is owned: ${dollars(edit.capexUsd)} per GPU, ${percent(edit.residualShare)} of it left after ${short(edit.termMonths)} months, ${percent(edit.annualRate)} a year, as an annuity; what stands beside the hardware stays.`,
      };
    case 'weights': {
      const { input, cached, output } = edit.weights;
      return {
        label: `Weights ${short(input)} : ${short(cached)} : ${short(output)}`,
        assumption: `Billed tokens weigh ${short(input)} of uncached input, ${short(cached)} of cached input and ${short(output)} of output, for every model.`,
      };
    }
    case 'busy':
      return {
        label: `Busy ${percent(edit.share)}`,
        assumption: `The same work with more or less idle GPU time, so that ${percent(edit.share)} of work and idle time is work; GPUs that are down or unseen stay.`,
      };
  }
}

function productWords(sku: string): string {
  return sku === '*' ? 'All hardware' : sku;
}

function knownReplacement(edit: ReplaceEdit, context: EditContext): Result<KnownEdit, string> {
  const { book, catalogue, interactivity, day } = context;
  const { sku, by } = edit;
  const found = catalogue === null ? null : throughputRatioOf(catalogue, { from: sku, to: by, interactivity });
  const throughputRatio = edit.throughputRatio ?? found?.ratio ?? null;
  if (throughputRatio === null) {
    return fail(`No public runs of one recipe compare ${sku} with ${by}: enter the throughput ratio.`);
  }
  const isPriced = book.revisions.every((revision) => pricesOf(revision, by).length > 0);
  if (edit.usdPerGpuHour === null && !isPriced) {
    return fail(`The cost book has no price for ${by} at all times: enter a rate per GPU-hour here, or a price there.`);
  }
  const published = catalogue === null ? null : powerRatioOf(catalogue, { from: sku, to: by, day });
  const powerRatio = edit.powerRatio ?? published ?? 1;
  const price =
    edit.usdPerGpuHour === null
      ? `at the price of the cost book for ${by}`
      : `at ${dollars(edit.usdPerGpuHour)} per GPU-hour, everything included`;
  const sentences = [
    `${by} stands in place of ${sku}, ${price}.`,
    `It makes the same tokens in 1/${short(throughputRatio)} of the GPU time${ratioWords(edit, found)}; idle, down and unseen time shrinks alike.`,
    `A GPU draws ${short(powerRatio)} times the power${powerWords(edit, published)}.`,
  ];
  return succeed({
    edit: { ...edit, throughputRatio, powerRatio },
    label: `${by} in place of ${sku}`,
    assumption: sentences.join(' '),
  });
}

function ratioWords(edit: ReplaceEdit, found: ThroughputRatio | null): string {
  if (edit.throughputRatio !== null || found === null) return ' (entered)';
  const at = found.pairs.map((pair) => pair.interactivity);
  const [least, most] = [Math.min(...at), Math.max(...at)].map((value) => short(value));
  const range = least === most ? least : `${least} to ${most}`;
  const models = [...new Set(found.pairs.map((pair) => pair.from.model))].join(', ');
  const recipes = found.pairs.length === 1 ? 'one public recipe' : `${found.pairs.length} public recipes`;
  return ` (${recipes} of ${models}, at ${range} tok/s per user)`;
}

function powerWords(edit: ReplaceEdit, published: number | null): string {
  if (edit.powerRatio !== null) return ' (entered)';
  return published === null ? ' (not known: taken as before)' : ' (provisioned power of the catalogue)';
}
