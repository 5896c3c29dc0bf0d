import { useState } from 'react';
import { useCall } from '#renderer/backend/use-call.ts';
import { PAPERS } from '#shared/model/report.ts';
import type { ReportSettings } from '#shared/model/report-settings.ts';
import { LogoField } from './LogoField.tsx';
import styles from './ReportsPage.module.css';

/** How every report looks, and what it calls its maker. */
export function SettingsTab({ settings }: { readonly settings: ReportSettings }) {
  const [draft, setDraft] = useState(settings);
  const save = useCall('saveReportSettings');
  const set = (part: Partial<ReportSettings>): void => setDraft({ ...draft, ...part });
  const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text);
  return (
    <form
      className={styles['settings']}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ ...draft, schedule: { ...draft.schedule, formats: [...draft.schedule.formats] } });
      }}
    >
      <section>
        <h2>Who it is from</h2>
        <div className={styles['row']}>
          <label>
            Company
            <input
              value={draft.company ?? ''}
              maxLength={200}
              placeholder="none"
              onChange={(event) => set({ company: textOrNull(event.target.value) })}
            />
          </label>
          <label>
            Name of the service, for FOCUS
            <input
              required
              value={draft.serviceName}
              maxLength={100}
              onChange={(event) => set({ serviceName: event.target.value })}
            />
          </label>
        </div>
        <LogoField logo={draft.logo} onChange={(logo) => set({ logo })} />
      </section>
      <section>
        <h2>How it is written</h2>
        <div className={styles['row']}>
          <label>
            Paper
            <select
              value={draft.paper}
              onChange={(event) => set({ paper: PAPERS.find((paper) => paper === event.target.value) ?? draft.paper })}
            >
              {PAPERS.map((paper) => (
                <option key={paper}>{paper}</option>
              ))}
            </select>
          </label>
          <label>
            Numbers and dates as in
            <select value={draft.locale} onChange={(event) => set({ locale: event.target.value })}>
              {[...new Set([draft.locale, ...LOCALES])].map((locale) => (
                <option key={locale} value={locale}>
                  {localeName(locale)}
                </option>
              ))}
            </select>
          </label>
          <label>
            Zone of days and months
            <input
              value={draft.zone ?? ''}
              maxLength={100}
              placeholder="that of the electricity tariff"
              onChange={(event) => set({ zone: textOrNull(event.target.value) })}
            />
          </label>
        </div>
        <p>Files for programs (JSON, CSV) are the same whatever the language is.</p>
      </section>
      <div className={styles['row']}>
        <button type="submit" className={styles['primary']} disabled={save.isPending}>
          Save
        </button>
        {save.error !== null && (
          <output className={styles['outcome']} data-state="bad">
            {save.error.message}
          </output>
        )}
        {save.data !== undefined && <output className={styles['outcome']}>Saved; the next report has it.</output>}
      </div>
    </form>
  );
}

const LOCALES = ['en-US', 'en-GB', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL', 'pl-PL', 'sv-SE', 'ja-JP', 'pt-BR'];

/** `German (Germany), 1.234,5`: what it does to a number says more than its name. */
function localeName(locale: string): string {
  const name = new Intl.DisplayNames(['en'], { type: 'language' }).of(locale) ?? locale;
  return `${name}, ${new Intl.NumberFormat(locale).format(1234.5)}`;
}
