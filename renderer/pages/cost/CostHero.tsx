import { ChangeText } from '#renderer/components/ChangeText.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { rangeLabel, windowLabel } from '#renderer/state/range-spec.ts';
import { COST_KINDS } from '#renderer/state/url-state.ts';
import { ABSENCE_WORDS, KIND_FIGURES, KIND_WORDS } from '#renderer/state/words.ts';
import type { CostDetail } from '#shared/contract/cost-schema.ts';
import { formatFigure, formatWithUnit } from '#shared/units/format-quantity.ts';
import { Decomposition } from '../overview/Decomposition.tsx';
import { BasisChip } from '../overview/BasisChip.tsx';
import { KindChip } from '../overview/KindChip.tsx';
import heroStyles from '../overview/Hero.module.css';
import styles from './CostPage.module.css';

/** The one number of the range, with its kind and basis, against the range before, and what it is made of. */
export function CostHero({ answer }: { readonly answer: CostDetail }) {
  const { url, zone } = usePage();
  const { figure, before } = answer.cost[url.kind];
  const { window } = answer;
  return (
    <section className={styles['hero']} aria-label="Cost of the range">
      <header>
        <h1>Cost, {rangeLabel(url.range, zone).toLowerCase()}</h1>
        <KindChip />
        <BasisChip />
      </header>
      <div className={heroStyles['row']}>
        <p className={heroStyles['figure']}>
          <FigureText
            title={`${KIND_WORDS[url.kind].name} cost per million tokens`}
            figure={figure}
            window={window}
            options={{ currency: 'before' }}
            isBare
            testId="cost-hero"
          />
        </p>
        <p className={heroStyles['unit']}>
          per million
          <br />
          tokens
        </p>
        <Others answer={answer} />
      </div>
      <p className={heroStyles['reference']}>
        {figure.absence !== null && ABSENCE_WORDS[figure.absence]}
        {figure.absence === null && answer.before !== null && before !== null && (
          <>
            <ChangeText
              now={figure.value}
              before={before}
              better="down"
              reference="the preceding range of equal length"
            />
            <span title={windowLabel(answer.before, zone)}>
              against the range before (
              <FigureButton
                request={{ name: KIND_FIGURES[url.kind], window: answer.before, scope: url.scope, basis: url.basis }}
              >
                {formatFigure(before, 'USD/Mtok').text}
              </FigureButton>
              )
            </span>
          </>
        )}
        {figure.absence === null && before === null && (
          <span className={heroStyles['quiet']}>The range before is not known well enough to compare with.</span>
        )}
        <span className={heroStyles['quiet']}>{coverageWords(answer)}</span>
      </p>
      <Decomposition
        figure={figure}
        request={{ title: `${KIND_WORDS[url.kind].name} cost per million tokens`, figure, window }}
      />
    </section>
  );
}

/** The other kinds beside the chosen one, and all that was spent. */
function Others({ answer }: { readonly answer: CostDetail }) {
  const { url } = usePage();
  const kinds = COST_KINDS.filter((kind) => kind !== url.kind);
  return (
    <dl className={styles['others']}>
      {kinds.map((kind) => (
        <div key={kind}>
          <dt>{KIND_WORDS[kind].name}</dt>
          <dd>
            <FigureText
              title={`${KIND_WORDS[kind].name} cost per million tokens`}
              figure={answer.cost[kind].figure}
              window={answer.window}
              options={{ currency: 'before' }}
              isBare
            />
          </dd>
        </div>
      ))}
      <div>
        <dt>spend</dt>
        <dd>
          <FigureText title="Spend" figure={answer.spend} window={answer.window} options={{ currency: 'before' }} />
        </dd>
      </div>
    </dl>
  );
}

function coverageWords({ spend: { coverage } }: CostDetail): string {
  if (coverage.expectedSeconds <= 0) return '';
  return `${formatWithUnit(coverage.observedSeconds / coverage.expectedSeconds, 'ratio')} of GPU time observed`;
}
