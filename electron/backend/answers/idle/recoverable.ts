import { sumOf } from '#shared/lib/sum.ts';
import { serviceLevelOf } from '#shared/cost/service-level.ts';
import type { DeploymentCapacity, FreeGpus, Recoverable } from '#shared/contract/idle-schema.ts';
import type { CostBook, CostBookRevision } from '#shared/model/cost-book.ts';
import type { Figure, FigurePart } from '#shared/model/figure.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { addCoverage } from '../priced-group.ts';
import { dollars, short } from '../figure-text.ts';
import { monthFigure } from '../month-figure.ts';
import type { CapacityFacts } from './capacity-facts.ts';
import { divided, rulesOf, type DeploymentRules } from './deployment-capacity.ts';
import { deploymentCapacity } from './deployment-figures.ts';
import type { PlacedDeployment } from './deployments.ts';
import type { EngineStepFact } from './engine-facts.ts';
import { dividedFree, freeGpus, freeHold, gpusPerNodeOf } from './free-gpus.ts';
import { idleFigure } from './idle-figure.ts';
import type { ProductPrice } from './prices.ts';

/** What a deployment is held to, and what its engines did in the longer past. */
export type RuledDeployment = {
  readonly deployment: PlacedDeployment;
  readonly rules: DeploymentRules;
  readonly price: ProductPrice;
  readonly gpusPerNode: number;
  readonly past: readonly EngineStepFact[];
};

export function ruledDeployments(
  facts: CapacityFacts,
  revision: CostBookRevision,
  priceOf: (pool: string | null, sku: string) => ProductPrice,
): RuledDeployment[] {
  const days = facts.past.asked.steps / 24;
  const pastWords = `in ${days >= 2 ? `${Math.floor(days)} days` : `${facts.past.asked.steps} hours`} up to the end of the window`;
  return facts.deployments.map((deployment) => {
    const price = priceOf(deployment.pool, deployment.sku);
    const past = facts.past.engines.filter(({ engine }) => deployment.engines.has(engine));
    const known = {
      level: serviceLevelOf(revision, deployment.model),
      isEntered: revision.serviceLevels.some(({ model }) => model === '*' || model === deployment.model),
      price,
      past,
      pastStepSeconds: facts.past.asked.stepSeconds,
      pastWords,
    };
    return {
      deployment,
      rules: rulesOf(deployment, known),
      price,
      gpusPerNode: gpusPerNodeOf(facts.seats, deployment.pool, deployment.sku),
      past,
    };
  });
}

/** What could have been given back in the window: by deployment, and of free GPUs. */
export function recoverableOf(
  facts: CapacityFacts,
  deployments: readonly RuledDeployment[],
  known: {
    readonly revision: CostBookRevision;
    readonly book: CostBook;
    readonly hasPlace: boolean;
    readonly priceOf: (pool: string | null, sku: string) => ProductPrice;
  },
): Recoverable {
  const { asked } = facts.window;
  const rows = Map.groupBy(facts.window.engines, ({ engine }) => engine);
  const reported = deployments
    .map((one) => {
      const own = [...one.deployment.engines].flatMap((engine) => rows.get(engine) ?? []);
      return deploymentCapacity({ ...one, divided: divided(own, asked, one.rules, facts.window.heardSeconds) });
    })
    .filter(({ hours }) => hours.provisioned > 0)
    .toSorted((one, other) => (other.recoverable.value ?? 0) - (one.recoverable.value ?? 0));
  const stepHours = asked.stepSeconds / SECONDS_PER_HOUR;
  const free = facts.window.free
    .map((pool) => {
      const price = known.priceOf(pool.pool, pool.sku);
      const hold = freeHold(known.revision, price);
      return freeGpus(pool, dividedFree(pool, stepHours, hold.hours).hours, { price, hold });
    })
    .filter(({ gpuHours }) => gpuHours > 0)
    .toSorted((one, other) => (other.recoverable.value ?? 0) - (one.recoverable.value ?? 0));
  return {
    window: asked.window,
    stepSeconds: asked.stepSeconds,
    ...totals({ deployments: reported, free, hours: secondsOf(asked.window) / SECONDS_PER_HOUR }),
    deployments: reported,
    free,
    notes: notesOf(facts, reported, known),
  };
}

type Totals = {
  readonly deployments: readonly DeploymentCapacity[];
  readonly free: readonly FreeGpus[];
  readonly hours: number;
};

