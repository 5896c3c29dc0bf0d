import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { Answer } from '#renderer/components/Answer.tsx';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { Segmented } from '#renderer/components/Segmented.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import type { ReferenceAnswer } from '#shared/contract/compare-schema.ts';
import type { RateTier } from '#shared/model/reference-catalogue.ts';
import { ClaimsPanel } from './ClaimsPanel.tsx';
import styles from './ComparePage.module.css';
import { DeploymentDetail } from './DeploymentDetail.tsx';
import { referenceExport } from './reference-rows.ts';
import { ReferenceTable } from './ReferenceTable.tsx';

const TIERS = [
  { value: 'hyperscaler', name: 'Hyperscaler' },
  { value: 'neocloud', name: 'Neocloud' },
  { value: 'rental', name: 'Rental' },
] as const satisfies readonly { readonly value: RateTier; readonly name: string }[];

/** Every deployment beside the public run that differs least, and what vendors claim. */
export function ReferenceTab() {
  const { queries } = useBackend();
  const { window, scope } = useAsked();
  const [tier, setTier] = useState<RateTier>('neocloud');
  const query = useQuery(queries.reference({ window, scope }, tier));
  return (
    <Answer query={query} what="The comparison" skeleton={<PageSkeleton />}>
      {(answer) => (
        <>
          {answer.catalogueTrouble === null ? (
            <Compared answer={answer} onTier={setTier} />
          ) : (
            <CatalogueTrouble trouble={answer.catalogueTrouble} />
          )}
        </>
      )}
    </Answer>
  );
}

function Compared({ answer, onTier }: { readonly answer: ReferenceAnswer; readonly onTier: (tier: RateTier) => void }) {
  const { url } = usePage();
  const chosen = answer.deployments.find((one) => one.key === url.item) ?? answer.deployments[0] ?? null;
  return (
    <>
      <section className={styles['tableSection']}>
        <header className={styles['head']}>
          <h2>Own and reference</h2>
          <span>
            the nearest public run, at this fleet’s own interactivity; the gap is what the same work cost beyond it
          </span>
          <div>
            <span className={styles['beside']}>Assumed rate</span>
            <Segmented label="Assumed rate of the reference" choices={TIERS} value={answer.tier} onChoose={onTier} />
            <ExportButton name="compare-reference" {...referenceExport(answer.deployments)} />
          </div>
        </header>
        {answer.deployments.length === 0 ? (
          <NothingToCompare />
        ) : (
          <ReferenceTable answer={answer} chosen={chosen?.key ?? null} />
        )}
      </section>
      {chosen !== null && <DeploymentDetail key={chosen.key} deployment={chosen} answer={answer} />}
      <ClaimsPanel claims={answer.claims} window={answer.window} deployment={chosen} />
      <CatalogueFoot answer={answer} />
    </>
  );
}

function NothingToCompare() {
  return (
    <p className={styles['empty']}>
      No engine of this scope was heard in this range. A comparison needs the tokens of an engine and the GPUs that it
      runs on: connect its metrics under Sources, and look at Engines for what is not placed yet.
    </p>
  );
}

function CatalogueTrouble({ trouble }: { readonly trouble: string }) {
  return (
    <div className={styles['trouble']} role="alert">
      <Icon name="bad" />
      <div>
        <strong>The reference catalogue cannot be used, so nothing is compared.</strong>
        <pre>{trouble}</pre>
        <p>
          Mend the file that <code>referenceCatalogue</code> in config.json names, or take that line out to use the
          catalogue that Tokenwatt brings. The file is read again when it is written.
        </p>
      </div>
    </div>
  );
}

function CatalogueFoot({ answer }: { readonly answer: ReferenceAnswer }) {
  const { catalogue } = answer;
  if (catalogue === null) return null;
  const whose = catalogue.file === null ? 'Tokenwatt’s own' : `file ${catalogue.file}`;
  return (
    <footer className={styles['foot']}>
      <details>
        <summary>
          Reference catalogue {catalogue.version} ({whose}), publications up to {catalogue.asOf},{' '}
          {catalogue.sources.length} sources
        </summary>
        <ul>
          {catalogue.sources.map((source) => (
            <li key={source.where + source.title}>
              {source.title}, {source.date}. <code>{source.where}</code>
            </li>
          ))}
        </ul>
      </details>
    </footer>
  );
}
