import { ChangeText } from '#renderer/components/ChangeText.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { ABSENCE_WORDS, KIND_WORDS, PART_WORDS } from '#renderer/state/words.ts';
import type { PreviewedWindow } from '#shared/contract/cost-book-preview-schema.ts';
import type { Figure } from '#shared/model/figure.ts';
import { formatFigure } from '#shared/units/format-quantity.ts';
import styles from './PreviewPanel.module.css';
import { partRows } from './preview-rows.ts';

type PreviewFiguresProps = { readonly shown: PreviewedWindow; readonly isChanged: boolean };

const MONTH_MEANING = 'what an average month of 730 hours costs at the pace of this window';

const ROWS = [
  { key: 'loaded', title: 'Loaded', meaning: KIND_WORDS.loaded.meaning, isTotal: true },
  { key: 'serving', title: 'Serving', meaning: KIND_WORDS.serving.meaning, isTotal: false },
  { key: 'marginal', title: 'Marginal', meaning: KIND_WORDS.marginal.meaning, isTotal: false },
  { key: 'month', title: 'Month, $', meaning: MONTH_MEANING, isTotal: true },
] as const;

const EXPLAINED: Readonly<Record<(typeof ROWS)[number]['key'], string>> = {
  loaded: 'Loaded cost',
  serving: 'Serving cost',
  marginal: 'Marginal cost',
  month: 'A month at this pace',
};

/** From here on, cents of a month are noise. */
const WHOLE_DOLLARS_FROM = 10_000;

/** Unit costs, their parts and the month, under the draft and under the book in force. */
export function PreviewFigures({ shown, isChanged }: PreviewFiguresProps) {
  const { draft, inForce } = shown;
  return (
    <section className={styles['figures']}>
      <div className={styles['hero']}>
        <Explained figure={draft.loaded} shown={shown} title="Loaded cost with this draft" testId="preview-loaded" />
        <span>
          {draft.loaded.value !== null && <small>/Mtok loaded</small>}
          {isChanged && (
            <ChangeText
              now={draft.loaded.value}
              before={inForce.loaded.value}
              better="down"
              reference="the book in force"
            />
          )}
        </span>
      </div>
      {draft.loaded.absence !== null && <p className={styles['absence']}>{ABSENCE_WORDS[draft.loaded.absence]}</p>}
      <table>
        <thead>
          <tr>
            <th scope="col">$/Mtok</th>
            <th scope="col">in force</th>
            {isChanged && <th scope="col">draft</th>}
            {isChanged && <th scope="col">change</th>}
          </tr>
        </thead>
        <tbody>
          {partRows(shown).map((row) => (
            <tr key={row.part}>
              <th scope="row">
                <i data-part={row.part} />
                {PART_WORDS[row.part]}
              </th>
              <td>
                <PartOf figure={inForce.loaded} shown={shown} title="Loaded cost, book in force" text={row.inForce} />
              </td>
              {isChanged && (
                <>
                  <td>
                    <PartOf figure={draft.loaded} shown={shown} title="Loaded cost with this draft" text={row.draft} />
                  </td>
                  <td>
                    <PartOf figure={draft.loaded} shown={shown} title="Loaded cost with this draft" text={row.change} />
                  </td>
                </>
              )}
            </tr>
          ))}
          {ROWS.map(({ key, title, meaning, isTotal }) => (
            <tr key={key} className={isTotal ? styles['total'] : undefined}>
              <th scope="row" title={meaning}>
                {title}
              </th>
              <td>
                <Explained figure={inForce[key]} shown={shown} title={`${EXPLAINED[key]}, book in force`} />
              </td>
              {isChanged && (
                <>
                  <td>
                    <Explained figure={draft[key]} shown={shown} title={`${EXPLAINED[key]} with this draft`} />
                  </td>
                  <td>
                    <Change draft={draft[key]} inForce={inForce[key]} />
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles['foot']}>The month is an estimate: 730 hours at the pace of this window.</p>
    </section>
  );
}

type ExplainedProps = {
  readonly figure: Figure;
  readonly shown: PreviewedWindow;
  readonly title: string;
  readonly testId?: string;
};

function Explained({ figure, shown, title, testId }: ExplainedProps) {
  const isHero = testId !== undefined;
  return (
    <FigureButton request={{ figure, title, window: shown.window }} {...(isHero ? { testId } : {})}>
      {formatFigure(figure.value, figure.unit, isHero ? { currency: 'before' } : roundedIfLarge(figure)).text}
    </FigureButton>
  );
}

/** A part of a figure: the figure's own working names it. */
function PartOf({ figure, shown, title, text }: ExplainedProps & { readonly text: string }) {
  if (text === '') return null;
  return <FigureButton request={{ figure, title, window: shown.window }}>{text}</FigureButton>;
}

function roundedIfLarge({ value, unit }: Figure): { readonly decimals?: number } {
  return unit === 'USD' && Math.abs(value ?? 0) >= WHOLE_DOLLARS_FROM ? { decimals: 0 } : {};
}

function Change({ draft, inForce }: { readonly draft: Figure; readonly inForce: Figure }) {
  if (draft.value === inForce.value) return null;
  return <ChangeText now={draft.value} before={inForce.value} better="down" reference="the book in force" />;
}
