import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { FigureText } from '#renderer/components/FigureText.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { windowLabel } from '#renderer/state/range-spec.ts';
import { BASIS_WORDS } from '#renderer/state/words.ts';
import { grainInWords } from '#shared/contract/snapshot-schema.ts';
import type { ComparedMeasure, ComparedSide, SnapshotComparison } from '#shared/contract/snapshot-comparison-schema.ts';
import { formatChange } from '#shared/units/format-change.ts';
import styles from './ComparePage.module.css';
import { comparisonExport } from './snapshot-sides.ts';

/** The measures of two fleets with what lies between them, and what a reader must know of it. */
export function SnapshotComparisonTable({ answer }: { readonly answer: SnapshotComparison }) {
  const { first, second, measures, notes, basis } = answer;
  return (
    <section className={styles['tableSection']} data-testid="snapshot-comparison">
      <header className={styles['head']}>
        <h2>Side by side</h2>
        <span>{BASIS_WORDS[basis].name} tokens; the difference is second − first</span>
        <div>
          <ExportButton name="compare-snapshots" {...comparisonExport(answer)} />
        </div>
      </header>
      <div className={styles['scroller']}>
        <table className={styles['beside2']}>
          <thead>
            <tr>
              <th>Measure</th>
              <SideHead side={first} />
              <SideHead side={second} />
              <th>Difference</th>
              <th>of the first</th>
            </tr>
          </thead>
          <tbody>
            {measures.map((measure) => (
              <Row key={measure.key} measure={measure} first={first} second={second} />
            ))}
          </tbody>
        </table>
      </div>
      {notes.length > 0 && (
        <ul className={styles['notes']} aria-label="What differs between the sides">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function SideHead({ side }: { readonly side: ComparedSide }) {
  const { zone } = usePage();
  return (
    <th>
      <b>{side.name}</b>
      <small>
        {windowLabel(side.window, zone)}
        {side.about !== null && `, ${grainInWords(side.about)}`}
      </small>
    </th>
  );
}

type RowProps = { readonly measure: ComparedMeasure; readonly first: ComparedSide; readonly second: ComparedSide };

function Row({ measure, first, second }: RowProps) {
  const { label, difference } = measure;
  const title = `Difference: ${label}`;
  const isMore = (difference.value ?? 0) > 0;
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        <FigureText
          title={`${label}, ${first.name}`}
          figure={measure.first}
          window={first.window}
          options={{ currency: 'before' }}
        />
      </td>
      <td>
        <FigureText
          title={`${label}, ${second.name}`}
          figure={measure.second}
          window={second.window}
          options={{ currency: 'before' }}
        />
      </td>
      <td>
        {isMore && '+'}
        <FigureText
          title={title}
          figure={difference}
          window={second.window}
          options={{ currency: 'before' }}
          {...(difference.unit === 'ratio' && difference.value !== null ? { hint: ' points' } : {})}
        />
      </td>
      <td>
        {measure.relative === null ? (
          <small>{measure.reason}</small>
        ) : (
          <FigureButton request={{ title, figure: difference, window: second.window }}>
            {formatChange(measure.second.value, measure.first.value)?.text}
          </FigureButton>
        )}
      </td>
    </tr>
  );
}
