import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import type { Deployment, DeploymentCapacity, DividedGpuHours } from '#shared/contract/idle-schema.ts';
import type { Coverage, Figure, FigureInput } from '#shared/model/figure.ts';
import { dollars, percent, short } from '../figure-text.ts';
import type { PlacedDeployment } from './deployments.ts';
import { sensitivityOf, valueOf, type DeploymentRules, type DividedDeployment } from './deployment-capacity.ts';
import { idleFigure, inputOf, measured } from './idle-figure.ts';
import type { ProductPrice } from './prices.ts';

type Reported = {
  readonly deployment: PlacedDeployment;
  readonly divided: DividedDeployment;
  readonly rules: DeploymentRules;
  readonly price: ProductPrice;
  readonly gpusPerNode: number;
};

/** A deployment as the answer shows it: hours that add, and what they are worth. */
export function deploymentCapacity(reported: Reported): DeploymentCapacity {
  const { deployment, divided, rules } = reported;
  const { model, pool, sku, role, key, gpusPerReplica } = deployment;
  const { capacity, release } = divided;
  const worth = valueOf(divided, reported.price, { gpusPerReplica, gpusPerNode: reported.gpusPerNode });
  const steps = capacity.steps.length;
  return {
    ...({ key, model, pool, sku, role } satisfies Deployment),
    replicas: steps === 0 ? 0 : capacity.hours.provisioned / release.stepHours / steps,
    gpusPerReplica,
    hours: gpuHoursOf(reported),
    recoverable: moneyFigure(reported, worth?.value.recoverable ?? null, 'recoverable'),
    headroom: moneyFigure(reported, worth?.value.headroom ?? null, 'headroom'),
    unrecoverable: moneyFigure(reported, worth?.value.unrecoverable ?? null, 'unrecoverable'),
    cash: cashFigure(reported, worth),
    utilisation: divided.isKnown ? capacity.utilisation : null,
    deficitHours: capacity.deficitSteps * release.stepHours,
    sensitivity: sensitivityOf(divided).map((one) => ({
      headroom: one.headroom,
      gpuHours: one.recoverableReplicaHours * gpusPerReplica,
      value: sensitivityFigure(reported, one),
      deficitHours: one.deficitSteps * release.stepHours,
    })),
    missing: missingOf(divided, rules, steps),
  };
}

function missingOf(divided: DividedDeployment, rules: DeploymentRules, steps: number): string | null {
  if (steps === 0) return 'The window is shorter than one step.';
  if (divided.isKnown) return null;
  return `What a replica can serve is not known: too few hours with work were seen within the latency targets (${rules.stepsSeen} hours in all). Enter a capacity per replica in the cost book, or look again when more was seen.`;
}

function gpuHoursOf({ deployment, divided }: Pick<Reported, 'deployment' | 'divided'>): DividedGpuHours {
  const { hours } = divided.capacity;
  const of = (replicaHours: number): number => replicaHours * deployment.gpusPerReplica;
  return {
    provisioned: of(hours.provisioned),
    load: of(hours.load),
    headroom: of(hours.headroom),
    tooShort: of(hours.tooShort),
    transition: of(hours.transition),
    recoverable: of(hours.recoverable),
    unobserved: of(hours.unobserved),
  };
}

const FORMULAS = {
  recoverable:
    'GPU-hours of replicas beyond need, in runs of at least the hold time, less what drain and reload take, × fixed rate',
  headroom:
    'GPU-hours of replicas that are needed and not loaded × fixed rate: a protection that is paid for, not waste',
  unrecoverable: 'GPU-hours beyond need in runs shorter than the hold time, or lost to drain and reload, × fixed rate',
} as const;

type Part = keyof typeof FORMULAS;

function hoursOf(hours: DividedGpuHours, part: Part): number {
  return part === 'unrecoverable' ? hours.tooShort + hours.transition : hours[part];
}

function moneyFigure(reported: Reported, value: number | null, part: Part): Figure {
  const hours = hoursOf(gpuHoursOf(reported), part);
  const rate = reported.price.fixedRate;
  const isKnown = reported.divided.isKnown && reported.divided.capacity.steps.length > 0;
  const working =
    value === null || rate === null ? '–' : `${short(hours)} GPU-h × ${dollars(rate)}/GPU-h = ${dollars(value)}`;
  return idleFigure(
    {
      value: isKnown ? value : null,
      unit: 'USD',
      absence: isKnown ? 'no-price' : 'not-observed',
      formula: FORMULAS[part],
      working: isKnown ? working : '–',
      inputs: [...hourInputs(reported), ...ruleInputs(reported), rateInput(reported)],
      notes: notesOf(reported),
    },
    coverageOf(reported),
  );
}

/** What could be given back at another headroom, all else the same. */
function sensitivityFigure(
  reported: Reported,
  { headroom, recoverableReplicaHours }: ReturnType<typeof sensitivityOf>[number],
): Figure {
  const { gpusPerReplica } = reported.deployment;
  const hours = recoverableReplicaHours * gpusPerReplica;
  const rate = reported.price.fixedRate;
  const value = rate === null ? null : hours * rate;
  return idleFigure(
    {
      value,
      unit: 'USD',
      formula: `${FORMULAS.recoverable}, as it would be with ${percent(headroom)} of headroom`,
      working:
        value === null || rate === null ? '–' : `${short(hours)} GPU-h × ${dollars(rate)}/GPU-h = ${dollars(value)}`,
      inputs: [
        measured(
          'Recoverable',
          hours,
          'GPU-h',
          `replica-hours beyond need × ${short(gpusPerReplica)} GPUs of a replica`,
        ),
        inputOf('Headroom tried', headroom, 'ratio', { source: 'chosen to show what it does', quality: 'assumed' }),
        ...ruleInputs(reported).filter(({ label }) => label !== 'Headroom share'),
        rateInput(reported),
      ],
      notes: notesOf(reported),
    },
    coverageOf(reported),
  );
}

