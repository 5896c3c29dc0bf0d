import type { ClassKey, ClassRow, ClassSplit, PoolBill } from '#shared/contract/cost-schema.ts';
import { classBill, type BillBlock, type ClassBill } from '#shared/cost/class-bill.ts';
import type { TokenClasses } from '#shared/cost/token-count.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { Figure, FigureInput } from '#shared/model/figure.ts';
import type { EngineRole } from '#shared/model/inference-engine.ts';
import { usd } from '#shared/units/quantities.ts';
import { explained } from '../explained.ts';
import { costInputs, tokenInputs, type FigureContext } from '../figure-inputs.ts';
import { dollars, percent, short } from '../figure-text.ts';
import { classesOf, type PricedGroup } from '../priced-group.ts';
import { knownCost, STATES_OF_KIND } from '../unit-cost.ts';
import type { AskedKind } from '#shared/contract/cost-schema.ts';
import type { EngineOfModel, ModelGroup } from './model-groups.ts';

type SplitInput = {
  readonly kind: AskedKind;
  readonly figures: FigureContext;
  readonly models: readonly ModelGroup[];
};

/**
 * The bill by class of tokens. A model whose prefill and decode engines are apart is divided by pool; everything else,
 * GPUs without a model too, by weighted tokens of the models that are not.
 */
export function classSplit({ kind, figures, models }: SplitInput): ClassSplit {
  const bill = billFigure(figures, kind);
  const apart = models.filter(isDisaggregated);
  const blocks = bill.value === null ? null : blocksOf({ kind, figures, models }, bill.value);
  const split = blocks === null ? null : classBill(blocks);
  const context: RowContext = { figures, kind, bill, split, isByPool: apart.length > 0 };
  const rows = KEYS.map((key) => rowOf(key, context));
  return {
    bill,
    rows: rows.filter((row) => row.key !== 'unattributed' || (row.cost.value ?? 0) > 0),
    pools: apart.map((model) => poolBill(model, figures, kind)),
  };
}

const KEYS = ['uncached-input', 'cached-input', 'output', 'unattributed'] as const;

const FIELDS = {
  'uncached-input': 'uncachedInput',
  'cached-input': 'cachedInput',
  output: 'output',
  unattributed: 'unattributed',
} as const satisfies Record<ClassKey, keyof ClassBill>;

function isDisaggregated({ engines }: ModelGroup): boolean {
  return engines.some(({ role }) => role !== null);
}

function blocksOf({ kind, figures, models }: SplitInput, bill: number): readonly BillBlock[] {
  const apart = models.filter(isDisaggregated);
  const own = apart.flatMap((model): BillBlock[] => {
    const weighted = classesOf(model.group, 'billed');
    return [
      {
        kind: 'pools',
        prefill: usd(billOf(model, 'prefill', kind)),
        decode: usd(billOf(model, 'decode', kind)),
        weighted,
      },
      { kind: 'together', bill: usd(billOf(model, null, kind)), weighted },
    ];
  });
  const ofModels = sumOf(apart, (model) => sumOf(model.engines, ({ group }) => knownCost(kind, group).value ?? 0));
  const others = models.filter((model) => !isDisaggregated(model)).map(({ group }) => classesOf(group, 'billed'));
  const weighted = addClasses(others);
  const whole = classesOf(figures.group, 'billed');
  // A scope of disaggregated models alone: what stands beside their pools is divided as their tokens are.
  const rest = sumOf(Object.values(weighted), (count) => count) > 0 ? weighted : whole;
  return [...own, { kind: 'together', bill: usd(bill - ofModels), weighted: rest }];
}

function addClasses(list: readonly TokenClasses[]): TokenClasses {
  return {
    output: sumOf(list, (one) => one.output),
    uncachedInput: sumOf(list, (one) => one.uncachedInput),
    cachedInput: sumOf(list, (one) => one.cachedInput),
  };
}

function billOf({ engines }: ModelGroup, role: EngineRole | null, kind: AskedKind): number {
  const own = engines.filter((engine: EngineOfModel) => engine.role === role);
  return sumOf(own, ({ group }) => knownCost(kind, group).value ?? 0);
}

function billFigure(figures: FigureContext, kind: AskedKind): Figure {
  const cost = knownCost(kind, figures.group);
  const states = { states: STATES_OF_KIND[kind], energyOnly: kind === 'marginal' };
  return explained(figures, {
    ...cost,
    unit: 'USD',
    formula: `${kind} cost of the scope in the window`,
    working: cost.value === null ? '–' : dollars(cost.value),
    inputs: costInputs(figures, states),
  });
}

type RowContext = {
  readonly figures: FigureContext;
  readonly kind: AskedKind;
  readonly bill: Figure;
  readonly split: ClassBill | null;
  readonly isByPool: boolean;
};

