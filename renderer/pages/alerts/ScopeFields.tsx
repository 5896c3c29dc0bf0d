import { SCOPE_KEYS } from '#renderer/state/url-state.ts';
import type { WatchScope } from '#shared/model/alert.ts';
import styles from './AlertsPage.module.css';

type ScopeFieldsProps = { readonly scope: WatchScope; readonly onChange: (scope: WatchScope) => void };

type ScopeKey = (typeof SCOPE_KEYS)[number];

/** The whole fleet, or one part of it by its name. A scope of several parts, taken over from a page, is kept until one is chosen. */
export function ScopeFields({ scope, onChange }: ScopeFieldsProps) {
  const key = SCOPE_KEYS.find((name) => scope[name] !== undefined) ?? null;
  return (
    <span className={styles['fields']}>
      <label>
        Of
        <select
          value={key ?? ''}
          onChange={(event) => {
            const next = SCOPE_KEYS.find((name) => name === event.target.value);
            onChange(next === undefined ? {} : scopeOf(next, ''));
          }}
        >
          <option value="">the whole fleet</option>
          {SCOPE_KEYS.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {key !== null && (
        <label>
          Name
          <input
            required
            maxLength={512}
            value={scope[key] ?? ''}
            onChange={(event) => onChange(scopeOf(key, event.target.value))}
          />
        </label>
      )}
    </span>
  );
}

function scopeOf(key: ScopeKey, value: string): WatchScope {
  return { [key]: value };
}
