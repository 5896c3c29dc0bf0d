import { Icon } from '#renderer/components/Icon.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { useNow } from '#renderer/state/use-now.ts';
import type { Deployments } from '#shared/contract/backend-api.ts';
import type { DeploymentReport } from '#shared/model/deployment.ts';
import { secondsBetween } from '#shared/time/instant.ts';
import { formatAge } from '#shared/units/format-time.ts';
import styles from './EnginesPage.module.css';
import { choiceOf, engineRow, withAuthority, type EngineRow } from './engine-rows.ts';
import type { SaveTopology } from './use-topology.ts';

const CHOICES = [
  { value: 'auto', name: 'Auto' },
  { value: 'engines', name: 'Engines' },
  { value: 'frontend', name: 'Frontend' },
] as const;

type DeploymentSectionProps = {
  readonly deployment: DeploymentReport;
  readonly answer: Deployments;
  readonly save: SaveTopology;
};

/** One model: who counts its tokens and why, with the choice, and a row for each of its engines. */
export function DeploymentSection({ deployment, answer, save }: DeploymentSectionProps) {
  const { model, why, hasFrontend, isOverridden, engines } = deployment;
  const isChoice = answer.canSave && (hasFrontend || isOverridden);
  return (
    <section className={styles['deployment']} data-testid="deployment">
      <header>
        <h2>{model}</h2>
        <span className={styles['why']}>{why}</span>
        {isChoice && (
          <span className={styles['choice']}>
            Tokens by
            <Segmented
              label={`Who counts the tokens of ${model}`}
              choices={CHOICES}
              value={choiceOf(deployment)}
              onChoose={(choice) => save.mutate(withAuthority(answer.topology, model, choice))}
            />
          </span>
        )}
      </header>
      <div className={styles['scroll']}>
        <table>
          <thead>
            <tr>
              <th>Engine</th>
              <th>Software</th>
              <th>Role</th>
              <th>Machine</th>
              <th>GPUs</th>
              <th>Counts</th>
              <th>Last heard</th>
            </tr>
          </thead>
          <tbody>
            {engines.map((engine) => (
              <Row key={engine.engine} row={engineRow(engine)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ row }: { readonly row: EngineRow }) {
  const now = useNow();
  return (
    <tr data-counted={row.isCounted}>
      <th scope="row">
        {row.name}
        {row.also !== null && <small>{row.also}</small>}
        {row.notice !== null && (
          <small className={styles['notice']}>
            <Icon name="late" size={11} />
            {row.notice}
          </small>
        )}
      </th>
      <td>
        {row.software} {row.version}
        <small>{row.versionFrom}</small>
      </td>
      <td>
        {row.role}
        <small>{row.roleFrom}</small>
      </td>
      <td>{row.node}</td>
      <td data-attention={row.isUnplaced}>
        {row.gpus}
        {!row.isUnplaced && <small>{row.gpusFrom}</small>}
      </td>
      <td>
        {row.counts}
        <small>{row.because}</small>
      </td>
      <td>{formatAge(Math.max(0, secondsBetween(row.lastHeard, now)))}</td>
    </tr>
  );
}
