import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import type { SourceSettings } from '#shared/contract/backend-api.ts';
import styles from './SourceDrawer.module.css';
import { SourceForm } from './SourceForm.tsx';

/** What the drawer is opened for. `shown` stands for the address of an opened file, which is a handle. */
export type DrawerRequest = { readonly key: string } & (
  | { readonly kind: 'connect'; readonly address: string; readonly shown: string | null }
  | { readonly kind: 'edit'; readonly name: string; readonly tests: boolean }
);

type SourceDrawerProps = { readonly request: DrawerRequest; readonly onClose: () => void };

/** One source to connect, to test or to change. No scrim: the list beside it stays readable. */
export function SourceDrawer({ request, onClose }: SourceDrawerProps) {
  const { queries } = useBackend();
  const settings = useQuery(queries.sourceSettings());
  const closer = useRef<HTMLButtonElement>(null);
  useEffect(() => closer.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  const source = settings.data?.sources.find(({ name }) => request.kind === 'edit' && name === request.name) ?? null;
  const title = request.kind === 'connect' ? 'Connect a source' : request.name;
  return (
    <aside className={styles['drawer']} aria-label={title} data-testid="source-drawer">
      <header>
        <p>{request.kind === 'connect' ? 'What answers there is asked once; nothing is kept yet' : 'Edit source'}</p>
        <button ref={closer} type="button" onClick={onClose} aria-label="Close" className={styles['close']}>
          Esc
        </button>
        <h2>{title}</h2>
      </header>
      {settings.data !== undefined && (request.kind === 'connect' || source !== null) && (
        <SourceForm settings={settings.data} start={startOf(request, source)} source={source} onClose={onClose} />
      )}
    </aside>
  );
}

export type FormStart = { readonly address: string; readonly shown: string | null; readonly tests: boolean };

function startOf(request: DrawerRequest, source: SourceSettings | null): FormStart {
  if (request.kind === 'connect') return { address: request.address, shown: request.shown, tests: true };
  return { address: source?.address ?? '', shown: null, tests: request.tests };
}