function cashFigure(reported: Reported, worth: ReturnType<typeof valueOf>): Figure {
  const { price, divided } = reported;
  const isKnown = divided.isKnown && divided.capacity.steps.length > 0;
  const power = price.loadedIdle?.power ?? null;
  const tariff = price.loadedIdle?.tariff ?? null;
  const isReturnable = price.terms?.kind === 'rented' && price.terms.commitment === null;
  const energy = worth?.value.avoidableEnergy ?? 0;
  const hours = gpuHoursOf(reported).recoverable;
  const hasPower = price.loadedIdle !== null || hours === 0;
  const rent = worth === null ? 0 : worth.cash - energy;
  const sum = `${short(hours)} GPU-h × ${short((power ?? 0) / 1000)} kW × $${short(tariff ?? 0)}/kWh = ${dollars(energy)}`;
  return idleFigure(
    {
      value: !isKnown || worth === null || !hasPower ? null : worth.cash,
      unit: 'USD',
      absence: isKnown ? (hasPower ? 'no-price' : 'no-energy') : 'not-observed',
      formula: isReturnable
        ? 'rent of whole nodes that could go back + recoverable GPU-hours × facility power of a loaded, idle GPU × tariff'
        : 'recoverable GPU-hours × facility power of a loaded, idle GPU × tariff: owned and committed hardware is paid for either way',
      working: worth === null ? '–' : isReturnable ? `${dollars(rent)} rent + ${sum}` : sum,
      parts:
        worth === null || !isKnown || !hasPower
          ? []
          : [
              { key: 'rent', label: 'Rent that can be given back', value: rent, unit: 'USD' },
              { key: 'energy', label: 'Energy that would not be drawn', value: energy, unit: 'USD' },
            ],
      inputs: [
        measured('Recoverable', hours, 'GPU-h', 'replicas beyond need'),
        measured('Facility power of a loaded, idle GPU', power, 'W', 'mean over the loaded-idle time of this product'),
        measured('Mean price of that energy', tariff, 'USD/kWh', 'cost of it ÷ energy, by the tariff of its hours'),
      ],
      powerBoundary: 'facility: what was measured, with its overheads and PUE',
    },
    coverageOf(reported),
  );
}

function hourInputs(reported: Reported): FigureInput[] {
  const hours = gpuHoursOf(reported);
  const line = (label: string, value: number, source: string): FigureInput => measured(label, value, 'GPU-h', source);
  return [
    line('Provisioned', hours.provisioned, 'replicas that answered × GPUs of a replica × hours'),
    line('Load', hours.load, 'demand ÷ capacity of a replica'),
    line('Headroom', hours.headroom, 'needed, less load'),
    line('Too short to use', hours.tooShort, 'beyond need in runs shorter than the hold time'),
    line('Drain and reload', hours.transition, 'lost at each release'),
    line('Recoverable', hours.recoverable, 'the rest of runs that last'),
    line('Not known', hours.unobserved, 'demand was not observed'),
  ];
}

function ruleInputs({ rules, divided, deployment }: Reported): FigureInput[] {
  const { level, capacity, hold, transition } = rules;
  const byLevel = {
    source: `service level of ${level.model === '*' ? 'any model' : level.model}`,
    quality: hold.quality,
  };
  return [
    measured('GPUs of a replica', deployment.gpusPerReplica, 'count', 'GPU time with its model ÷ time it answered'),
    capacity === null
      ? measured('Capacity of a replica', null, 'token/s', 'too few hours with work')
      : inputOf('Capacity of a replica, weighted', capacity.value, 'token/s', capacity),
    inputOf('Headroom share', level.headroom, 'ratio', byLevel),
    inputOf('Look-ahead', level.lookAheadSeconds, 's', {
      source: `${byLevel.source}: ${divided.need.lookAheadSteps} steps of ${short(divided.release.stepHours)} h`,
      quality: byLevel.quality,
    }),
    inputOf('Replicas that stay', level.replicasMin, 'count', byLevel),
    inputOf('Hold time', hold.value * SECONDS_PER_HOUR, 's', hold),
    inputOf('Drain and reload of a release', transition.value * SECONDS_PER_HOUR, 's', transition),
  ];
}

function rateInput({ price }: Reported): FigureInput {
  const { provenance, fixedRate } = price;
  return inputOf('Fixed rate', fixedRate, 'USD/GPU-h', {
    source: `mean of these GPUs without energy: ${provenance?.note ?? 'no price in the cost book'}`,
    quality: provenance?.quality ?? 'assumed',
  });
}

function notesOf({ divided, rules }: Reported): string[] {
  const { deficitSteps, hours } = divided.capacity;
  return [
    ...(deficitSteps === 0
      ? []
      : [
          `More replicas were needed than there were for ${short(deficitSteps * divided.release.stepHours)} h: a shortage of headroom, not waste.`,
        ]),
    ...(rules.capacity?.quality === 'measured'
      ? [
          'A replica that never ran full can serve more than it showed: then more could be given back than is said here.',
        ]
      : []),
    ...(divided.isKnown && hours.provisioned > 0 && hours.unobserved > 0
      ? [
          `Demand was not observed for ${percent(hours.unobserved / hours.provisioned)} of the time: nothing is claimed there.`,
        ]
      : []),
  ];
}

function coverageOf(reported: Reported): Coverage {
  const { provisioned, unobserved } = gpuHoursOf(reported);
  return {
    observedSeconds: (provisioned - unobserved) * SECONDS_PER_HOUR,
    expectedSeconds: provisioned * SECONDS_PER_HOUR,
  };
}
