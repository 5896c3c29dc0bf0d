import type { Figure } from '#shared/model/figure.ts';
import { decimalsOfPrice, formatFigure, formatNumber } from '#shared/units/format-quantity.ts';
import { partsThatAdd } from '#shared/units/parts-that-add.ts';
import styles from './ExplainDrawer.module.css';

/** The lines of a sum and its total, rounded so that they add. */
export function ExplainParts({ figure }: { readonly figure: Figure }) {
  const { parts } = figure;
  const first = parts[0];
  if (first === undefined) return null;
  const values = parts.map((part) => part.value);
  const total = values.reduce((sum, value) => sum + value, 0);
  const decimals = first.unit === 'USD/Mtok' ? decimalsOfPrice(total) + 1 : 2;
  const rounded = partsThatAdd(values, decimals, total);
  return (
    <section>
      <h3>Made of, {formatFigure(0, first.unit).unit}</h3>
      <table className={styles['parts']}>
        <tbody>
          {parts.map((part, index) => (
            <tr key={part.key}>
              <th scope="row">
                <i data-part={part.key} />
                {part.label}
              </th>
              <td>{formatNumber(rounded[index] ?? 0, decimals)}</td>
              <td>{total > 0 ? `${formatNumber((part.value / total) * 100, 1)} %` : ''}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td>{formatNumber(total, decimals)}</td>
            <td>{total > 0 ? '100.0 %' : ''}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
