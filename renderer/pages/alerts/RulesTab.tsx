import { useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { amountText, ruleSentence } from '#shared/alerts/alert-text.ts';
import type { AlertRulesAnswer, RuleStanding } from '#shared/contract/alerts-schema.ts';
import type { AlertRule } from '#shared/model/alert.ts';
import styles from './AlertsPage.module.css';
import { freeId, newRule, withoutRule, withRule } from './rule-draft.ts';
import { RuleEditor } from './RuleEditor.tsx';
import { SilenceFields } from './SilenceFields.tsx';
import { Suggestions } from './Suggestions.tsx';
import { useAlertCalls } from './use-alert-calls.ts';

/** Rules as plain sentences; one is edited in its place. */
export function RulesTab({ answer }: { readonly answer: AlertRulesAnswer }) {
  const { url } = usePage();
  const [edited, setEdited] = useState<string | null>(null);
  const { saveSettings } = useAlertCalls();
  const { settings, standings } = answer;
  const taken = settings.rules.map(({ id }) => id);
  const draft = newRule(freeId('rule', taken));
  const isNew = edited !== null && !taken.includes(edited);
  const save = (rule: AlertRule): void =>
    saveSettings.mutate({ settings: withRule(settings, rule) }, { onSuccess: () => setEdited(null) });
  const editor = (rule: AlertRule, onRemove: (() => void) | null) => (
    <RuleEditor
      rule={rule}
      isSaving={saveSettings.isPending}
      trouble={saveSettings.error?.message ?? null}
      onSave={save}
      onCancel={() => setEdited(null)}
      onRemove={onRemove}
    />
  );
  return (
    <>
      <section className={styles['section']}>
        <header className={styles['head']}>
          <h2>Rules</h2>
          <span>press one to change it</span>
          <div>
            <button type="button" className={styles['button']} onClick={() => setEdited(draft.id)}>
              <Icon name="plus" size={12} />
              Add a rule
            </button>
          </div>
        </header>
        <ul className={styles['rules']}>
          {settings.rules.map((rule) => (
            <li key={rule.id}>
              {edited === rule.id ? (
                editor(rule, () =>
                  saveSettings.mutate(
                    { settings: withoutRule(settings, rule.id) },
                    { onSuccess: () => setEdited(null) },
                  ),
                )
              ) : (
                <RuleLine rule={rule} standing={standings[rule.id]} onEdit={() => setEdited(rule.id)} />
              )}
            </li>
          ))}
          {isNew && <li>{editor({ ...draft, scope: url.scope, basis: url.basis }, null)}</li>}
        </ul>
      </section>
      {settings.rules.length === 0 && !isNew && <Suggestions settings={settings} />}
      <SilenceFields
        key={JSON.stringify(settings.silence)}
        silence={settings.silence}
        onSave={(silence) => saveSettings.mutate({ settings: { ...settings, silence } })}
      />
    </>
  );
}

type RuleLineProps = {
  readonly rule: AlertRule;
  readonly standing: RuleStanding | undefined;
  readonly onEdit: () => void;
};

function RuleLine({ rule, standing, onEdit }: RuleLineProps) {
  const state = rule.isOn ? (standing?.state ?? 'waiting') : 'off';
  const value = standing?.value ?? null;
  return (
    <button type="button" className={styles['rule']} data-state={state} onClick={onEdit}>
      <span className={styles['mark']}>
        <Icon name={STATE_ICONS[state]} size={14} />
      </span>
      <span>
        {ruleSentence(rule)}.<small>{standing?.note ?? ''}</small>
      </span>
      <span className={styles['standing']}>
        <b>{value === null ? '' : amountText(rule.figure, value)}</b>
        <small>{STATE_WORDS[state]}</small>
      </span>
    </button>
  );
}

const STATE_ICONS = {
  fine: 'good',
  wrong: 'waiting',
  firing: 'late',
  repriced: 'info',
  blind: 'info',
  waiting: 'waiting',
  off: 'pause',
  'no-history': 'info',
} as const satisfies Readonly<Record<RuleStanding['state'], string>>;

const STATE_WORDS: Readonly<Record<RuleStanding['state'], string>> = {
  fine: 'fine now',
  wrong: 'beyond it, not for long enough',
  firing: 'an alert now',
  repriced: 'beyond it since prices changed',
  blind: 'hardly observed',
  waiting: 'not looked at yet',
  off: 'off',
  'no-history': 'not enough history',
};
