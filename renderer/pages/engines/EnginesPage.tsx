import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useIsSnapshot } from '#renderer/backend/use-is-snapshot.ts';
import { Answer } from '#renderer/components/Answer.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import type { Deployments } from '#shared/contract/backend-api.ts';
import { DeploymentSection } from './DeploymentSection.tsx';
import styles from './EnginesPage.module.css';
import { summaryOf } from './engine-rows.ts';
import { TopologyLists } from './TopologyLists.tsx';
import { UnplacedList } from './UnplacedList.tsx';
import { useSaveTopology } from './use-topology.ts';

/** The engines of each model: what they are, who counts their tokens and why, and which GPUs they hold. */
export function EnginesPage() {
  const { queries } = useBackend();
  const query = useQuery(queries.deployments());
  const isSnapshot = useIsSnapshot();
  return (
    <Answer
      query={query}
      what="The engines"
      skeleton={<PageSkeleton />}
      isEmpty={(answer) => answer.deployments.length === 0}
      empty={
        <p className={styles['empty']}>
          {isSnapshot
            ? 'This page tells how engines were last read, which a snapshot does not hold. What each engine did and cost is under Overview and Cost, by Engine.'
            : 'No inference engine was heard yet. Connect one in Sources: its address, or a Prometheus server that scrapes it.'}
        </p>
      }
    >
      {(answer) => <Engines answer={answer} />}
    </Answer>
  );
}

function Engines({ answer }: { readonly answer: Deployments }) {
  const save = useSaveTopology();
  const [mapped, setMapped] = useState<string | null>(null);
  return (
    <div className={styles['page']}>
      <section className={styles['head']}>
        <h1>Engines</h1>
        <p>{summaryOf(answer)}</p>
        {!answer.canSave && (
          <p>
            The sample fleet says itself how it is made. On a fleet of your own, what is wrong here can be put right
            here.
          </p>
        )}
        {save.error !== null && (
          <p className={styles['trouble']} role="alert">
            <Icon name="bad" size={13} />
            {save.error.message}
          </p>
        )}
      </section>
      <UnplacedList answer={answer} onMap={setMapped} />
      {answer.deployments.map((deployment) => (
        <DeploymentSection key={deployment.model} deployment={deployment} answer={answer} save={save} />
      ))}
      {answer.canSave && <TopologyLists key={mapped} topology={answer.topology} mapped={mapped} save={save} />}
    </div>
  );
}
