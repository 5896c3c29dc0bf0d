import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { SkeletonRows } from '#renderer/components/Skeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { ConnectForm } from './ConnectForm.tsx';
import { SourceSection } from './SourceSection.tsx';
import styles from './SourcesPage.module.css';

/** Where the figures come from, how each source does, and one field to add one. */
export function SourcesPage() {
  const { queries } = useBackend();
  const { isSample } = usePage();
  const query = useQuery(queries.sourceHealth());
  return (
    <div className={styles['page']}>
      <section className={styles['connect']}>
        <h1>Sources</h1>
        <p>
          {isSample
            ? 'These figures come from an invented fleet that runs inside Tokenwatt. Paste the address of your own to leave it.'
            : 'Each source is polled on its own: one that fails never stops the others.'}
        </p>
        <ConnectForm />
      </section>
      <Answer
        query={query}
        what="The sources"
        skeleton={<SkeletonRows count={8} />}
        isEmpty={(sources) => sources.length === 0}
        empty={
          <p className={styles['empty']}>
            No source is connected. Paste the address of a DCGM exporter, of a vLLM engine, or of a Prometheus server
            above.
          </p>
        }
      >
        {(sources) => sources.map((source) => <SourceSection key={source.name} source={source} />)}
      </Answer>
    </div>
  );
}
