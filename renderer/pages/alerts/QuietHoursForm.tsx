import { useState } from 'react';
import { NumberField } from '#renderer/components/NumberField.tsx';
import type { AlertSettings, QuietSpan } from '#shared/model/alert.ts';
import styles from './AlertsPage.module.css';
import { useAlertCalls } from './use-alert-calls.ts';

/** When nothing that is not urgent is told, and how often an open alert is told again. */
export function QuietHoursForm({ settings }: { readonly settings: AlertSettings }) {
  const [draft, setDraft] = useState(settings.quietHours);
  const [reminderHours, setReminderHours] = useState(settings.reminderHours);
  const { saveSettings } = useAlertCalls();
  const [span = FIRST_SPAN] = draft.spans;
  const setSpan = (part: Partial<QuietSpan>): void =>
    setDraft({ ...draft, spans: [{ ...span, ...part }, ...draft.spans.slice(1)] });
  return (
    <form
      className={styles['section']}
      onSubmit={(event) => {
        event.preventDefault();
        saveSettings.mutate({ settings: { ...settings, quietHours: draft, reminderHours } });
      }}
    >
      <header className={styles['head']}>
        <h2>Quiet hours</h2>
        <span>what is over before they end is never told</span>
      </header>
      <div className={styles['editor']}>
        <div className={styles['row']}>
          <label className={styles['check']}>
            <input
              type="checkbox"
              checked={draft.isOn}
              onChange={(event) => setDraft({ ...draft, isOn: event.target.checked })}
            />
            Keep quiet
          </label>
          <fieldset className={styles['days']} aria-label="Nights that begin on">
            {DAYS.map((name, day) => (
              <button
                key={name}
                type="button"
                aria-pressed={span.days.includes(day)}
                onClick={() =>
                  setSpan({ days: DAY_NUMBERS.filter((one) => (one === day) !== span.days.includes(one)) })
                }
              >
                {name}
              </button>
            ))}
          </fieldset>
          <TimeField label="From" minute={span.fromMinute} onChange={(fromMinute) => setSpan({ fromMinute })} />
          <TimeField label="To" minute={span.toMinute} onChange={(toMinute) => setSpan({ toMinute })} />
          <label>
            Zone
            <input
              required
              value={draft.zone}
              maxLength={64}
              onChange={(event) => setDraft({ ...draft, zone: event.target.value })}
            />
          </label>
          <label className={styles['check']}>
            <input
              type="checkbox"
              checked={draft.urgentPasses}
              onChange={(event) => setDraft({ ...draft, urgentPasses: event.target.checked })}
            />
            urgent alerts pass
          </label>
        </div>
        <div className={styles['row']}>
          <label className={styles['check']}>
            <input
              type="checkbox"
              checked={reminderHours !== null}
              onChange={(event) => setReminderHours(event.target.checked ? 24 : null)}
            />
            Tell again while an alert stays open
          </label>
          {reminderHours !== null && (
            <NumberField
              label="Every"
              unit="h"
              value={reminderHours}
              min={0.25}
              max={168}
              onChange={setReminderHours}
            />
          )}
          <button type="submit" className={styles['button']} disabled={saveSettings.isPending}>
            Save
          </button>
          {saveSettings.error !== null && <output className={styles['note']}>{saveSettings.error.message}</output>}
        </div>
      </div>
    </form>
  );
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const DAY_NUMBERS: readonly number[] = DAYS.map((_, day) => day);
const FIRST_SPAN: QuietSpan = { days: DAY_NUMBERS, fromMinute: 22 * 60, toMinute: 7 * 60 };

type TimeFieldProps = { readonly label: string; readonly minute: number; readonly onChange: (minute: number) => void };

function TimeField({ label, minute, onChange }: TimeFieldProps) {
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    <label>
      {label}
      <input
        type="time"
        required
        value={`${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`}
        onChange={(event) => {
          const [hours = 0, minutes = 0] = event.target.value.split(':').map(Number);
          if (event.target.value !== '') onChange(hours * 60 + minutes);
        }}
      />
    </label>
  );
}
