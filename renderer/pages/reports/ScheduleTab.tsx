import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useCall } from '#renderer/backend/use-call.ts';
import { Answer } from '#renderer/components/Answer.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { NumberField } from '#renderer/components/NumberField.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import type { ScheduleAnswer } from '#shared/contract/report-calls-schema.ts';
import type { ReportSettings } from '#shared/model/report-settings.ts';
import { FormatChoice } from './FormatChoice.tsx';
import { scheduleWords } from './report-rows.ts';
import styles from './ReportsPage.module.css';

type ScheduleTabProps = { readonly settings: ReportSettings; readonly zone: string };

/** When months are written by themselves, as what, and how the last time went. */
export function ScheduleTab({ settings, zone }: ScheduleTabProps) {
  const { queries } = useBackend();
  const schedule = useQuery(queries.reportSchedule());
  return (
    <Answer query={schedule} what="The schedule" skeleton={<PageSkeleton />}>
      {(state) =>
        state.canRun ? (
          <ScheduleForm settings={settings} zone={zone} state={state} />
        ) : (
          <p className={styles['empty']}>
            Nothing is written by itself here: the sample fleet, a snapshot and a run that keeps nothing have no folder
            for reports. With a fleet of your own, each month is written on a day you choose.
          </p>
        )
      }
    </Answer>
  );
}

function ScheduleForm({ settings, zone, state }: ScheduleTabProps & { readonly state: ScheduleAnswer }) {
  const [draft, setDraft] = useState(settings.schedule);
  const save = useCall('saveReportSettings');
  const { next, last } = scheduleWords(state, zone);
  return (
    <form
      className={styles['settings']}
      onSubmit={(event) => {
        event.preventDefault();
        const { schedule, ...rest } = settings;
        save.mutate({ ...rest, schedule: { ...schedule, ...draft, formats: [...draft.formats] } });
      }}
    >
      <section>
        <h2>Every month</h2>
        <div className={styles['row']}>
          <label className={styles['check']}>
            <input
              type="checkbox"
              checked={draft.isOn}
              onChange={(event) => setDraft({ ...draft, isOn: event.target.checked })}
            />
            Write the report of the month before
          </label>
          <NumberField
            label="On day"
            unit="of the month"
            value={draft.day}
            min={1}
            max={28}
            onChange={(day) => setDraft({ ...draft, day: Math.round(day) })}
          />
          <NumberField
            label="At"
            unit={`h, ${zone}`}
            value={draft.hour}
            min={0}
            max={23}
            onChange={(hour) => setDraft({ ...draft, hour: Math.round(hour) })}
          />
          <FormatChoice formats={draft.formats} onChange={(formats) => setDraft({ ...draft, formats })} />
          <label className={styles['check']}>
            <input
              type="checkbox"
              checked={draft.closes}
              onChange={(event) => setDraft({ ...draft, closes: event.target.checked })}
            />
            close the month first
          </label>
        </div>
        <p>
          Into {state.folder}; another one is set in config.json as reportsFolder. What is missed while Tokenwatt is not
          running is written at the next start.
        </p>
      </section>
      <section className={styles['runs']}>
        <p>
          <Icon name="waiting" size={13} />
          {next}
        </p>
        {last !== null && (
          <p data-state={last.isWritten ? 'good' : 'bad'}>
            <Icon name={last.isWritten ? 'good' : 'bad'} size={13} />
            {last.text}
          </p>
        )}
      </section>
      <div className={styles['row']}>
        <button type="submit" className={styles['primary']} disabled={save.isPending || draft.formats.length === 0}>
          Save
        </button>
        {save.error !== null && (
          <output className={styles['outcome']} data-state="bad">
            {save.error.message}
          </output>
        )}
      </div>
    </form>
  );
}