function rowOf(key: ClassKey, context: RowContext): ClassRow {
  const { figures, bill, split } = context;
  const value = split === null ? null : split[FIELDS[key]];
  const weighted = classesOf(figures.group, 'billed');
  const all = sumOf(Object.values(weighted), (count) => count);
  const own = key === 'unattributed' ? null : weighted[FIELDS[key as 'output']];
  const share = own === null || all <= 0 ? null : own / all;
  const tokens = countOf(key, figures.group);
  const parts = { key, context, value, share };
  return {
    key,
    tokens,
    weightedShare: share,
    cost: explained(figures, {
      value,
      unit: 'USD',
      absence: value === null ? (bill.absence ?? 'no-tokens') : null,
      formula: formulaOf(parts),
      working: workingOf(parts),
      inputs: [...tokenInputs({ ...figures, basis: 'billed' }), ...shareInputs(parts), ...bill.inputs],
    }),
    unitCost: explained(figures, {
      value: value === null || tokens === null || tokens <= 0 ? null : (value / tokens) * 1e6,
      unit: 'USD/Mtok',
      absence: value === null ? (bill.absence ?? 'no-tokens') : tokens === null || tokens <= 0 ? 'no-tokens' : null,
      formula: 'cost of the class ÷ its own tokens × 10⁶',
      working:
        value === null || tokens === null || tokens <= 0
          ? '–'
          : `${dollars(value)} ÷ ${short(tokens / 1e6)} Mtok = ${((value / tokens) * 1e6).toPrecision(4)} $/Mtok`,
      inputs: [
        ...tokenInputs({ ...figures, basis: 'billed' }),
        ...shareInputs(parts),
        countInput(tokens, figures),
        ...bill.inputs,
      ],
    }),
  };
}

type RowParts = {
  readonly key: ClassKey;
  readonly context: RowContext;
  readonly value: number | null;
  readonly share: number | null;
};

/** The share that the bill is multiplied by, where it is divided by weighted tokens alone. */
function shareInputs({ key, context, share }: RowParts): FigureInput[] {
  if (context.isByPool || key === 'unattributed') return [];
  const source = 'weighted tokens of the class ÷ all weighted tokens';
  return [{ label: 'Weighted share of the class', value: share, unit: 'ratio', source, quality: 'measured' }];
}

function countInput(value: number | null, { engines }: FigureContext): FigureInput {
  const source = `counters of ${engines} ${engines === 1 ? 'engine' : 'engines'}, not weighted`;
  return { label: 'Tokens of the class', value, unit: 'token', source, quality: 'measured' };
}

function formulaOf({ key, context }: RowParts): string {
  if (key === 'unattributed') return 'bill of pools that did none of their own work';
  return context.isByPool
    ? 'input: bills of prefill pools; output: bills of decode pools; all other cost × weighted tokens of the class ÷ all weighted tokens'
    : 'bill × weighted tokens of the class ÷ all weighted tokens';
}

function workingOf({ key, context, value, share }: RowParts): string {
  if (value === null) return '–';
  const isPlain = !context.isByPool && key !== 'unattributed' && share !== null;
  return isPlain ? `${dollars(context.bill.value ?? 0)} × ${percent(share)} = ${dollars(value)}` : dollars(value);
}

/** Tokens of the class, counted. */
function countOf(key: ClassKey, { tokens, hasTokens }: PricedGroup): number | null {
  if (!hasTokens || key === 'unattributed') return null;
  const cached = tokens.cached === null ? null : Math.min(tokens.cached, tokens.input);
  if (key === 'cached-input') return cached;
  return key === 'output' ? tokens.output : tokens.input - (cached ?? 0);
}

function poolBill(model: ModelGroup, figures: FigureContext, kind: AskedKind): PoolBill {
  const figureOf = (role: EngineRole): Figure => {
    const own = model.engines.filter((engine) => engine.role === role);
    const value = sumOf(own, ({ group }) => knownCost(kind, group).value ?? 0);
    const isKnown = own.every(({ group }) => group.unpricedSkus.length === 0);
    return explained(
      { ...figures, group: model.group },
      {
        value: isKnown ? value : null,
        unit: 'USD',
        absence: isKnown ? null : 'no-price',
        formula: `${kind} cost of the ${own.length} ${role} engines of ${model.model}`,
        working: isKnown ? dollars(value) : '–',
        inputs: own.flatMap((engine) =>
          costInputs(
            { ...figures, group: engine.group },
            { states: STATES_OF_KIND[kind], energyOnly: kind === 'marginal' },
          ),
        ),
      },
    );
  };
  return { model: model.model, prefill: figureOf('prefill'), decode: figureOf('decode') };
}
