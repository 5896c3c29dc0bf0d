import { FigureText } from '#renderer/components/FigureText.tsx';
import type { CostBookPreview } from '#shared/contract/cost-book-preview-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import styles from './PreviewPanel.module.css';

type PreviewRatesProps = {
  readonly rates: CostBookPreview['rates'];
  readonly window: TimeRange;
  readonly isChanged: boolean;
};

/** What an hour of each product of the fleet comes to, in both books. */
export function PreviewRates({ rates, window, isChanged }: PreviewRatesProps) {
  return (
    <section className={styles['figures']}>
      <h3>Your fleet by the GPU-hour</h3>
      {rates.length === 0 ? (
        <p className={styles['foot']}>No GPU is known yet: rates appear with the first one heard.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Product</th>
              <th scope="col">GPUs</th>
              <th scope="col">{isChanged ? 'in force' : '$/GPU-h'}</th>
              {isChanged && <th scope="col">draft</th>}
            </tr>
          </thead>
          <tbody>
            {rates.map((rate) => (
              <tr key={`${rate.sku} ${rate.sites.join()} ${rate.draftPrice} ${rate.inForce}`}>
                <th scope="row" title={rate.sku}>
                  {rate.sku.replace(/^NVIDIA /u, '')}
                  {rate.sites.length > 0 && rates.some((other) => other !== rate && other.sku === rate.sku) && (
                    <small>{rate.sites.join(', ')}</small>
                  )}
                </th>
                <td>{formatNumber(rate.gpus, 0)}</td>
                <td>
                  <FigureText
                    title={`Rate of ${rate.sku}, book in force`}
                    figure={rate.inForceRate}
                    window={window}
                    isBare
                  />
                </td>
                {isChanged && (
                  <td data-changed={rate.draft !== rate.inForce}>
                    <FigureText
                      title={`Rate of ${rate.sku} with this draft`}
                      figure={rate.draftRate}
                      window={window}
                      isBare
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className={styles['foot']}>$/GPU-h before energy, at the prices of now.</p>
    </section>
  );
}
