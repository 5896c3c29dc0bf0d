import { FigureButton } from '#renderer/components/FigureButton.tsx';
import type { WhatIf } from '#shared/contract/what-if-schema.ts';
import styles from './WhatIf.module.css';
import { stepBarsOf } from './what-if-rows.ts';
import { signedMoney } from './WhatIfParts.tsx';

/** What each lever changes when they are moved one after another; together they make the difference. */
export function WhatIfSteps({ answer }: { readonly answer: WhatIf }) {
  const { zero, bars } = stepBarsOf(answer);
  return (
    <section className={styles['pane']}>
      <header className={styles['head']}>
        <h2>By lever</h2>
        <span>one after another, as listed; they add to the difference</span>
      </header>
      {bars.length === 0 ? (
        <p className={styles['hint']}>No lever is on.</p>
      ) : (
        <table className={styles['table']} data-testid="what-if-steps">
          <thead>
            <tr>
              <th>Lever</th>
              <th className={styles['barHead']}>less, more</th>
              <th>Change, $</th>
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.label}>
                <th scope="row" data-entered>
                  {bar.label}
                </th>
                <td className={styles['barCell']} aria-label={(bar.change ?? 0) > 0 ? 'more' : 'less'}>
                  <span>
                    <b style={{ left: `${zero * 100}%` }} />
                    <i
                      data-direction={(bar.change ?? 0) > 0 ? 'more' : 'less'}
                      style={{ left: `${bar.left * 100}%`, width: `${bar.width * 100}%` }}
                    />
                  </span>
                </td>
                <td>
                  <FigureButton
                    request={{ title: `What it changes: ${bar.label}`, figure: bar.figure, window: answer.window }}
                  >
                    {signedMoney(bar.change)}
                  </FigureButton>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                Together
              </th>
              <td>
                <FigureButton
                  request={{ title: 'Difference of the spend', figure: answer.change.spend, window: answer.window }}
                >
                  {signedMoney(answer.change.spend.value)}
                </FigureButton>
              </td>
            </tr>
          </tfoot>
        </table>
      )}
    </section>
  );
}
