import {
  chargedCost,
  chargedEnergy,
  chargedGpuHours,
  chargedRequests,
  chargedTokens,
  ratioOf,
  unitCostOfCharges,
} from '#shared/cost/charges/charge-sums.ts';
import { loadedShares } from '#shared/cost/month/loaded-shares.ts';
import type { DeploymentLimits } from '#shared/contract/cost-schema.ts';
import type { ChargeLedger, ChargeRow } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { pricePerMillion } from './words.ts';

type ModelRows = { readonly model: string; readonly rows: readonly ChargeRow[]; readonly cost: number | null };

/** Rows of each model, the dearest first. Rows of work whose model nobody tells stand last. */
export function modelRows({ rows }: ChargeLedger): readonly ModelRows[] {
  const work = rows.filter(({ use }) => use === 'serving' || use === 'loaded-quiet');
  return [...Map.groupBy(work, ({ model }) => model)]
    .map(([model, list]) => ({ model: model ?? UNKNOWN_MODEL, rows: list, cost: chargedCost(list) }))
    .toSorted(
      (one, other) =>
        Number(one.model === UNKNOWN_MODEL) - Number(other.model === UNKNOWN_MODEL) ||
        (other.cost ?? 0) - (one.cost ?? 0) ||
        (one.model < other.model ? -1 : 1),
    );
}

export const UNKNOWN_MODEL = 'model not known';

/** What each model served, what that cost, and how well its GPUs worked. */
export function modelsSection(material: ReportMaterial): ReportSection {
  const models = modelRows(material.ledger);
  const head = { id: 'models', title: 'Models' };
  if (models.length === 0) return sectionOf({ ...head, emptyReason: 'No model was served in this time.' });
  const [first] = models;
  const unit = unitCostOfCharges(first?.cost ?? null, chargedTokens(first?.rows ?? [])?.total ?? null);
  return sectionOf({
    ...head,
    lead: [
      `${models.length} ${models.length === 1 ? 'model was' : 'models were'} served. The dearest is ${first?.model ?? ''}${unit === null ? '' : `, at ${pricePerMillion(unit)} of its own GPU time`}.`,
    ],
    tables: [
      costTable(material.ledger, models),
      workTable(models),
      ...(material.limits.deployments.length === 0 ? [] : [limitTable(material)]),
    ],
    notes: [
      'Serving leaves out the time in which a model was loaded and nobody asked. Loaded puts everything that belongs to no model on the models, in proportion to their own cost.',
    ],
  });
}

function costTable(ledger: ChargeLedger, models: readonly ModelRows[]): ReportTable {
  const total = chargedCost(ledger.rows);
  const loaded =
    total === null
      ? models.map(() => null)
      : loadedShares(
          models.map(({ cost }) => cost ?? 0),
          total,
        );
  const everyRow = models.flatMap(({ rows }) => rows);
  const count = chargedTokens(everyRow)?.total ?? null;
  const serving = (rows: readonly ChargeRow[]): number | null =>
    chargedCost(rows.filter(({ use }) => use === 'serving'));
  return tableOf({
    id: 'models',
    title: 'Tokens and cost',
    columns: [
      textColumn('model', 'Model'),
      addedColumn('input', 'Input', 'tokens'),
      addedColumn('cached', 'of it cached', 'tokens'),
      addedColumn('output', 'Output', 'tokens'),
      addedColumn('cost', 'Own cost', 'usd'),
      plainColumn('serving', 'Serving', 'usd-per-mtok'),
      addedColumn('loaded-cost', 'Loaded cost', 'usd'),
      plainColumn('loaded', 'Loaded', 'usd-per-mtok'),
    ],
    rows: models.map(({ model, rows, cost }, index): ReportCell[] => {
      const tokens = chargedTokens(rows);
      const share = loaded[index] ?? null;
      return [
        model,
        tokens?.input ?? null,
        tokens?.cached ?? null,
        tokens?.output ?? null,
        cost,
        unitCostOfCharges(serving(rows), tokens?.total ?? null),
        share,
        unitCostOfCharges(share, tokens?.total ?? null),
      ];
    }),
    total: {
      cost: chargedCost(everyRow),
      serving: unitCostOfCharges(serving(everyRow), count),
      'loaded-cost': loaded.some((share) => share !== null) ? total : null,
      loaded: unitCostOfCharges(total, count),
    },
    totalName: 'All models',
  });
}

