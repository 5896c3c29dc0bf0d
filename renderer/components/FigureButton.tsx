import type { ReactNode } from 'react';
import { titleOf } from '#renderer/state/words.ts';
import { usePage, type ExplainRequest } from '#renderer/state/page-context.tsx';
import styles from './FigureButton.module.css';

type FigureButtonProps = {
  readonly request: ExplainRequest;
  readonly children: ReactNode;
  readonly testId?: string;
};

/** A number that explains itself when pressed. */
export function FigureButton({ request, children, testId }: FigureButtonProps) {
  const { explain } = usePage();
  return (
    <button
      type="button"
      className={styles['figure']}
      data-explains
      title={`Explain: ${titleOf(request)}`}
      data-testid={testId}
      onClick={() => explain(request)}
    >
      {children}
    </button>
  );
}
