import { Fragment } from 'react';
import { RANGED_PAGES, SCOPE_KEYS } from '#renderer/state/url-state.ts';
import { usePage } from '#renderer/state/page-context.tsx';
import { Icon } from './Icon.tsx';
import styles from './TopBar.module.css';

/** Where the reader stands: the fleet, and what it is narrowed to. Each step can be left. */
export function ScopePath() {
  const { url, go, fleetName } = usePage();
  const steps = SCOPE_KEYS.filter((key) => url.scope[key] !== undefined);
  if (steps.length === 0 || !RANGED_PAGES.includes(url.page)) {
    return (
      <nav className={styles['path']} aria-label="Scope">
        <strong title={fleetName}>
          <span>{fleetName}</span>
        </strong>
        {RANGED_PAGES.includes(url.page) && (
          <>
            <span>/</span>
            <span>all models</span>
          </>
        )}
      </nav>
    );
  }
  return (
    <nav className={styles['path']} aria-label="Scope" data-testid="scope-path">
      <button type="button" title={`Leave the scope for all of ${fleetName}`} onClick={() => go({ scope: {} })}>
        {fleetName}
      </button>
      {steps.map((key) => {
        const { [key]: left, ...rest } = url.scope;
        return (
          <Fragment key={key}>
            <span>/</span>
            <strong title={`${key} ${left ?? 'not named'}`}>
              <span>{left ?? `no ${key}`}</span>
              <button type="button" aria-label={`Leave ${key} ${left ?? ''}`} onClick={() => go({ scope: rest })}>
                <Icon name="close" size={10} />
              </button>
            </strong>
          </Fragment>
        );
      })}
    </nav>
  );
}