const TOKENS_PER_MILLION = 1e6;
const SECONDS_PER_HOUR = 3600;

function workTable(models: readonly ModelRows[]): ReportTable {
  const cellsOf = (rows: readonly ChargeRow[]): Record<string, ReportCell> => {
    const serving = rows.filter(({ use }) => use === 'serving');
    const tokens = chargedTokens(rows)?.total ?? null;
    const hours = chargedGpuHours(serving);
    const energy = chargedEnergy(rows);
    return {
      requests: chargedRequests(rows),
      serving: hours,
      quiet: chargedGpuHours(rows) - hours,
      utilisation: ratioOf(hours, chargedGpuHours(rows)),
      rate: ratioOf(tokens, hours * SECONDS_PER_HOUR),
      energy: ratioOf(energy, tokens === null ? null : tokens / TOKENS_PER_MILLION),
    };
  };
  return tableOf({
    id: 'model-work',
    title: 'Work and efficiency',
    columns: [
      textColumn('model', 'Model'),
      addedColumn('requests', 'Requests', 'count'),
      addedColumn('serving', 'Serving', 'gpu-hours'),
      addedColumn('quiet', 'Quiet', 'gpu-hours'),
      plainColumn('utilisation', 'Serving of loaded', 'ratio'),
      plainColumn('rate', 'Tokens per GPU-second', 'number'),
      plainColumn('energy', 'kWh per Mtok', 'number'),
      textColumn('version', 'Engine'),
    ],
    rows: models.map(({ model, rows }): ReportCell[] => [model, ...Object.values(cellsOf(rows)), versionsOf(rows)]),
    total: cellsOf(models.flatMap(({ rows }) => rows)),
    totalName: 'All models',
  });
}

const VERSIONS_MAX = 3;

/** Engines and versions that served, those with most GPU time first. */
function versionsOf(rows: readonly ChargeRow[]): string | null {
  const known = Map.groupBy(
    rows.filter(({ version, engineKind }) => version !== null || engineKind !== null),
    ({ engineKind, version }) => [engineKind, version].filter((part) => part !== null).join(' '),
  );
  const names = [...known]
    .map(([name, list]) => ({ name, hours: chargedGpuHours(list) }))
    .toSorted((one, other) => other.hours - one.hours || (one.name < other.name ? -1 : 1))
    .map(({ name }) => name);
  const more = names.length - VERSIONS_MAX;
  if (names.length === 0) return null;
  return names.slice(0, VERSIONS_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function limitTable({ limits }: ReportMaterial): ReportTable {
  return tableOf({
    id: 'limits',
    title: 'What held deployments back',
    note:
      limits.omitted > 0
        ? `${limits.omitted} deployments with less GPU time are not listed.`
        : 'The two causes with the largest share of time; the Engines screen has all of them with their evidence.',
    columns: [
      textColumn('deployment', 'Deployment'),
      plainColumn('gpus', 'GPUs', 'count'),
      textColumn('first', 'Most of the time'),
      plainColumn('first-share', 'Share', 'ratio'),
      textColumn('second', 'Then'),
      plainColumn('second-share', 'Share', 'ratio'),
    ],
    rows: limits.deployments.map((one): ReportCell[] => {
      const [first, second] = knownCauses(one);
      return [
        one.deployment,
        one.gpus,
        first?.key.replaceAll('-', ' ') ?? 'nothing that was measured',
        first?.share.value ?? null,
        second?.key.replaceAll('-', ' ') ?? '',
        second?.share.value ?? null,
      ];
    }),
    total: null,
  });
}

function knownCauses({ causes }: DeploymentLimits): DeploymentLimits['causes'] {
  return causes.filter(({ share }) => (share.value ?? 0) > 0);
}
