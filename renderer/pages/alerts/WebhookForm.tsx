import { useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import type { AlertRulesAnswer } from '#shared/contract/alerts-schema.ts';
import styles from './AlertsPage.module.css';
import { useAlertCalls, type WebhookEntry } from './use-alert-calls.ts';

/** Where messages go as JSON. Address and key are secrets: what is kept is never shown again. */
export function WebhookForm({ answer }: { readonly answer: AlertRulesAnswer }) {
  const { settings, webhook, keeping } = answer;
  const [address, setAddress] = useState('');
  const [key, setKey] = useState('');
  const { saveSettings, testWebhook } = useAlertCalls();
  const entry: WebhookEntry = {
    ...(address === '' ? {} : { webhookAddress: address }),
    ...(key === '' ? {} : { webhookKey: key }),
  };
  const isSet = webhook.place !== null || address !== '';
  const save = (webhookIsOn: boolean, changes: WebhookEntry): void =>
    saveSettings.mutate(
      { settings: { ...settings, webhookIsOn }, webhook: changes },
      {
        onSuccess: () => {
          setAddress('');
          setKey('');
        },
      },
    );
  return (
    <form
      className={styles['section']}
      onSubmit={(event) => {
        event.preventDefault();
        save(true, entry);
      }}
    >
      <header className={styles['head']}>
        <h2>Webhook</h2>
        <span>{stateWords(answer)}</span>
      </header>
      <div className={styles['editor']}>
        <div className={styles['row']}>
          <label className={styles['long']}>
            Address
            <input
              type="url"
              autoComplete="off"
              placeholder={
                webhook.place === null
                  ? 'https://hooks.example.com/…'
                  : `${webhook.place}/… is kept; enter another to replace it`
              }
              value={address}
              onChange={(event) => setAddress(event.target.value)}
            />
          </label>
          <label className={styles['long']}>
            Key for the signature
            <input
              type="password"
              autoComplete="new-password"
              minLength={16}
              placeholder={
                webhook.isSigned ? 'a key is kept' : 'at least 16 characters; without one, messages go unsigned'
              }
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          </label>
        </div>
        <div className={styles['row']}>
          <button type="submit" className={styles['button']} disabled={!isSet || saveSettings.isPending}>
            {settings.webhookIsOn ? 'Save' : 'Save and turn on'}
          </button>
          <button
            type="button"
            className={styles['button']}
            disabled={!isSet || testWebhook.isPending}
            onClick={() => testWebhook.mutate(entry)}
          >
            {testWebhook.isPending ? 'Testing…' : 'Send a test'}
          </button>
          {settings.webhookIsOn && (
            <button type="button" className={styles['button']} onClick={() => save(false, {})}>
              Turn off
            </button>
          )}
          {webhook.place !== null && (
            <button
              type="button"
              className={styles['button']}
              onClick={() => save(false, { webhookAddress: null, webhookKey: null })}
            >
              Forget it
            </button>
          )}
          <output className={styles['note']}>
            {saveSettings.error?.message}
            {testWebhook.data !== undefined && (
              <>
                <Icon name={testWebhook.data.isDelivered ? 'good' : 'bad'} size={13} />
                {testWebhook.data.message}
              </>
            )}
            {testWebhook.error?.message}
          </output>
        </div>
        <p className={styles['note']}>
          {keeping} Messages are signed with HMAC-SHA256 in the header X-Tokenwatt-Signature. Redirects are not
          followed.
        </p>
      </div>
    </form>
  );
}

function stateWords({ settings, webhook }: AlertRulesAnswer): string {
  if (webhook.place === null) return 'none is set';
  const signed = webhook.isSigned ? 'signed' : 'not signed';
  return settings.webhookIsOn ? `on: ${webhook.place}, ${signed}` : `off; ${webhook.place} is kept`;
}
