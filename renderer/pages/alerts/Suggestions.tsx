import { Icon } from '#renderer/components/Icon.tsx';
import type { AlertSettings } from '#shared/model/alert.ts';
import styles from './AlertsPage.module.css';
import { suggestedRules, withRule } from './rule-draft.ts';
import { useAlertCalls } from './use-alert-calls.ts';

/** What a page without rules teaches: what can be watched, and two rules to begin with. */
export function Suggestions({ settings }: { readonly settings: AlertSettings }) {
  const { saveSettings } = useAlertCalls();
  return (
    <section className={styles['teach']} aria-label="Suggestions">
      <h2>No rule is set yet</h2>
      <p>
        Sources that fall silent are watched already. A rule watches any figure of any part of the fleet: against a
        limit, or against what is usual at that hour of the week. Start with one of these, and change it under Rules.
      </p>
      <div>
        {suggestedRules().map(({ title, why, rule }) => (
          <button
            key={rule.id}
            type="button"
            disabled={saveSettings.isPending}
            onClick={() => saveSettings.mutate({ settings: withRule(settings, rule) })}
          >
            <Icon name="plus" size={13} />
            <span>
              {title}
              <small>{why}</small>
            </span>
          </button>
        ))}
      </div>
      {saveSettings.error !== null && <output>{saveSettings.error.message}</output>}
    </section>
  );
}
