import { addCoverage } from '#backend/answers/priced-group.ts';
import { chargedCost, chargedTokens, ratioOf, unitCostOfCharges } from '#shared/cost/charges/charge-sums.ts';
import type { ChargeLedger } from '#shared/model/charge-row.ts';
import type { ReportChange, ReportSection, ReportTile } from '#shared/model/report.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { monthChart, monthTable } from './month-table.ts';
import { sectionOf } from './tables.ts';
import { dollars, percent, pricePerMillion, tokenCount, WASTE_USES } from './words.ts';

/** Below this share of observed GPU time a unit cost is provisional. Source: FinOps practice for such reports. */
const COVERAGE_LEAST = 0.95;

/** What a month comes to. */
type Totals = {
  readonly cost: number | null;
  readonly servingCost: number | null;
  readonly wasteCost: number | null;
  readonly tokens: number | null;
  readonly loaded: number | null;
  readonly serving: number | null;
  readonly coverage: number | null;
};

function totalsOf({ rows, capacity }: ChargeLedger): Totals {
  const cost = chargedCost(rows);
  const tokens = chargedTokens(rows)?.total ?? null;
  const servingCost = chargedCost(rows.filter(({ use }) => use === 'serving'));
  const { observedSeconds, expectedSeconds } = addCoverage(capacity.map(({ coverage }) => coverage));
  return {
    cost,
    servingCost,
    wasteCost: chargedCost(rows.filter(({ use }) => WASTE_USES.includes(use))),
    tokens,
    loaded: unitCostOfCharges(cost, tokens),
    serving: unitCostOfCharges(servingCost, tokens),
    coverage: ratioOf(observedSeconds, expectedSeconds),
  };
}

/** The first page: what was spent, against what, what a unit cost, what was wasted, how sure that is. */
export function summarySection(material: ReportMaterial): ReportSection {
  const { before } = material;
  const now = totalsOf(material.ledger);
  const was = before.kind === 'known' ? totalsOf(before.ledger) : null;
  return sectionOf({
    id: 'summary',
    title: 'Summary',
    lead: [costSentence(material, now, was), tokenSentence(now), wasteSentence(now)],
    tiles: tilesOf(material, now, was),
    charts: monthChart(material),
    tables: material.history.length === 0 ? [] : [monthTable(material)],
    notes: [
      ...(before.kind === 'none' ? [before.reason] : []),
      ...material.spend.notes,
      'Tokens are input and output, each counting one; screens show the billed basis unless told otherwise.',
    ],
  });
}

function costSentence({ period, before, ledger }: ReportMaterial, now: Totals, was: Totals | null): string {
  const verb = period.state === 'open' ? 'has cost' : 'cost';
  if (now.cost === null)
    return `What the fleet ${verb} is not known: the cost book has no price for ${ledger.unpriced.join(', ')}.`;
  const amount = `The fleet ${verb} ${dollars(now.cost)}${period.state === 'open' ? ' so far' : ''}`;
  if (was === null || was.cost === null || before.kind === 'none') return `${amount}.`;
  const change = now.cost - was.cost;
  const share = ratioOf(Math.abs(change), was.cost);
  return `${amount}, ${dollars(Math.abs(change))} (${percent(share)}) ${change < 0 ? 'less' : 'more'} than in ${before.label}.`;
}

function tokenSentence({ tokens, loaded, serving }: Totals): string {
  if (tokens === null || tokens === 0) return 'No tokens were counted, so there is no cost per token.';
  const counted = `It served ${tokenCount(tokens)}`;
  if (loaded === null || serving === null) return `${counted}; their cost is not known.`;
  return `${counted} at ${pricePerMillion(loaded)}, of which ${pricePerMillion(serving)} is serving: the difference, $${formatNumber(loaded - serving, 4)}, is GPU time that served nothing or was not seen.`;
}

