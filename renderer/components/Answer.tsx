import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { CallError } from '#renderer/backend/queries.ts';
import styles from './Answer.module.css';
import { Icon } from './Icon.tsx';

type AnswerProps<Value> = {
  readonly query: UseQueryResult<Value>;
  /** The shape of what is to come, shown until the first answer. */
  readonly skeleton: ReactNode;
  /** What is asked for, as in "The cost history could not be loaded." */
  readonly what: string;
  readonly isEmpty?: (value: Value) => boolean;
  readonly empty?: ReactNode;
  readonly children: (value: Value) => ReactNode;
};

/** The five faces of an answer: loading, failed, empty, stale (old values under a word), shown. */
export function Answer<Value>({ query, skeleton, what, isEmpty, empty, children }: AnswerProps<Value>) {
  const { data, error, isPlaceholderData } = query;
  const retry = (): void => void query.refetch();
  if (data === undefined) {
    return error === null ? (
      <div aria-busy="true" aria-label={`${what} is loading`}>
        {skeleton}
      </div>
    ) : (
      <Failed what={what} error={error} onRetry={retry} />
    );
  }
  return (
    <>
      {error !== null && <Stale error={error} onRetry={retry} />}
      {isPlaceholderData && <div className={styles['progress']} aria-hidden="true" />}
      {isEmpty?.(data) === true ? empty : children(data)}
    </>
  );
}

type TroubleProps = { readonly error: Error; readonly onRetry: () => void };

function Failed({ what, error, onRetry }: TroubleProps & { readonly what: string }) {
  return (
    <div className={styles['failed']} role="alert">
      <Icon name="bad" />
      <div>
        <strong>{what} could not be loaded.</strong>
        <p>{error.message}</p>
        <p>{nextStep(error)}</p>
        <button type="button" className={styles['retry']} onClick={onRetry}>
          Try again
        </button>
      </div>
    </div>
  );
}

function Stale({ error, onRetry }: TroubleProps) {
  return (
    <output className={styles['stale']}>
      <Icon name="late" size={13} />
      <span>These values are older: the last request failed. {error.message}</span>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </output>
  );
}

function nextStep(error: Error): string {
  if (!(error instanceof CallError)) return 'Reload the page; if it stays, this is a fault of Tokenwatt.';
  switch (error.failure.kind) {
    case 'disconnected':
      return 'Tokenwatt keeps trying to reach its backend. If this lasts, check that it still runs.';
    case 'bad-input':
      return 'Choose another range or scope.';
    case 'not-possible':
      return 'Choose another range or scope, or look at Sources for what is connected.';
    case 'unknown-call':
      return 'The page and the backend are of different versions: reload the page.';
    case 'failed':
      return 'Try again; if it stays, look at Sources for what is down.';
    default:
      return '';
  }
}
