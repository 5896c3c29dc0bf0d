import { Icon } from '#renderer/components/Icon.tsx';
import { timeTicks } from '#renderer/charts/plot-frame.ts';
import { usePage } from '#renderer/state/page-context.tsx';
import { seriesColourOf } from '#renderer/state/series-colours.ts';
import type { UpdatesAnswer, UpdateSummary, VersionSpan } from '#shared/contract/savings-schema.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import styles from './UpdatesPage.module.css';
import { changePercent, deploymentWords, VERDICT_LOOKS } from './update-words.ts';

type VersionSpansProps = {
  readonly answer: UpdatesAnswer;
  readonly window: TimeRange;
  readonly shown: string | null;
  readonly onChoose: (id: string) => void;
};

/** A label beyond this would be cut by the edge. */
const LABELLED_PERCENT_MAX = 92;

const DAY_MS = 86_400_000;

/** Every deployment on one time axis: what it ran, and what each change did to GPU time per token. */
export function VersionSpans({ answer, window, shown, onChoose }: VersionSpansProps) {
  const { zone } = usePage();
  const byId = new Map(answer.changes.map((one) => [one.change.id, one]));
  const ticks = timeTicks(window, 0, 8).filter((at) => placeOf(at, window) <= LABELLED_PERCENT_MAX);
  const isWithinDays = ticks.some((at, index) => index > 0 && at - (ticks[index - 1] ?? at) < DAY_MS);
  return (
    <section className={styles['spans']}>
      <header>
        <h2>Version spans</h2>
        <small>change in GPU time per billed token at equal load, with grade</small>
        <Legend />
      </header>
      <div className={styles['axis']}>
        {ticks.map((at) => (
          <span key={at} style={{ left: `${placeOf(at, window)}%` }}>
            {formatInstant(at, zone, isWithinDays ? 'short' : 'day')}
          </span>
        ))}
      </div>
      {answer.deployments.map(({ deployment, spans }) => {
        const name = deploymentWords(deployment);
        return (
          <div
            key={name}
            className={styles['lane']}
            data-shown={spans.some((span) => span.changeId !== null && span.changeId === shown)}
          >
            <span className={styles['laneName']} title={name}>
              <i style={{ background: seriesColourOf(deployment.model) }} />
              {name}
            </span>
            <div className={styles['track']}>
              {ticks.map((at) => (
                <i key={at} className={styles['tick']} style={{ left: `${placeOf(at, window)}%` }} />
              ))}
              {spans.map((span) => (
                <Span
                  key={span.from}
                  span={span}
                  window={window}
                  colour={seriesColourOf(deployment.model)}
                  isLast={span === spans.at(-1)}
                  summary={span.changeId === null ? null : (byId.get(span.changeId) ?? null)}
                  isShown={span.changeId !== null && span.changeId === shown}
                  onChoose={onChoose}
                />
              ))}
            </div>
          </div>
        );
      })}
    </section>
  );
}

type SpanProps = {
  readonly span: VersionSpan;
  readonly window: TimeRange;
  readonly colour: string;
  readonly isLast: boolean;
  readonly isShown: boolean;
  readonly summary: UpdateSummary | null;
  readonly onChoose: (id: string) => void;
};

function Span({ span, window, colour, isLast, isShown, summary, onChoose }: SpanProps) {
  const { zone } = usePage();
  const left = placeOf(span.from, window);
  const width = placeOf(span.to, window) - left;
  const place = { left: `${left}%`, width: `calc(${width}% - 2px)`, ...(isLast ? { '--span': colour } : {}) };
  const since = `${span.label}, since ${formatInstant(span.from, zone, 'short')}`;
  if (summary === null) {
    return (
      <span className={styles['span']} data-last={isLast} style={place} title={since}>
        {span.label}
      </span>
    );
  }
  const look = VERDICT_LOOKS[summary.verdict];
  const change = summary.effect === null ? null : changePercent(summary.effect.change);
  return (
    <button
      type="button"
      className={styles['span']}
      data-last={isLast}
      data-waiting={look.tone === 'waiting'}
      aria-pressed={isShown}
      style={place}
      title={`${since}: ${look.words}${change === null ? '' : `, ${change}, grade ${summary.grade}`}`}
      onClick={() => onChoose(summary.change.id)}
    >
      <em data-tone={look.tone}>
        <Icon name={look.icon} size={12} />
      </em>
      <span>{span.label}</span>
      {change !== null && (
        <>
          <b data-tone={look.tone}>{change}</b>
          <small>{summary.grade}</small>
        </>
      )}
    </button>
  );
}

function Legend() {
  return (
    <ul className={styles['legend']}>
      {(['saving', 'regression', 'no material change', 'insufficient days'] as const).map((verdict) => (
        <li key={verdict} data-tone={VERDICT_LOOKS[verdict].tone}>
          <Icon name={VERDICT_LOOKS[verdict].icon} size={12} />
          {verdict === 'insufficient days' ? 'Insufficient evidence' : VERDICT_LOOKS[verdict].words}
        </li>
      ))}
    </ul>
  );
}

/** Place of an instant on the axis, percent, held inside it. */
function placeOf(at: EpochMs, { from, to }: TimeRange): number {
  return Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
}
