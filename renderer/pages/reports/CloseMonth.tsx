import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useCall } from '#renderer/backend/use-call.ts';
import { Icon } from '#renderer/components/Icon.tsx';
import type { ReportMonth } from '#shared/contract/report-calls-schema.ts';
import { monthName } from '#shared/report-text/head-text.ts';
import { closingWords, restatementWords } from './report-rows.ts';
import styles from './ReportsPage.module.css';

type CloseMonthProps = { readonly month: ReportMonth; readonly zone: string; readonly canClose: boolean };

/** Closes a month that is over; of a closed one, says when that was and what has changed since. */
export function CloseMonth({ month, zone, canClose }: CloseMonthProps) {
  if (month.closing !== null) return <ClosedMonth month={month} zone={zone} />;
  if (month.state !== 'provisional' || !canClose) return null;
  return <CloseButton month={month.month} />;
}

function ClosedMonth({ month, zone }: Pick<CloseMonthProps, 'month' | 'zone'>) {
  const { queries } = useBackend();
  const restatement = useQuery(queries.restatement(month.month));
  const words = restatement.data === undefined || restatement.data === null ? null : restatementWords(restatement.data);
  return (
    <p className={styles['closed']}>
      <Icon name="good" size={13} />
      {closingWords(month, zone)}
      {words !== null && <b data-restated={words.isRestated}>{words.text}</b>}
    </p>
  );
}

/** The browser's dialog holds the focus and closes on Escape by itself. */
function CloseButton({ month }: { readonly month: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = useCall('closeMonth');
  return (
    <>
      <button
        type="button"
        className={styles['button']}
        disabled={close.isPending}
        onClick={() => dialog.current?.showModal()}
      >
        {close.isPending ? 'Closing…' : 'Close month…'}
      </button>
      {close.error !== null && (
        <output className={styles['outcome']} data-state="bad">
          <Icon name="bad" size={13} />
          {close.error.message}
        </output>
      )}
      <dialog ref={dialog} className={styles['dialog']} aria-label={`Close ${monthName(month)}`}>
        <h2>Close {monthName(month)}?</h2>
        <p>
          Its figures are frozen as they are now: this report is what was charged. Later prices or data no longer change
          it; what they would change is shown as a restatement. A closed month is not opened again.
        </p>
        <form method="dialog">
          <button type="submit" className={styles['button']}>
            Leave it open
          </button>
          <button type="submit" className={styles['primary']} onClick={() => close.mutate({ month })}>
            Close the month
          </button>
        </form>
      </dialog>
    </>
  );
}
