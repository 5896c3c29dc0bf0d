import { usePage } from '#renderer/state/page-context.tsx';
import styles from './NothingHeard.module.css';

/** Before the first fact: what is needed and how to get it. */
export function NothingHeard() {
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
      <button type="button" onClick={() => go({ page: 'sources' })}>
        Connect a source
      </button>
    </section>
  );
}
