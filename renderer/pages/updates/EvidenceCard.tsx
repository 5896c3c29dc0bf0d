import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { Skeleton } from '#renderer/components/Skeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { BeforeAfter, UpdateAnswer, UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { EstimateAxis, type Estimate } from './EstimateAxis.tsx';
import { FreedFact } from './FreedFact.tsx';
import { LoadDistributions } from './LoadDistributions.tsx';
import { MissingEvidence } from './MissingEvidence.tsx';
import styles from './UpdatesPage.module.css';
import { changePercent, changeWords, deploymentWords, VERDICT_LOOKS } from './update-words.ts';
import { VerdictBadge } from './VerdictBadge.tsx';

type EvidenceCardProps = {
  readonly summary: UpdateSummary;
  readonly window: TimeRange;
  readonly isFull: boolean;
  readonly onFull: (isFull: boolean) => void;
};

/** One change with its evidence: verdict and grade first, then how much, then what it rests on. */
export function EvidenceCard({ summary, window, isFull, onFull }: EvidenceCardProps) {
  const { queries } = useBackend();
  const query = useQuery(queries.update(summary.change.id));
  return (
    <article className={styles['evidence']} data-testid="update-evidence">
      <div>
        <ChangeHead summary={summary} />
        {summary.effect === null ? (
          <MissingEvidence summary={summary} />
        ) : (
          <Effect summary={summary} effect={summary.effect} window={window} />
        )}
        <Answer query={query} what="The evidence" skeleton={<Skeleton height={120} />}>
          {(evidence) => (evidence === null ? null : <Facts evidence={evidence} />)}
        </Answer>
        <button type="button" className={styles['more']} aria-expanded={isFull} onClick={() => onFull(!isFull)}>
          {isFull ? 'Hide the evidence in full' : 'See the evidence in full'}
        </button>
      </div>
      <div>
        <Answer query={query} what="The distributions" skeleton={<Skeleton height={260} />}>
          {(evidence) =>
            evidence === null ? null : (
              <>
                {evidence.distribution === null ? (
                  <p className={styles['none']}>
                    No work after the change is like work before it, so there is nothing to draw at matched load.
                  </p>
                ) : (
                  <LoadDistributions distribution={evidence.distribution} />
                )}
                <EstimateAxis estimates={estimatesOf(evidence)} />
              </>
            )
          }
        </Answer>
      </div>
    </article>
  );
}

export function ChangeHead({ summary }: { readonly summary: UpdateSummary }) {
  const { zone } = usePage();
  const { change } = summary;
  return (
    <header className={styles['changeHead']}>
      <VerdictBadge summary={summary} />
      <h2>{deploymentWords(change.deployment)}</h2>
      <p>
        {changeWords(change)}, {formatInstant(change.firstAt, zone, 'short')}
      </p>
      {change.source === 'detected' && change.note !== null && change.note !== '' && <p>{change.note}</p>}
    </header>
  );
}

type EffectProps = {
  readonly summary: UpdateSummary;
  readonly effect: NonNullable<UpdateSummary['effect']>;
  readonly window: TimeRange;
};

export function Effect({ summary, effect, window }: EffectProps) {
  const title = `GPU time per token, ${deploymentWords(summary.change.deployment)}`;
  return (
    <>
      <p className={styles['effect']} data-tone={VERDICT_LOOKS[summary.verdict].tone}>
        <FigureButton request={{ title, figure: effect.figure, window }} testId="update-effect">
          {changePercent(effect.change)}
        </FigureButton>
      </p>
      <p className={styles['effectWords']}>
        GPU time per token, at equal load
        <b>
          95 % interval {changePercent(effect.low)} to {changePercent(effect.high)}
        </b>
      </p>
    </>
  );
}

function Facts({ evidence }: { readonly evidence: UpdateAnswer }) {
  const { sides, freed, value, perMonth } = evidence;
  const { deployment } = evidence.change;
  const of = deploymentWords(deployment);
  return (
    <dl className={styles['facts']}>
      <dt>Days before, after</dt>
      <dd>
        {evidence.daysBefore}, {evidence.daysAfter}
      </dd>
      <dt>Comparable</dt>
      <dd>{formatWithUnit(evidence.coverage, 'ratio', { decimals: 0 })} of tokens</dd>
      {evidence.effect !== null && (
        <>
          <dt>Energy per token</dt>
          <dd>{changePercent(evidence.energyChange)}</dd>
        </>
      )}
      <dt>p95 TTFT</dt>
      <dd>{pair(evidence.service.ttftP95Seconds, 's')}</dd>
      <dt>Failed</dt>
      <dd>{pair(evidence.service.errorRate, 'ratio')}</dd>
      {freed !== null && <FreedFact of={of} freed={freed} value={value} window={sides.after} />}
      {perMonth !== null && (
        <>
          <dt>A month of it</dt>
          <dd>
            <FigureText
              title={`A month of it, ${of}`}
              figure={perMonth}
              window={sides.after}
              options={{ currency: 'before' }}
            />
          </dd>
        </>
      )}
      {evidence.notes.map((note) => (
        <dd key={note} className={styles['note']}>
          {note}
        </dd>
      ))}
    </dl>
  );
}

/** `0.42 s → 0.40 s`, or `unchanged` where both print alike. */
function pair({ before, after }: BeforeAfter, unit: 's' | 'ratio'): string {
  const [was, is] = [before, after].map((value) => formatWithUnit(value, unit));
  return was === is ? `${was ?? ''} both` : `${was ?? ''} → ${is ?? ''}`;
}

function estimatesOf(evidence: UpdateAnswer): Estimate[] {
  const { effect, rawChange, estimates, verdict } = evidence;
  const tone = VERDICT_LOOKS[verdict].tone;
  const point = (name: string, change: number | null): Estimate[] =>
    change === null ? [] : [{ name, change, interval: null, tone: 'plain' }];
  return [
    ...(effect === null
      ? []
      : [
          {
            name: 'Adjusted',
            change: effect.change,
            interval: effect,
            tone: tone === 'good' || tone === 'bad' ? tone : ('main' as const),
          },
        ]),
    ...(effect === null ? [] : point('At the mix before', estimates.laspeyres)),
    ...(effect === null ? [] : point('By regression', estimates.regression)),
    ...point('Not adjusted', rawChange),
    ...point('Placebo', estimates.placebo),
  ];
}
