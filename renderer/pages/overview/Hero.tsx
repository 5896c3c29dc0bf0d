import { ChangeText } from '#renderer/components/ChangeText.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { Sparkline } from '#renderer/components/Sparkline.tsx';
import { usePage, type ExplainRequest } from '#renderer/state/page-context.tsx';
import { rangeLabel } from '#renderer/state/range-spec.ts';
import { ABSENCE_WORDS, KIND_FIGURES } from '#renderer/state/words.ts';
import type { CostSeries, Overview } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import { plusSeconds } from '#shared/time/instant.ts';
import { formatFigure, formatWithUnit } from '#shared/units/format-quantity.ts';
import { BasisChip } from './BasisChip.tsx';
import { KindChip } from './KindChip.tsx';
import { chartSeriesOf, costOfKind } from './cost-view.ts';
import { Decomposition } from './Decomposition.tsx';
import styles from './Hero.module.css';

type HeroProps = { readonly overview: Overview; readonly series: CostSeries | undefined };

/** The one number: what a million tokens costs now, how it moved, and what it is made of. */
export function Hero({ overview, series }: HeroProps) {
  const { url } = usePage();
  const figure = costOfKind(overview.now, url.kind);
  const request: ExplainRequest = {
    name: KIND_FIGURES[url.kind],
    window: overview.now.window,
    scope: url.scope,
    basis: url.basis,
  };
  return (
    <section className={styles['hero']} aria-label="Cost now">
      <header>
        <h2>Cost now</h2>
        <KindChip />
        <BasisChip />
        <span className={styles['explain']}>
          <FigureButton request={request}>Explain</FigureButton>
        </span>
      </header>
      <div className={styles['row']}>
        <p className={styles['figure']}>
          <FigureButton request={request} testId="hero-cost">
            {formatFigure(figure.value, 'USD/Mtok', { currency: 'before' }).text}
          </FigureButton>
        </p>
        <p className={styles['unit']}>
          per million
          <br />
          tokens
        </p>
        {series !== undefined && <HeroSpark series={series} />}
      </div>
      <HeroReference overview={overview} figure={figure} />
      <Decomposition figure={figure} request={request} />
    </section>
  );
}

function HeroReference({ overview, figure }: { readonly overview: Overview; readonly figure: Figure }) {
  const { url, zone } = usePage();
  if (figure.absence !== null) return <p className={styles['reference']}>{ABSENCE_WORDS[figure.absence]}</p>;
  const { dayBefore } = overview;
  const explained = { name: KIND_FIGURES[url.kind], scope: url.scope, basis: url.basis };
  const before = dayBefore === null ? null : costOfKind(dayBefore, url.kind).value;
  const mean = costOfKind(overview.range, url.kind);
  return (
    <p className={styles['reference']}>
      <PartialNote figure={figure} />
      {before !== null && dayBefore !== null && (
        <>
          <ChangeText now={figure.value} before={before} better="down" reference="the same five minutes a day ago" />
          <span>
            against 24 h ago (
            <FigureButton request={{ ...explained, window: dayBefore.window }}>
              {formatFigure(before, 'USD/Mtok').text}
            </FigureButton>
            )
          </span>
        </>
      )}
      <span className={styles['quiet']}>
        {rangeLabel(url.range, zone)} mean{' '}
        <FigureButton request={{ ...explained, window: overview.range.window }}>
          {formatFigure(mean.value, 'USD/Mtok').text}
        </FigureButton>
      </span>
    </p>
  );
}

/** Below this share of the time heard a figure is marked as partial. */
const COVERAGE_LEAST = 0.9;

/** Says that the figure rests on a part of its five minutes only: the rest costs capital and made no tokens anyone counted. */
function PartialNote({ figure }: { readonly figure: Figure }) {
  const { observedSeconds, expectedSeconds } = figure.coverage;
  const share = expectedSeconds > 0 ? observedSeconds / expectedSeconds : 1;
  if (share >= COVERAGE_LEAST) return null;
  return (
    <span
      className={styles['partial']}
      title="Owned GPUs cost their capital whether heard or not, so a partial figure reads high."
    >
      <Icon name="late" size={13} />
      partial: {formatWithUnit(share, 'ratio')} of these minutes heard
    </span>
  );
}

function HeroSpark({ series }: { readonly series: CostSeries }) {
  const { url } = usePage();
  const values = chartSeriesOf(series, url.kind).total;
  const known = values.filter((value) => value !== null);
  if (known.length < 4) return null;
  const high = Math.max(...known);
  return (
    <div className={styles['spark']}>
      <Sparkline
        values={values}
        width={168}
        height={52}
        colour="var(--accent)"
        low={Math.min(...known) * 0.95}
        isFilled
      />
      <dl>
        <div>
          <dt>max</dt>
          <dd>
            <ExtremeCost series={series} values={values} value={high} />
          </dd>
        </div>
        <div>
          <dt>min</dt>
          <dd>
            <ExtremeCost series={series} values={values} value={Math.min(...known)} />
          </dd>
        </div>
      </dl>
    </div>
  );
}

type ExtremeProps = {
  readonly series: CostSeries;
  readonly values: readonly (number | null)[];
  readonly value: number;
};

/** The highest or lowest value of the line, explained over the step that it stands for. */
function ExtremeCost({ series, values, value }: ExtremeProps) {
  const { url } = usePage();
  const from = series.starts[values.indexOf(value)];
  const text = formatFigure(value, 'USD/Mtok').text;
  if (from === undefined) return text;
  const window = { from, to: plusSeconds(from, series.stepSeconds) };
  return (
    <FigureButton request={{ name: KIND_FIGURES[url.kind], window, scope: url.scope, basis: url.basis }}>
      {text}
    </FigureButton>
  );
}
