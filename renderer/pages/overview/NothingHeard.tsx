import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { SCOPE_KEYS, toPage } from '#renderer/state/url-state.ts';
import { scopeWords } from '#renderer/state/words.ts';
import styles from './NothingHeard.module.css';

/** Before the first fact: that it is on its way, or what is needed and how to get it. */
export function NothingHeard() {
  const { queries } = useBackend();
  const { url } = usePage();
  const health = useQuery(queries.sourceHealth()).data ?? [];
  const targets = health.flatMap((source) => source.targets);
  const answering = targets.filter(({ signal, state }) => signal !== 'unknown' && state === 'fresh').length;
  if (SCOPE_KEYS.some((key) => url.scope[key] !== undefined)) return <NoGpuHere />;
  return answering > 0 ? <FirstReadings answering={answering} targets={targets.length} /> : <WhatIsNeeded />;
}

/** The fleet may be well heard: nothing of it is in this scope. */
function NoGpuHere() {
  const { url, go, fleetName } = usePage();
  return (
    <section className={styles['empty']}>
      <h2>No GPU belongs to this scope</h2>
      <p>
        {scopeWords(url.scope, fleetName)} has no GPU in this range. A name may have changed, or what it named was not
        there yet: choose another range, or leave the scope.
      </p>
      <button type="button" onClick={() => go({ scope: {} })}>
        Show the whole fleet
      </button>
    </section>
  );
}

type FirstReadingsProps = { readonly answering: number; readonly targets: number };

/** A fact is what happens between two readings: after the first one there is nothing to show yet. */
function FirstReadings({ answering, targets }: FirstReadingsProps) {
  return (
    <section className={styles['empty']} aria-live="polite">
      <h2>The first readings are in</h2>
      <p>
        {answering} of {targets} targets answer. A cost is what happened between two readings: the first figure appears
        with the next poll.
      </p>
    </section>
  );
}

function WhatIsNeeded() {
  const { go } = usePage();
  return (
    <section className={styles['empty']}>
      <h2>Nothing was heard yet</h2>
      <p>A cost per million tokens needs two signals and one price:</p>
      <ol>
        <li>
          <b>GPU energy and state</b>, from the DCGM exporter. It usually answers at{' '}
          <code>http://node:9400/metrics</code>.
        </li>
        <li>
          <b>Tokens</b>, from the inference engines. vLLM answers at <code>http://node:8000/metrics</code>.
        </li>
        <li>
          <b>A price</b> of the hardware. Until you enter one, a dated assumption stands in and says so.
        </li>
      </ol>
      <p>The first figure appears two polls after both signals answer.</p>
      <button type="button" onClick={() => go(toPage('sources'))}>
        Connect a source
      </button>
    </section>
  );
}
