import { ChangeText } from '#renderer/components/ChangeText.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { windowLabel } from '#renderer/state/range-spec.ts';
import { BASIS_WORDS } from '#renderer/state/words.ts';
import type { WhatIf, WhatIfSide } from '#shared/contract/what-if-schema.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import styles from './WhatIf.module.css';
import { WhatIfModels } from './WhatIfModels.tsx';
import { WhatIfParts } from './WhatIfParts.tsx';
import { WhatIfSteps } from './WhatIfSteps.tsx';

type WhatIfResultProps = { readonly answer: WhatIf; readonly isChanged: boolean };

/** What was and what would have been, side by side: in all, by part, by lever, by model. */
export function WhatIfResult({ answer, isChanged }: WhatIfResultProps) {
  return (
    <div className={styles['result']} data-testid="what-if-result">
      <Verdict answer={answer} isChanged={isChanged} />
      <WhatIfParts answer={answer} />
      <WhatIfSteps answer={answer} />
      <WhatIfModels answer={answer} />
    </div>
  );
}

function Verdict({ answer, isChanged }: WhatIfResultProps) {
  const { zone } = usePage();
  const { was, would, change, isEstimate, assumptions } = answer;
  return (
    <section className={styles['verdict']}>
      <p className={styles['when']}>
        {windowLabel(answer.window, zone)}: the same facts, priced twice
        {isEstimate && (
          <em>
            <Icon name="info" size={11} /> estimate
          </em>
        )}
      </p>
      <div className={styles['sides']}>
        <Side title="As it was" side={was} answer={answer} />
        <Side title="What if" side={would} answer={answer} />
        <dl>
          <dt>Difference</dt>
          <dd>
            {(change.spend.value ?? 0) > 0 && '+'}
            <FigureText
              title="Difference of the spend"
              figure={change.spend}
              window={answer.window}
              options={{ currency: 'before' }}
              testId="what-if-change"
            />
          </dd>
          <dd>
            <ChangeText now={would.cost.value} before={was.cost.value} better="down" reference="as it was" /> per token
          </dd>
        </dl>
      </div>
      {assumptions.length > 0 && (
        <ul className={styles['assumptions']} data-entered>
          {assumptions.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {!isChanged && <p className={styles['hint']}>Switch a lever on: everything stays as it was until you move it.</p>}
    </section>
  );
}

type SideProps = { readonly title: string; readonly side: WhatIfSide; readonly answer: WhatIf };

function Side({ title, side, answer }: SideProps) {
  const { window, basis } = answer;
  return (
    <dl>
      <dt>{title}</dt>
      <dd>
        <FigureText
          title={`Cost, ${title.toLowerCase()}`}
          figure={side.cost}
          window={window}
          options={{ currency: 'before' }}
        />
        <small> {BASIS_WORDS[basis].name}</small>
      </dd>
      <dd>
        <FigureText
          title={`Spend, ${title.toLowerCase()}`}
          figure={side.spend}
          window={window}
          options={{ currency: 'before' }}
        />
        ,{' '}
        <FigureButton request={{ title: `Spend, ${title.toLowerCase()}`, figure: side.spend, window }}>
          {formatWithUnit(side.gpuHours, 'GPU-h')}
        </FigureButton>
        , <FigureText title={`Energy, ${title.toLowerCase()}`} figure={side.energy} window={window} />,{' '}
        {formatWithUnit(side.busyShare, 'ratio')} busy
      </dd>
    </dl>
  );
}
