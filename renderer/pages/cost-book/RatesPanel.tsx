import { Icon } from '#renderer/components/Icon.tsx';
import { hourlyRatesOf } from '#shared/cost/hourly-rates.ts';
import type { CostBookAnswer } from '#shared/contract/cost-book-answer.ts';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import { formatFigure, formatNumber } from '#shared/units/format-quantity.ts';
import styles from './CostBookPage.module.css';

type RatesPanelProps = { readonly answer: CostBookAnswer; readonly revision: CostBookRevision };

/** What the fleet's own products come to: with the saved book, and with what is being typed. */
export function RatesPanel({ answer, revision }: RatesPanelProps) {
  return (
    <aside className={styles['rates']}>
      <section>
        <h2>Your fleet at these prices</h2>
        <table>
          <thead>
            <tr>
              <th>Product</th>
              <th>GPUs</th>
              <th>now, $/GPU-h</th>
              <th>here, $/GPU-h</th>
            </tr>
          </thead>
          <tbody>
            {answer.rates.map((rate) => {
              const drafted = draftedRate(revision, rate.sku);
              return (
                <tr key={`${rate.sku} ${rate.sites.join()} ${rate.usdPerGpuHour}`}>
                  <th scope="row" title={rate.matched?.provenance.note}>
                    {rate.sku}
                    <small data-assumed={rate.matched?.provenance.quality === 'assumed'}>
                      {rate.matched?.provenance.quality ?? 'no price'}
                    </small>
                  </th>
                  <td>{formatNumber(rate.gpus, 0)}</td>
                  <td>{formatFigure(rate.usdPerGpuHour, 'USD/GPU-h').text}</td>
                  <td data-changed={isOther(drafted, rate.usdPerGpuHour)}>{formatFigure(drafted, 'USD/GPU-h').text}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {answer.rates.length === 0 && <p>No GPU is known yet: rates appear with the first one heard.</p>}
      </section>
      {answer.warnings.length > 0 && (
        <section>
          <h2>Worth a second look</h2>
          <ul>
            {answer.warnings.map((warning) => (
              <li key={warning}>
                <Icon name="late" size={13} />
                {warning}
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
}

function isOther(one: number | null, other: number | null): boolean {
  return one === null || other === null ? one !== other : Math.abs(one - other) > 1e-9;
}

function draftedRate(revision: CostBookRevision, sku: string): number | null {
  const rates = hourlyRatesOf(revision, sku);
  return rates === null ? null : rates.capital + rates.facility + rates.network + rates.operations;
}
