import type { ComparedDeployment } from '#shared/contract/compare-schema.ts';
import type { ClaimArithmetic } from '#shared/model/reference-catalogue.ts';

/** One number of a claim's sum that a reader may change. */
export type ClaimInput = {
  /** Names in the arithmetic: `here.usdPerGpuHour`. */
  readonly path: string;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
};

type Field = { readonly label: string; readonly unit: string; readonly min: number; readonly max: number };

/** Bounds are wide: they catch a slip of the unit, not an opinion. */
const FIELDS: Readonly<Record<string, Field>> = {
  tokensPerSecondPerGpu: { label: 'Throughput', unit: 'tok/s/GPU', min: 0.001, max: 1e6 },
  kilowattsPerGpu: { label: 'Power', unit: 'kW/GPU', min: 0.05, max: 20 },
  usdPerGpuHour: { label: 'Rate', unit: '$/GPU-h', min: 0.01, max: 1000 },
  usdPerMillionTokens: { label: 'Cost', unit: '$/Mtok', min: 1e-6, max: 1e6 },
  count: { label: 'Queries', unit: '', min: 1, max: 1e15 },
  seconds: { label: 'Time', unit: 's', min: 1, max: 1e10 },
  revenueUsd: { label: 'Revenue', unit: '$', min: 1, max: 1e13 },
  investmentUsd: { label: 'Investment', unit: '$', min: 1, max: 1e13 },
  gpus: { label: 'GPUs', unit: '', min: 1, max: 1e7 },
  years: { label: 'Years', unit: '', min: 0.01, max: 30 },
  load: { label: 'Share of full load', unit: '0 to 1', min: 0.001, max: 1 },
};

/** The inputs of a sum, in the order in which they are written. */
export function inputsOf(arithmetic: ClaimArithmetic): readonly ClaimInput[] {
  return Object.entries(arithmetic).flatMap(([name, value]): ClaimInput[] => {
    if (typeof value === 'number') return inputOf(name, name, '', value);
    if (typeof value !== 'object') return [];
    const point = value as Readonly<Record<string, number>>;
    return Object.entries(point).flatMap(([part, amount]) => inputOf(`${name}.${part}`, part, `, ${name}`, amount));
  });
}

function inputOf(path: string, name: string, side: string, value: number): ClaimInput[] {
  const field = FIELDS[name];
  return field === undefined ? [] : [{ ...field, path, label: field.label + side, value }];
}

/** The sum with one of its inputs changed. */
export function withInput(arithmetic: ClaimArithmetic, path: string, value: number): ClaimArithmetic {
  const [name = '', part] = path.split('.');
  if (part === undefined) return { ...arithmetic, [name]: value };
  const point = Object.entries(arithmetic).find(([key]) => key === name)?.[1];
  return typeof point === 'object' ? { ...arithmetic, [name]: { ...point, [part]: value } } : arithmetic;
}

/** The sum with a deployment's measured figures in place of the claimed ones; null where it has none for it. */
export function withOwnFigures(arithmetic: ClaimArithmetic, { own }: ComparedDeployment): ClaimArithmetic | null {
  const [perGpu, rate, cost] = [own.totalPerGpu.value, own.rate.value, own.cost.value];
  const perJoule = own.efficiency.value;
  switch (arithmetic.kind) {
    case 'per-megawatt': {
      if (perGpu === null || perJoule === null || perGpu <= 0 || perJoule <= 0) return null;
      const kilowattsPerGpu = perGpu / perJoule / 1000;
      return { ...arithmetic, here: { tokensPerSecondPerGpu: perGpu, kilowattsPerGpu } };
    }
    case 'cost':
      if (perGpu === null || rate === null || perGpu <= 0 || rate <= 0) return null;
      return { ...arithmetic, here: { tokensPerSecondPerGpu: perGpu, usdPerGpuHour: rate } };
    case 'throughput-for-cost':
      if (rate === null || cost === null || rate <= 0 || cost <= 0) return null;
      return { ...arithmetic, usdPerGpuHour: rate, usdPerMillionTokens: cost };
    case 'rate':
    case 'revenue':
      return null;
  }
}
