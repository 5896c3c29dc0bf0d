import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { usePage, type ExplainRequest, type NamedFigure } from '#renderer/state/page-context.tsx';
import { windowLabel } from '#renderer/state/range-spec.ts';
import { ABSENCE_WORDS, BASIS_WORDS, scopeWords, titleOf } from '#renderer/state/words.ts';
import type { Figure } from '#shared/model/figure.ts';
import { formatFigure, formatWithUnit } from '#shared/units/format-quantity.ts';
import { Answer } from './Answer.tsx';
import { CopyButton } from './CopyButton.tsx';
import styles from './ExplainDrawer.module.css';
import { ExplainInputs } from './ExplainInputs.tsx';
import { ExplainParts } from './ExplainParts.tsx';
import { Icon } from './Icon.tsx';
import { Skeleton } from './Skeleton.tsx';

type ExplainDrawerProps = { readonly request: ExplainRequest; readonly onClose: () => void };

/** How a figure came about. No scrim: the page beside it stays readable. */
export function ExplainDrawer({ request, onClose }: ExplainDrawerProps) {
  const { zone, fleetName } = usePage();
  const title = titleOf(request);
  const closer = useRef<HTMLButtonElement>(null);
  // Who opened it has the focus again when it closes: a table is read on by keyboard from where it was left.
  const opener = useRef<Element | null>(null);
  useEffect(() => {
    if (document.activeElement !== closer.current) opener.current = document.activeElement;
    closer.current?.focus({ preventScroll: true });
  }, [request]);
  useEffect(
    () => () => {
      if (opener.current instanceof HTMLElement) opener.current.focus({ preventScroll: true });
    },
    [],
  );
  return (
    <aside className={styles['drawer']} aria-label={`Explain ${title}`} data-testid="explain-drawer">
      <header>
        <p>Explain</p>
        <button ref={closer} type="button" onClick={onClose} aria-label="Close" className={styles['close']}>
          Esc
        </button>
        <h2>{title}</h2>
        <p>
          {placeOf(request, fleetName)}
          {windowLabel(request.window, zone)}
        </p>
      </header>
      <div className={styles['body']}>
        {'name' in request ? <AskedFigure request={request} /> : <Working figure={request.figure} request={request} />}
      </div>
    </aside>
  );
}

/** The scope before the window; a given figure says in its title what it is of. */
function placeOf(request: ExplainRequest, fleetName: string): string {
  return 'name' in request ? `${scopeWords(request.scope, fleetName)}, ` : '';
}

function AskedFigure({ request }: { readonly request: NamedFigure }) {
  const { queries } = useBackend();
  const query = useQuery({
    ...queries.figure(request.name, request.window, request.scope, request.basis),
    // Another figure's working under this one's title would be a lie: here old values are not kept.
    placeholderData: () => undefined,
  });
  return (
    <Answer query={query} what="The working of this figure" skeleton={<DrawerSkeleton />}>
      {(figure) => <Working figure={figure} request={request} />}
    </Answer>
  );
}

function Working({ figure, request }: { readonly figure: Figure; readonly request: ExplainRequest }) {
  return (
    <>
      <FigureHead figure={figure} request={request} />
      {figure.formula !== '' && (
        <section>
          <h3>Formula</h3>
          <p className={styles['formula']}>{figure.formula}</p>
          {figure.working !== '' && <code>{figure.working}</code>}
        </section>
      )}
      <ExplainParts figure={figure} />
      <ExplainInputs inputs={figure.inputs} />
      <section className={styles['facts']}>
        <div>
          <h3>Coverage</h3>
          <p>{coverageText(figure)}</p>
        </div>
        <div>
          <h3>Power boundary</h3>
          <p>{figure.powerBoundary ?? 'no energy in this figure'}</p>
        </div>
      </section>
      {figure.notes.length > 0 && (
        <section>
          <h3>Before you trust it</h3>
          <ul className={styles['notes']}>
            {figure.notes.map((note) => (
              <li key={note}>
                <Icon name="info" size={13} />
                {note}
              </li>
            ))}
          </ul>
        </section>
      )}
      <footer>
        <CopyFigure figure={figure} request={request} />
      </footer>
    </>
  );
}

function FigureHead({ figure, request }: { readonly figure: Figure; readonly request: ExplainRequest }) {
  const isPrice = figure.unit === 'USD/Mtok';
  const printed = formatFigure(
    figure.value,
    figure.unit,
    isPrice ? { currency: 'before', decimals: 4 } : { currency: 'before' },
  );
  return (
    <section className={styles['head']}>
      <p>
        <b>{printed.text}</b> {isPrice ? priceWords(request) : printed.unit}
      </p>
      {figure.absence !== null && <p className={styles['absence']}>{ABSENCE_WORDS[figure.absence]}</p>}
    </section>
  );
}

function priceWords(request: ExplainRequest): string {
  return 'name' in request ? `per million ${BASIS_WORDS[request.basis].name} tokens` : 'per million tokens';
}

function coverageText({ coverage }: Figure): string {
  if (coverage.expectedSeconds <= 0) return 'nothing was expected';
  const share = formatWithUnit(coverage.observedSeconds / coverage.expectedSeconds, 'ratio');
  return `${share} of GPU time observed`;
}

function CopyFigure({ figure, request }: { readonly figure: Figure; readonly request: ExplainRequest }) {
  const { zone, fleetName } = usePage();
  const text = [
    `${titleOf(request)}: ${formatWithUnit(figure.value, figure.unit)}`,
    `Unrounded: ${figure.value ?? 'unknown'} ${figure.unit}`,
    `${placeOf(request, fleetName)}${windowLabel(request.window, zone)}`,
    figure.formula,
    figure.working,
    coverageText(figure),
  ].join('\n');
  return <CopyButton text={text} label="Copy figure" />;
}

function DrawerSkeleton() {
  return (
    <section style={{ display: 'grid', gap: 14 }}>
      <Skeleton width={180} height={26} />
      <Skeleton width="80%" />
      <Skeleton width="60%" />
      <Skeleton height={120} />
      <Skeleton height={160} />
    </section>
  );
}
