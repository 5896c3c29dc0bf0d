import { FigureText } from '#renderer/components/FigureText.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import type { ComparedDeployment, PublicGain, ReferenceAnswer } from '#shared/contract/compare-schema.ts';
import { formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import styles from './ComparePage.module.css';

type PublicRunsProps = { readonly deployment: ComparedDeployment; readonly answer: ReferenceAnswer };

/** What public runs of this model on this product reached: newer software, and MLPerf. */
export function PublicRuns({ deployment, answer }: PublicRunsProps) {
  return (
    <div className={styles['pane']}>
      <header className={styles['head']}>
        <h2>Newer software, same hardware</h2>
        <span>public runs, not this fleet</span>
      </header>
      {deployment.gains.length === 0 ? (
        <p className={styles['quiet']}>No public pair of runs of this model on this product is in the catalogue.</p>
      ) : (
        <Gains gains={deployment.gains} />
      )}
      <header className={styles['head']}>
        <h2>MLPerf Inference</h2>
        <span>output tokens, full machines, never the same thing</span>
      </header>
      {deployment.submissions.length === 0 ? (
        <p className={styles['quiet']}>No MLPerf result of this model on this product is in the catalogue.</p>
      ) : (
        <Submissions deployment={deployment} answer={answer} />
      )}
    </div>
  );
}

function Gains({ gains }: { readonly gains: readonly PublicGain[] }) {
  return (
    <table className={styles['runs']}>
      <thead>
        <tr>
          <th>Software</th>
          <th>From, to</th>
          <th>Headline</th>
          <th>Steady</th>
        </tr>
      </thead>
      <tbody>
        {gains.map((one) => (
          <GainRow key={JSON.stringify(one.gain)} one={one} />
        ))}
      </tbody>
    </table>
  );
}

function GainRow({ one }: { readonly one: PublicGain }) {
  const { gain, source, warnings } = one;
  const software = [gain.engine, gain.precision, gain.speculation === 'none' ? null : gain.speculation, gain.scenario];
  return (
    <>
      <tr
        data-warned={warnings.length > 0}
        title={`${source.title}, ${source.date}; ${gain.pairs} matched ${gain.pairs === 1 ? 'pair' : 'pairs'}`}
      >
        <th scope="row">{software.filter((word) => word !== null).join(', ')}</th>
        <td>
          {gain.from} → {gain.to}
        </td>
        <td>{formatNumber(gain.throughputRatio, 2)} ×</td>
        <td>{gain.steadyRatio === null ? UNKNOWN : `${formatNumber(gain.steadyRatio, 2)} ×`}</td>
      </tr>
      {warnings.length > 0 && (
        <tr>
          <td colSpan={4} className={styles['warnings']}>
            {warnings.map((warning) => (
              <small key={warning}>
                <Icon name="late" size={11} />
                {warning}
              </small>
            ))}
          </td>
        </tr>
      )}
    </>
  );
}

function Submissions({ deployment, answer }: PublicRunsProps) {
  const { window } = answer;
  return (
    <table className={styles['runs']}>
      <thead>
        <tr>
          <th>Result</th>
          <th>tok/s/GPU, output</th>
          <th>$/Mtok at own rate</th>
          <th>tok/J</th>
        </tr>
      </thead>
      <tbody>
        {deployment.submissions.map(({ submission, outputPerGpu, costAtOwnRate, efficiency, reasons }) => {
          const { round, resultId, submitter, scenario, gpus, gpu } = submission;
          const name = `v${round} ${resultId ?? ''}`.trim();
          return (
            <tr key={JSON.stringify(submission)} title={`Not comparable because ${reasons.join('; ')}`}>
              <th scope="row">
                {name}, {scenario}
                <small>
                  {submitter}, {gpus} × {gpu}, {submission.precision}
                </small>
              </th>
              <td>
                <FigureText title={`MLPerf ${name}`} figure={outputPerGpu} window={window} isBare />
              </td>
              <td>
                <FigureText title={`MLPerf ${name}, at own rate`} figure={costAtOwnRate} window={window} isBare />
              </td>
              <td>
                <FigureText title={`MLPerf ${name}, tokens per joule`} figure={efficiency} window={window} isBare />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
