import type { ComparedDeployment, QuotedClaim } from '#shared/contract/compare-schema.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { ClaimSum } from './ClaimSum.tsx';
import styles from './ComparePage.module.css';

type ClaimsPanelProps = {
  readonly claims: readonly QuotedClaim[];
  readonly window: TimeRange;
  /** Whose figures can be put into a sum. */
  readonly deployment: ComparedDeployment | null;
};

/** What vendors state, quoted with who said it and when. Nothing of it is from this fleet, and nothing of it is an input. */
export function ClaimsPanel({ claims, window, deployment }: ClaimsPanelProps) {
  if (claims.length === 0) return null;
  return (
    <section className={styles['claims']} aria-label="Published claims">
      <header className={styles['head']}>
        <h2>Published claims</h2>
        <span>quoted, not from this fleet; do each sum again with your own inputs</span>
      </header>
      <ul>
        {claims.map((claim) => (
          <li key={claim.id}>
            <Claim claim={claim} window={window} deployment={deployment} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type ClaimProps = Omit<ClaimsPanelProps, 'claims'> & { readonly claim: QuotedClaim };

function Claim({ claim, window, deployment }: ClaimProps) {
  const { statement, statedBy, source, attributedTo, model, status, finding, arithmetic } = claim;
  return (
    <article>
      <p className={styles['badges']}>
        <em>Not from this fleet</em>
        <em data-status="true">{status}</em>
      </p>
      <blockquote>{statement}.</blockquote>
      <p className={styles['cite']}>
        {statedBy}, {source.title}, {source.date}
        {attributedTo !== null && `; it names ${attributedTo} as its source`}
        {model !== null && `; ${model}`}
      </p>
      <p>{finding}</p>
      {arithmetic !== null && (
        <ClaimSum claim={claim} arithmetic={arithmetic} window={window} deployment={deployment} />
      )}
    </article>
  );
}
