import { useEffect, useRef, useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import type { CallInput, SourceSettings, SourcesSettings } from '#shared/contract/backend-api.ts';
import { AccessFields } from './AccessFields.tsx';
import { accessOfDraft, accessWords, draftOfAccess, missingOf, secretBase, type AccessDraft } from './access-draft.ts';
import { ClusterFields } from './ClusterFields.tsx';
import { KIND_WORDS } from './kind-words.ts';
import { filterText, matchersOf } from './label-filter.ts';
import type { FormStart } from './SourceDrawer.tsx';
import styles from './SourceDrawer.module.css';
import { TestResult } from './TestResult.tsx';
import { useSourceCall } from './use-source-calls.ts';

type SourceFormProps = {
  readonly settings: SourcesSettings;
  readonly start: FormStart;
  /** Null for one that is to be connected. */
  readonly source: SourceSettings | null;
  readonly onClose: () => void;
};

type Draft = {
  readonly name: string;
  readonly address: string;
  readonly access: AccessDraft;
  readonly filter: string;
  readonly hours: number;
};

const HOURS_FIRST = 168;

/** Address, access and name of a source; below them what a test found. Nothing is kept until it is connected or saved. */
export function SourceForm({ settings, start, source, onClose }: SourceFormProps) {
  const [random] = useState(randomSigns);
  const [draft, setDraft] = useState<Draft>(() => ({
    name: source?.name ?? '',
    address: start.address,
    access: draftOfAccess(source?.access ?? null),
    filter: filterText(source?.matchers ?? []),
    hours: source?.backfillHours ?? HOURS_FIRST,
  }));
  const test = useSourceCall('testSource');
  const connect = useSourceCall('connectSource');
  const change = useSourceCall('changeSource');
  const saved = source === null ? connect : change;

  const entered = enteredOf(draft, source, random);
  const runTest = (): void => {
    if (typeof entered !== 'string') test.mutate({ draft: entered, of: source?.name ?? null });
  };
  useTestAtStart(start.tests, runTest);

  const save = (): void => {
    if (typeof entered === 'string') return;
    const name = draft.name.trim();
    const done = { onSuccess: onClose };
    if (source === null) connect.mutate({ ...entered, name: name === '' ? null : name }, done);
    else change.mutate({ name: source.name, newName: name === '' ? source.name : name, draft: entered }, done);
  };
  const set = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const kind = test.data?.health.kind ?? source?.kind ?? null;
  const isServer = kind === 'prometheus';
  const isAsked = kind !== 'local-gpus' && kind !== 'file';
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className={styles['body']}>
        <section>
          <label htmlFor="draft-address">Address</label>
          {start.shown === null ? (
            <textarea
              id="draft-address"
              rows={Math.min(6, draft.address.split('\n').length + Math.floor(draft.address.length / 60))}
              value={draft.address}
              spellCheck={false}
              readOnly={source !== null && !isAsked}
              onChange={(event) => set({ address: event.target.value })}
            />
          ) : (
            <output id="draft-address">{start.shown}</output>
          )}
          {isAsked && (
            <details open={draft.access.auth !== 'none' || isRefused(test.error)}>
              <summary>
                Asked with <b>{accessWords(draft.access)}</b>
              </summary>
              <AccessFields draft={draft.access} note={settings.secrets.note} onChange={(access) => set({ access })} />
            </details>
          )}
          {isServer && <ClusterFields filter={draft.filter} hours={draft.hours} onChange={set} />}
          <button
            type="button"
            className={styles['test']}
            disabled={test.isPending || typeof entered === 'string'}
            onClick={runTest}
          >
            {test.isPending ? 'Asking…' : 'Test'}
          </button>
        </section>
        <TestResult test={test} />
        <section>
          <label htmlFor="draft-name">Name</label>
          <input
            id="draft-name"
            value={draft.name}
            maxLength={512}
            spellCheck={false}
            placeholder={test.data?.name ?? 'as its address'}
            onChange={(event) => set({ name: event.target.value })}
          />
          {kind !== null && <small>{KIND_WORDS[kind]}</small>}
        </section>
      </div>
      <footer>
        {saved.error !== null && (
          <p role="alert">
            <Icon name="bad" size={13} />
            {saved.error.message}
          </p>
        )}
        {typeof entered === 'string' && <p>{entered}</p>}
        <button type="submit" disabled={saved.isPending || typeof entered === 'string'}>
          {source === null ? (saved.isPending ? 'Connecting…' : 'Connect') : saved.isPending ? 'Saving…' : 'Save'}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </footer>
    </form>
  );
}

/** What is looked at when the drawer opens is asked at once, and only once. */
function useTestAtStart(tests: boolean, run: () => void): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (!tests || isDone.current) return;
    isDone.current = true;
    run();
  });
}

type Entered = NonNullable<CallInput['testSource']['draft']>;

/** The draft as it is sent, or what is still missing in it. */
function enteredOf(draft: Draft, source: SourceSettings | null, random: string): Entered | string {
  if (draft.address.trim() === '') return 'Enter an address.';
  const missing = missingOf(draft.access);
  if (missing !== null) return missing;
  const matchers = matchersOf(draft.filter);
  if (!matchers.ok) return `Label filter: ${matchers.failure}`;
  const { access, secrets } = accessOfDraft(draft.access, source?.access ?? null, secretBase(draft.address, random));
  return {
    address: draft.address,
    access: access === null ? null : { ...access, headers: { ...access.headers } },
    secrets: { ...secrets },
    matchers: matchers.value,
    backfillHours: draft.hours,
  };
}

function isRefused(error: Error | null): boolean {
  return error !== null && /credentials|401|403|certificate|secret/i.test(error.message);
}

/** So that the names of secrets of two sources at one address differ. */
function randomSigns(): string {
  return [...crypto.getRandomValues(new Uint8Array(3))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
