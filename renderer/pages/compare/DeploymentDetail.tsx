import { useMemo, useState } from 'react';
import { Chart } from '#renderer/charts/Chart.tsx';
import { readChartTheme } from '#renderer/charts/chart-theme.ts';
import { frontOption } from '#renderer/charts/front-option.ts';
import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { ComparedDeployment, ComparedReference, ReferenceAnswer } from '#shared/contract/compare-schema.ts';
import { BesideTable } from './BesideTable.tsx';
import styles from './ComparePage.module.css';
import { PublicRuns } from './PublicRuns.tsx';
import { frontExport, frontSummary, productWords, referenceName } from './reference-rows.ts';

type DeploymentDetailProps = { readonly deployment: ComparedDeployment; readonly answer: ReferenceAnswer };

/** One deployment beside a reference of choice: the front with its own point, the figures, and public gains. */
export function DeploymentDetail({ deployment, answer }: DeploymentDetailProps) {
  const [place, setPlace] = useState(0);
  const reference = deployment.references[place] ?? deployment.references[0] ?? null;
  return (
    <section className={styles['detail']} aria-label={`${deployment.model} beside public runs`} data-testid="detail">
      <div className={styles['chartPane']}>
        <header className={styles['head']}>
          <h2>{deployment.model}</h2>
          <span>on {productWords(deployment.skus)}</span>
        </header>
        {reference === null ? (
          <p className={styles['empty']}>
            The catalogue has no run of this model, and none of another model on this product: there is nothing to draw.
          </p>
        ) : (
          <>
            <ReferenceChoice references={deployment.references} place={place} onChoose={setPlace} />
            <FrontChart deployment={deployment} reference={reference} />
            <div className={styles['chartFoot']}>
              <small>
                {reference.source.title}, {reference.source.date}
              </small>
              <ExportButton name="compare-front" label="Export runs" {...frontExport(deployment, reference)} />
            </div>
          </>
        )}
      </div>
      <BesideTable deployment={deployment} reference={reference} answer={answer} />
      <PublicRuns deployment={deployment} answer={answer} />
    </section>
  );
}

type ReferenceChoiceProps = {
  readonly references: readonly ComparedReference[];
  readonly place: number;
  readonly onChoose: (place: number) => void;
};

function ReferenceChoice({ references, place, onChoose }: ReferenceChoiceProps) {
  return (
    <label className={styles['choice']}>
      Reference
      <select value={place} onChange={(event) => onChoose(Number(event.target.value))}>
        {references.map((reference, index) => (
          <option key={referenceName(reference)} value={index}>
            {referenceName(reference)}
            {reference.isComparable ? ' (comparable)' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Nearer than this, two points and their labels lie over each other. */
const APART_MIN = 1.06;

function isApart(atWork: number | null, whole: number): atWork is number {
  return atWork !== null && atWork > whole * APART_MIN;
}

function FrontChart({
  deployment,
  reference,
}: {
  readonly deployment: ComparedDeployment;
  readonly reference: ComparedReference;
}) {
  const { themeName } = usePage();
  const { own, model } = deployment;
  const option = useMemo(() => {
    const theme = readChartTheme(document.documentElement, themeName);
    const points = reference.front.points;
    const isKnown = own.interactivity.value !== null && own.totalPerGpu.value !== null;
    const here = { interactivity: own.interactivity.value ?? 0, totalPerGpu: own.totalPerGpu.value ?? 0 };
    const atWork = own.totalAtWork.value;
    return frontOption({
      runs: points,
      curve: reference.curve,
      own: isKnown ? { ...here, label: model } : null,
      ownAtWork:
        isKnown && isApart(atWork, here.totalPerGpu) ? { ...here, totalPerGpu: atWork, label: 'while at work' } : null,
      theme,
    });
  }, [themeName, reference, own, model]);
  return (
    <div className={styles['chart']}>
      <Chart option={option} summary={frontSummary(deployment, reference)} />
    </div>
  );
}