function totals({
  deployments,
  free,
  hours,
}: Totals): Pick<Recoverable, 'value' | 'perHour' | 'perMonth' | 'cash' | 'headroom'> {
  const told = deployments.filter(({ missing }) => missing === null);
  const value = [
    ...told.map((one) => lineOf(one.key, `${one.model}, ${one.pool ?? 'no pool'}`, one.recoverable)),
    ...free.map((one) =>
      lineOf(`free ${one.pool} ${one.sku}`, `Free in ${one.pool ?? 'no pool'}, ${one.sku}`, one.recoverable),
    ),
  ];
  const cash = told
    .filter((one) => one.cash.absence !== 'no-energy')
    .map((one) => lineOf(one.key, `${one.model}, ${one.pool ?? 'no pool'}`, one.cash));
  const headroom = told.map((one) => lineOf(one.key, `${one.model}, ${one.pool ?? 'no pool'}`, one.headroom));
  const unmetered = told.length - cash.length;
  const cashNotes =
    unmetered === 0
      ? []
      : [`${unmetered} deployments are left out: no GPU of their product was metered loaded and quiet.`];
  const untold = deployments.length - told.length;
  const notes =
    untold === 0 ? [] : [`${untold} deployments are left out: what a replica of them can serve is not known.`];
  // Of a fleet of which no deployment can be told, free GPUs alone would read like the whole.
  const isUntold = untold > 0 && told.length === 0;
  const inAnHour = (line: Line): Line => ({ ...line, value: line.value === null ? null : line.value / hours });
  const perHour = total(value.map(inAnHour), {
    unit: 'USD/h',
    formula: `recoverable value ÷ ${short(hours)} h of whole steps`,
    notes,
    isUntold,
  });
  return {
    perHour,
    perMonth: monthFigure(perHour),
    value: total(value, {
      unit: 'USD',
      formula: 'recoverable GPU-hours of deployments and of free GPUs × fixed rates',
      notes,
      isUntold,
    }),
    headroom: total(headroom, {
      unit: 'USD',
      formula: 'GPU-hours that were needed and not loaded × fixed rates: protection that is paid for, not waste',
      notes,
      isUntold: told.length === 0,
    }),
    cash: total(cash, {
      unit: 'USD',
      formula: 'energy that would not be drawn, and rent of whole nodes that could go back',
      notes: [...notes, ...cashNotes],
      isUntold: isUntold || (cash.length === 0 && unmetered > 0),
    }),
  };
}

type Line = { readonly key: string; readonly label: string; readonly value: number | null; readonly figure: Figure };

function lineOf(key: string, label: string, figure: Figure): Line {
  return { key, label, value: figure.value, figure };
}

type TotalWords = {
  readonly unit: 'USD' | 'USD/h';
  readonly formula: string;
  readonly notes: readonly string[];
  /** Nothing can be told of any deployment: then the sum of the rest is not shown as if it were all. */
  readonly isUntold: boolean;
};

function total(lines: readonly Line[], { unit, formula, notes, isUntold }: TotalWords): Figure {
  const isKnown = !isUntold && lines.every(({ value }) => value !== null);
  const value = isKnown ? sumOf(lines, (line) => line.value ?? 0) : null;
  const shown = lines.filter((line) => (line.value ?? 0) > 0);
  const parts: FigurePart[] = shown.map(({ key, label, value: part }) => ({ key, label, value: part ?? 0, unit }));
  return idleFigure(
    {
      value,
      unit,
      absence: isUntold ? 'not-observed' : (lines.find((line) => line.value === null)?.figure.absence ?? 'no-price'),
      formula,
      working:
        value === null
          ? '–'
          : `${shown.map((line) => dollars(line.value ?? 0)).join(' + ') || '$0'} = ${dollars(value)}`,
      parts: value === null ? [] : parts,
      inputs: shown.map(({ label, value: part, figure }) => ({
        label,
        value: part,
        unit,
        source: figure.working === '' ? figure.formula : figure.working,
        quality: 'estimated',
      })),
      powerBoundary: null,
      notes: [
        ...notes,
        'Modelled: observed demand, speed and readiness, held against the service levels of the cost book.',
      ],
    },
    addCoverage(lines.map(({ figure }) => figure.coverage)),
  );
}

function notesOf(
  facts: CapacityFacts,
  deployments: readonly DeploymentCapacity[],
  known: { readonly book: CostBook; readonly hasPlace: boolean },
): string[] {
  const { window } = facts.window.asked;
  const changed = known.book.revisions.some(({ from }) => from > window.from && from < window.to);
  return [
    ...(known.hasPlace && deployments.length > 0
      ? ['Deployments that have GPUs in this scope are shown whole: replicas elsewhere can take over.']
      : []),
    ...(changed
      ? ['The cost book changed in this window: the service levels in force at its end hold for all of it.']
      : []),
  ];
}