function wasteSentence({ wasteCost, cost, coverage }: Totals): string {
  const seen = coverage === null ? 'No GPU time is known' : `${percent(coverage)} of the GPU time was observed`;
  const provisional = coverage !== null && coverage < COVERAGE_LEAST ? ', too little to call unit costs final' : '';
  return wasteCost === null || cost === null
    ? `${seen}${provisional}.`
    : `Idle and waste came to ${dollars(wasteCost)}, ${percent(ratioOf(wasteCost, cost))} of the cost. ${seen}${provisional}.`;
}

function tilesOf(material: ReportMaterial, now: Totals, was: Totals | null): readonly ReportTile[] {
  const { before, updates, ledger } = material;
  const label = before.kind === 'known' ? `against ${before.label}` : null;
  const compared = (is: number | null, earlier: number | null): readonly ReportChange[] =>
    label === null || is === null || earlier === null || earlier === 0
      ? []
      : [{ label, value: (is - earlier) / Math.abs(earlier), kind: 'ratio' }];
  const noCost = now.cost === null ? 'the cost book has no price for some of it' : null;
  const noTokens = now.tokens === null || now.tokens === 0 ? 'no tokens were counted' : null;
  const provisional =
    now.coverage !== null && now.coverage < COVERAGE_LEAST ? 'provisional: less than 95 % observed; ' : '';
  const { net, released } = updates.ledger.totals;
  return [
    {
      id: 'cost',
      title: 'Total effective cost',
      kind: 'usd',
      value: now.cost,
      reason: noCost,
      basis: 'all GPUs, idle and unobserved time included',
      changes: [...compared(now.cost, was?.cost ?? null), ...budgetChange(material, now.cost)],
    },
    {
      id: 'loaded-unit-cost',
      title: 'Loaded cost per million tokens',
      kind: 'usd-per-mtok',
      value: now.loaded,
      reason: noCost ?? noTokens,
      basis: `${provisional}all cost ÷ all tokens${now.serving === null ? '' : `; serving alone ${pricePerMillion(now.serving)}`}`,
      changes: compared(now.loaded, was?.loaded ?? null),
    },
    {
      id: 'tokens',
      title: 'Tokens served',
      kind: 'tokens',
      value: now.tokens,
      reason: now.tokens === null ? 'no tokens were counted' : null,
      basis: 'input and output, each counting one',
      changes: compared(now.tokens, was?.tokens ?? null),
    },
    {
      id: 'waste',
      title: 'Idle and waste',
      kind: 'usd',
      value: now.wasteCost,
      reason: noCost,
      basis: `${percent(ratioOf(now.wasteCost, now.cost))} of the cost: loaded but quiet, idle, unavailable, unused commitment`,
      changes: compared(now.wasteCost, was?.wasteCost ?? null),
    },
    {
      id: 'savings',
      title: 'Realised savings from updates',
      kind: 'usd',
      value: updates.ledger.rows.some(({ value }) => value !== null) ? net.value : null,
      reason: updates.ledger.rows.some(({ value }) => value !== null)
        ? null
        : 'no change of software counts in this time',
      basis: `GPU time freed in this time at the prices before each change${released.value === null || released.value === 0 ? '' : `; cash of it ${dollars(released.value)}`}`,
      changes:
        released.value === null || released.value === 0
          ? []
          : [{ label: 'of it cash', value: released.value, kind: 'usd' }],
    },
    {
      id: 'coverage',
      title: 'Data coverage',
      kind: 'ratio',
      value: now.coverage,
      reason: now.coverage === null ? 'no GPU time is known' : null,
      basis: 'observed ÷ owned GPU time',
      changes:
        ledger.unpriced.length === 0
          ? []
          : [{ label: 'products without a price', value: ledger.unpriced.length, kind: 'count' }],
    },
  ];
}

/** Against the budget of all that the report is about, where there is one. */
function budgetChange({ budgets, ask }: ReportMaterial, cost: number | null): readonly ReportChange[] {
  const asked = JSON.stringify(ask.scope);
  const own = budgets.find(({ budget }) => JSON.stringify(budget.scope) === asked);
  if (own === undefined || cost === null) return [];
  return [{ label: `against the budget ${own.budget.name}`, value: cost - own.budget.usdPerMonth, kind: 'usd' }];
}
