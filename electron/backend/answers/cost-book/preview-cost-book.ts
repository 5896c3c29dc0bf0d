import type { CheckedInput } from '#shared/contract/backend-api.ts';
import type { CostBookPreview, PreviewedFigures, PreviewedWindow } from '#shared/contract/cost-book-preview-schema.ts';
import { troubleOfCostBook } from '#shared/cost/check-cost-book.ts';
import { revisionAt } from '#shared/cost/hourly-rates.ts';
import { plausibilityWarnings } from '#shared/cost/plausibility.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { epochMs, plusSeconds } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { answerableWindow, figureContext, type AnswerContext } from '../answer-context.ts';
import { figureOf } from '../figures.ts';
import { monthFigure } from '../month-figure.ts';
import { pricedGroups } from '../priced-groups.ts';
import { ratesOfRevision } from '../rate-figure.ts';
import { missingPrices } from './cost-book.ts';
import { matchedRates, previewedRates } from './matched-rates.ts';

const DAY_SECONDS = 86_400;

/** The figures that a draft of the cost book would give, beside those of the book in force. Nothing is stored. */
export async function previewCostBook(
  context: AnswerContext,
  { revisions, window, scope, basis }: CheckedInput['previewCostBook'],
): Promise<CostBookPreview> {
  const now = context.clock.now();
  const draft: CostBook = { revisions: revisions.toSorted((one, other) => one.from - other.from) };
  const drafted: AnswerContext = { ...context, costBook: () => draft };
  const windowUnder = async (asked: TimeRange): Promise<PreviewedWindow> => {
    const answerable = await answerableWindow(context, asked);
    const [ofDraft, inForce] = await Promise.all(
      [drafted, context].map((one) => figuresUnder(one, { asked, window: answerable, scope, basis })),
    );
    if (ofDraft === undefined || inForce === undefined) throw new Error('two books were asked for');
    return { window: answerable, draft: ofDraft, inForce };
  };
  const [seats, day, range] = await Promise.all([
    context.store.seats({ from: now, to: epochMs(now + 1) }),
    windowUnder({ from: plusSeconds(now, -DAY_SECONDS), to: now }),
    windowUnder(window),
  ]);
  const revision = revisionAt(draft, now);
  return {
    day,
    range,
    rates: previewedRates(seats, revision, revisionAt(context.costBook(), now)),
    prices: revisions.map(ratesOfRevision),
    trouble: troubleOfCostBook(draft),
    warnings: [
      ...missingPrices(matchedRates(seats, revision)),
      ...(revision === null ? [] : plausibilityWarnings(revision)),
    ],
  };
}

type Ask = Pick<CheckedInput['previewCostBook'], 'scope' | 'basis'> & {
  readonly asked: TimeRange;
  readonly window: TimeRange;
};

async function figuresUnder(context: AnswerContext, { asked, window, scope, basis }: Ask): Promise<PreviewedFigures> {
  const { whole } = await pricedGroups(context.store, context.costBook(), {
    window,
    scope,
    by: [],
    stepSeconds: null,
  });
  const figures = await figureContext(context, { asked, window, scope, basis }, whole);
  return {
    loaded: figureOf('cost-per-million-tokens', figures),
    serving: figureOf('serving-cost-per-million-tokens', figures),
    marginal: figureOf('marginal-cost-per-million-tokens', figures),
    spend: figureOf('spend', figures),
    month: monthFigure(figureOf('spend-rate', figures)),
  };
}
