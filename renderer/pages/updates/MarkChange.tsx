import { useState } from 'react';
import { Popover } from '#renderer/components/Popover.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { UpdatesAnswer, UpdateSummary } from '#shared/contract/savings-schema.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import styles from './UpdatesPage.module.css';
import { deploymentWords } from './update-words.ts';
import { useUpdateCall } from './use-update-call.ts';

/** A change that no exporter tells of, said by hand: new weights, a router's rule. */
export function MarkChange({ answer }: { readonly answer: UpdatesAnswer }) {
  const marks = answer.changes.filter(({ change }) => change.source === 'mark');
  return (
    <Popover label="Mark a change" button="Mark a change" align="end" className={styles['button']} testId="mark-change">
      {(close) => (
        <div className={styles['marks']}>
          <MarkForm answer={answer} onDone={close} />
          {marks.length > 0 && (
            <ul>
              {marks.map((summary) => (
                <Mark key={summary.change.id} summary={summary} />
              ))}
            </ul>
          )}
        </div>
      )}
    </Popover>
  );
}

function MarkForm({ answer, onDone }: { readonly answer: UpdatesAnswer; readonly onDone: () => void }) {
  const save = useUpdateCall('markUpdate');
  const names = answer.deployments.map(({ deployment }) => deploymentWords(deployment));
  const [place, setPlace] = useState(0);
  const [when, setWhen] = useState(formatInstant(answer.window.to, 'UTC', 'input'));
  const [note, setNote] = useState('');
  const at = instantOf(when);
  const deployment = answer.deployments[place]?.deployment;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (at === null || deployment === undefined) return;
        save.mutate({ action: 'save', id: null, mark: { ...deployment, at, note } }, { onSuccess: onDone });
      }}
    >
      <label>
        Deployment
        <select value={place} onChange={(event) => setPlace(Number(event.target.value))}>
          {names.map((name, index) => (
            <option key={name} value={index}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        When, UTC
        <input required value={when} aria-invalid={at === null} onChange={(event) => setWhen(event.target.value)} />
      </label>
      <label>
        What changed
        <input required maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <button type="submit" disabled={save.isPending || at === null}>
        Mark
      </button>
      {at === null && <p role="alert">Write the time as 2026-11-23 14:05.</p>}
      {save.error !== null && <p role="alert">{save.error.message}</p>}
    </form>
  );
}

function Mark({ summary }: { readonly summary: UpdateSummary }) {
  const { zone } = usePage();
  const save = useUpdateCall('markUpdate');
  const { id, deployment, firstAt, note } = summary.change;
  const edited = (text: string) =>
    save.mutate({ action: 'save', id, mark: { ...deployment, at: firstAt, note: text } });
  return (
    <li>
      <span>
        {deploymentWords(deployment)}, {formatInstant(firstAt, zone, 'short')}
      </span>
      <input
        aria-label="What changed"
        maxLength={500}
        defaultValue={note ?? ''}
        onBlur={(event) => {
          if (event.target.value !== '' && event.target.value !== note) edited(event.target.value);
        }}
      />
      <button type="button" disabled={save.isPending} onClick={() => save.mutate({ action: 'remove', id })}>
        Remove
      </button>
    </li>
  );
}

/** `2026-11-23 14:05` in UTC; null for any other text. */
function instantOf(text: string): EpochMs | null {
  const ms = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/u.test(text) ? Date.parse(`${text.replace(' ', 'T')}:00Z`) : NaN;
  return Number.isFinite(ms) ? epochMs(ms) : null;
}
