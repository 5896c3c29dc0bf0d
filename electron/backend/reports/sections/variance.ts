import { costBridge, type BRIDGE_STEPS, type BridgeStep } from '#shared/cost/month/cost-bridge.ts';
import { chargedCost } from '#shared/cost/charges/charge-sums.ts';
import type { ChargeUse } from '#shared/model/charge-row.ts';
import type { ReportCell, ReportChart, ReportSection, ReportTable } from '#shared/model/report.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { addedColumn, plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { dollars, USE_WORDS } from './words.ts';

/** Why the cost changed: steps from the month before that add to the difference. */
export function varianceSection(material: ReportMaterial): ReportSection {
  const { before, ledger } = material;
  const head = { id: 'variance', title: 'Why it changed' };
  if (before.kind === 'none') return sectionOf({ ...head, emptyReason: before.reason });
  const steps = costBridge({ before: before.ledger.rows, after: ledger.rows, lengthRatio: before.lengthRatio });
  const [was, is] = [chargedCost(before.ledger.rows), chargedCost(ledger.rows)];
  if (steps === null || was === null || is === null)
    return sectionOf({ ...head, emptyReason: 'A part of the cost has no price, so its change cannot be told.' });
  const largest = steps.toSorted((one, other) => Math.abs(other.usd) - Math.abs(one.usd)).slice(0, 2);
  return sectionOf({
    ...head,
    lead: [
      `From ${dollars(was)} in ${before.label} to ${dollars(is)}: ${is >= was ? '+' : ''}${dollars(is - was)}.`,
      ...(largest.length === 0
        ? []
        : [
            `Most of it: ${largest.map(({ key, usd }) => `${stepWords(key).title.toLowerCase()} ${usd >= 0 ? '+' : ''}${dollars(usd)}`).join(', ')}.`,
          ]),
    ],
    charts: [bridgeChart(steps, { was, is })],
    tables: [bridgeTable(steps, { was, is }, before.label), useTable(material)],
    notes: [
      'Steps are added in this order, each at what the steps before it left; together they are the whole difference.',
    ],
  });
}

type Ends = { readonly was: number; readonly is: number };

function bridgeTable(steps: readonly BridgeStep[], { was, is }: Ends, label: string): ReportTable {
  return tableOf({
    id: 'bridge',
    title: `From ${label} to this time`,
    columns: [
      textColumn('step', 'Step'),
      addedColumn('usd', 'Change', 'usd'),
      plainColumn('share', 'Of the cost before', 'ratio'),
      textColumn('direction', 'Direction'),
      textColumn('meaning', 'What it is'),
    ],
    rows: steps.map(({ key, usd }): ReportCell[] => {
      const { title, meaning } = stepWords(key);
      return [
        title,
        usd,
        was === 0 ? null : usd / was,
        usd === 0 ? '' : usd < 0 ? 'favourable' : 'unfavourable',
        meaning,
      ];
    }),
    total: { usd: is - was, share: was === 0 ? null : (is - was) / was },
    totalName: 'Difference',
  });
}

function useTable({ ledger, before }: ReportMaterial): ReportTable {
  const costs = (rows: typeof ledger.rows): ReadonlyMap<string, number | null> =>
    new Map([...Map.groupBy(rows, ({ use }) => use)].map(([use, list]) => [use, chargedCost(list)]));
  const now = costs(ledger.rows);
  const was = before.kind === 'known' ? costs(before.ledger.rows) : new Map<string, number | null>();
  const uses = (Object.keys(USE_WORDS) as (keyof typeof USE_WORDS)[]).filter((use) => now.has(use) || was.has(use));
  return tableOf({
    id: 'cost-by-use',
    title: 'Cost by use, before and now',
    columns: [
      textColumn('use', 'Use'),
      addedColumn('before', 'Before', 'usd'),
      addedColumn('now', 'Now', 'usd'),
      addedColumn('change', 'Change', 'usd'),
    ],
    rows: uses.map((use): ReportCell[] => {
      const [one, other] = [was.get(use) ?? 0, now.get(use) ?? 0];
      return [USE_WORDS[use], one, other, other - one];
    }),
    total: {},
  });
}

function bridgeChart(steps: readonly BridgeStep[], { was, is }: Ends): ReportChart {
  return {
    id: 'bridge',
    title: 'Steps from the cost before to this cost, USD',
    alt: `A bridge from ${dollars(was)} to ${dollars(is)} by ${steps.length} steps.`,
    tableId: 'bridge',
    drawing: {
      kind: 'steps',
      steps: [
        { label: 'Before', value: was, role: 'total' },
        ...steps.map(({ key, usd }) => ({ label: shortName(key), value: usd, role: 'step' as const })),
        { label: 'Now', value: is, role: 'total' },
      ],
    },
  };
}

/** Under a bar there is room for a word. */
function shortName(key: BridgeStep['key']): string {
  return isOtherUse(key) ? SHORT_USES[key] : STEP_WORDS[key].title;
}

const SHORT_USES: Readonly<Record<Exclude<ChargeUse, 'serving'>, string>> = {
  'loaded-quiet': 'Quiet',
  idle: 'Idle',
  unavailable: 'Down',
  unobserved: 'Unseen',
  'unused-commitment': 'Unused',
};

type StepWords = { readonly title: string; readonly meaning: string };

const STEP_WORDS: Readonly<Record<(typeof BRIDGE_STEPS)[number], StepWords>> = {
  length: { title: 'Length', meaning: 'more or fewer hours than before, at the cost per hour before' },
  volume: { title: 'Volume', meaning: 'more or fewer tokens, at the unit cost before' },
  mix: { title: 'Mix', meaning: 'tokens of dearer or cheaper models than before' },
  rate: { title: 'Rate', meaning: 'changed prices of GPU time and energy, and hours of the tariff' },
  efficiency: { title: 'Efficiency', meaning: 'GPU time and energy per token of each model' },
  serving: { title: 'Serving', meaning: 'work, where tokens of one side are not known' },
};

function stepWords(key: BridgeStep['key']): StepWords {
  if (isOtherUse(key))
    return {
      title: USE_WORDS[key],
      meaning: `more or less ${USE_WORDS[key].toLowerCase()} time, at the prices before`,
    };
  return STEP_WORDS[key];
}

function isOtherUse(key: BridgeStep['key']): key is Exclude<ChargeUse, 'serving'> {
  return key !== 'serving' && Object.hasOwn(USE_WORDS, key);
}
