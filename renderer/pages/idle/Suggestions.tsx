import { useState } from 'react';
import { useCall } from '#renderer/backend/use-call.ts';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { IdleCapacity, Suggestion, SuggestionMark } from '#shared/contract/idle-schema.ts';
import { formatFigure, UNKNOWN } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { productName } from './capacity-rows.ts';
import { suggestionsExport } from './idle-rows.ts';
import panel from './IdlePage.module.css';
import styles from './Suggestions.module.css';

/** The first are most of the money; the rest is one press away, and all are in the export. */
const SHOWN_FIRST = 5;

type SuggestionsProps = { readonly answer: IdleCapacity };

/** What could be done, most money first, each with what it rests on; and what was done, with what came of it. */
export function Suggestions({ answer }: SuggestionsProps) {
  const { url } = usePage();
  const [shownMax, setShownMax] = useState(SHOWN_FIRST);
  const hidden = answer.suggestions.length - shownMax;
  const marking = useCall('markSuggestion');
  const mark = (id: string, as: 'done' | 'dismissed' | 'open'): void =>
    marking.mutate({ id, mark: as, window: answer.window, scope: url.scope, zone: answer.zone });
  const done = answer.marks.filter((one) => one.mark === 'done');
  const dismissed = answer.marks.filter((one) => one.mark === 'dismissed');
  return (
    <section className={panel['panel']} aria-label="What to do">
      <header>
        <h2>What to do</h2>
        <span>most money first; amounts a month, an opportunity until the capacity is given back or used</span>
        <ExportButton name="idle-suggestions" {...suggestionsExport(answer)} />
      </header>
      {marking.error !== null && (
        <p className={styles['failed']} role="alert">
          {marking.error.message}
        </p>
      )}
      {answer.suggestions.length === 0 && (
        <p className={panel['empty']}>
          {answer.suggestionsNote ?? 'No capacity was beyond need in the same hours on nearly all days.'}
        </p>
      )}
      <ul className={styles['list']}>
        {answer.suggestions.slice(0, shownMax).map((suggestion) => (
          <SuggestionLine
            key={suggestion.id}
            suggestion={suggestion}
            answer={answer}
            isBusy={marking.isPending}
            mark={mark}
          />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" className={styles['more']} onClick={() => setShownMax(Number.POSITIVE_INFINITY)}>
          Show {hidden} more
        </button>
      )}
      {done.length > 0 && <h3 className={styles['head']}>Done</h3>}
      <ul className={styles['list']}>
        {done.map((one) => (
          <DoneLine key={one.suggestion.id} marked={one} answer={answer} mark={mark} />
        ))}
      </ul>
      {dismissed.length > 0 && (
        <details className={styles['dismissed']}>
          <summary>{dismissed.length} dismissed</summary>
          <ul className={styles['list']}>
            {dismissed.map(({ suggestion, at, worth }) => (
              <li key={suggestion.id}>
                <div>
                  <b>{suggestion.title}</b>
                  <small>dismissed {formatInstant(at, 'UTC')}</small>
                </div>
                <p className={styles['quiet']}>
                  <FigureText
                    title={`${suggestion.title}: worth a month when it was dismissed`}
                    figure={worth}
                    window={answer.window}
                    options={{ currency: 'before', decimals: 0 }}
                    isBare
                  />
                  <small>a month</small>
                </p>
                <button type="button" onClick={() => mark(suggestion.id, 'open')}>
                  Show again
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

type Mark = (id: string, as: 'done' | 'dismissed' | 'open') => void;

type LineProps = SuggestionsProps & { readonly suggestion: Suggestion; readonly isBusy: boolean; readonly mark: Mark };

function SuggestionLine({ suggestion, answer, isBusy, mark }: LineProps) {
  const { id, title, sku, gpus, usdPerMonth, days, assumptions } = suggestion;
  return (
    <li data-testid="suggestion">
      <div>
        <b>{title}</b>
        <small>
          {gpus} {gpus === 1 ? 'GPU' : 'GPUs'}, {productName(sku)}; held on nearly all of {days} days
        </small>
        <details>
          <summary>Assumptions</summary>
          <ul>
            {assumptions.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      </div>
      <p className={styles['amount']}>
        <FigureButton request={{ title: `${title}: worth a month`, figure: usdPerMonth, window: answer.window }}>
          {formatFigure(usdPerMonth.value, 'USD', { currency: 'before', decimals: 0 }).text}
        </FigureButton>
        <small>a month</small>
      </p>
      <div className={styles['actions']}>
        <button type="button" disabled={isBusy} onClick={() => mark(id, 'done')}>
          Done
        </button>
        <button type="button" disabled={isBusy} onClick={() => mark(id, 'dismissed')}>
          Dismiss
        </button>
      </div>
    </li>
  );
}

function DoneLine({
  marked,
  answer,
  mark,
}: SuggestionsProps & { readonly marked: SuggestionMark; readonly mark: Mark }) {
  const { suggestion, at, outcome } = marked;
  return (
    <li>
      <div>
        <b>{suggestion.title}</b>
        <small>
          done {formatInstant(at, 'UTC')};{' '}
          {outcome === null
            ? 'nothing was seen of these hours since: look again after the next of them'
            : outcome.verdict}
        </small>
      </div>
      {outcome === null ? (
        <p className={styles['quiet']}>{UNKNOWN}</p>
      ) : (
        <p className={styles['saved']}>
          <FigureButton
            request={{
              title: `${suggestion.title}: saved`,
              figure: outcome.saved,
              window: { from: at, to: answer.window.to },
            }}
          >
            {formatFigure(outcome.saved.value, 'USD', { currency: 'before' }).text}
          </FigureButton>
          <small>saved since</small>
        </p>
      )}
      <button type="button" onClick={() => mark(suggestion.id, 'open')}>
        Take back
      </button>
    </li>
  );
}
