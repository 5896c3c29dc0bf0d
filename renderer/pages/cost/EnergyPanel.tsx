import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import type { CostDetail, EnergyBoundary } from '#shared/contract/cost-schema.ts';
import { energyExport } from './cost-exports.ts';
import styles from './CostPage.module.css';

export const BOUNDARY_WORDS: Readonly<Record<EnergyBoundary, { readonly name: string; readonly meaning: string }>> = {
  board: { name: 'GPU board', meaning: 'what the boards measure of themselves' },
  it: { name: 'IT', meaning: 'servers with everything in them' },
  facility: { name: 'Facility', meaning: 'with cooling and losses' },
  provisioned: { name: 'Provisioned', meaning: 'power paid for, drawn or not' },
};

/** Tokens over energy, one row per boundary: the same work differs by the boundary alone. */
export function EnergyPanel({ answer }: { readonly answer: CostDetail }) {
  const { energy, window } = answer;
  return (
    <section className={styles['panel']} aria-label="Energy">
      <header className={styles['head']}>
        <h2>Energy</h2>
        <span>by power boundary</span>
        <ExportButton name="cost-energy" {...energyExport(answer)} />
      </header>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th>Boundary</th>
            <th>Mean power</th>
            <th>tok/J</th>
            <th>tok/s per MW</th>
          </tr>
        </thead>
        <tbody>
          {energy.rows.map((row) => {
            const { name, meaning } = BOUNDARY_WORDS[row.boundary];
            return (
              <tr key={row.boundary}>
                <th scope="row" title={meaning}>
                  {name}
                </th>
                <td>
                  <FigureText title={`Mean power, ${name}`} figure={row.meanPower} window={window} />
                </td>
                <td>
                  <FigureText title={`Tokens per joule, ${name}`} figure={row.tokensPerJoule} window={window} isBare />
                </td>
                <td>
                  <FigureText title={`Tokens per second and MW, ${name}`} figure={row.perMegawatt} window={window} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <dl className={styles['pairs']}>
        <div>
          <dt>Attributed energy</dt>
          <dd>
            <FigureText title="Attributed energy cost" figure={energy.attributed} window={window} />
          </dd>
          <dd>all energy over the tokens</dd>
        </div>
        <div>
          <dt>Marginal energy</dt>
          <dd>
            <FigureText title="Marginal energy cost" figure={energy.marginal} window={window} />
          </dd>
          <dd>beyond what quiet GPUs draw</dd>
        </div>
      </dl>
    </section>
  );
}
