import { Segmented } from '#renderer/components/Segmented.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import type { AccessDraft } from './access-draft.ts';
import { SecretInput } from './SecretInput.tsx';
import styles from './SourceDrawer.module.css';

type AccessFieldsProps = {
  readonly draft: AccessDraft;
  /** Where a secret that is entered now goes. */
  readonly note: string;
  readonly onChange: (draft: AccessDraft) => void;
};

const KINDS = [
  { value: 'none', name: 'None' },
  { value: 'bearer', name: 'Bearer' },
  { value: 'basic', name: 'Basic' },
  { value: 'header', name: 'Header' },
] as const;

/** How the servers of a source are asked. Secrets are written here and never read back. */
export function AccessFields({ draft, note, onChange }: AccessFieldsProps) {
  const set = (part: Partial<AccessDraft>): void => onChange({ ...draft, ...part });
  return (
    <div className={styles['fields']}>
      <Segmented label="Credentials" choices={KINDS} value={draft.auth} onChoose={(auth) => set({ auth })} />
      <Credential draft={draft} set={set} />
      {draft.auth !== 'none' && <small>{note}</small>}
      <TextField label="Tenant (X-Scope-OrgID)" value={draft.tenant} onChange={(tenant) => set({ tenant })} />
      <label>
        Headers, one a line; shown and kept as plain text
        <textarea
          rows={2}
          value={draft.headers}
          spellCheck={false}
          placeholder="X-Team: inference"
          onChange={(event) => set({ headers: event.target.value })}
        />
      </label>
      <TlsFields draft={draft} set={set} />
      <TextField
        label="Proxy"
        value={draft.proxy}
        placeholder="http://proxy:3128"
        onChange={(proxy) => set({ proxy })}
      />
      {draft.proxy.trim() !== '' && (
        <>
          <TextField label="Proxy user" value={draft.proxyUser} onChange={(proxyUser) => set({ proxyUser })} />
          <SecretInput
            label="Proxy password"
            field={draft.proxyPassword}
            onChange={(proxyPassword) => set({ proxyPassword })}
          />
        </>
      )}
    </div>
  );
}

type PartProps = { readonly draft: AccessDraft; readonly set: (part: Partial<AccessDraft>) => void };

function Credential({ draft, set }: PartProps) {
  const secret = (label: string) => (
    <SecretInput label={label} field={draft.credential} onChange={(credential) => set({ credential })} />
  );
  switch (draft.auth) {
    case 'none':
      return null;
    case 'bearer':
      return secret('Token');
    case 'basic':
      return (
        <>
          <TextField label="User name" value={draft.username} onChange={(username) => set({ username })} />
          {secret('Password')}
        </>
      );
    case 'header':
      return (
        <>
          <TextField
            label="Header"
            value={draft.header}
            placeholder="X-Api-Key"
            onChange={(header) => set({ header })}
          />
          {secret('Value')}
        </>
      );
  }
}

function TlsFields({ draft, set }: PartProps) {
  return (
    <details>
      <summary>Certificates</summary>
      <div className={styles['fields']}>
        <SecretInput label="Own CA, PEM" isPem field={draft.ca} onChange={(ca) => set({ ca })} />
        <SecretInput
          label="Client certificate, PEM"
          isPem
          field={draft.certificate}
          onChange={(certificate) => set({ certificate })}
        />
        <SecretInput label="Key of the certificate, PEM" isPem field={draft.key} onChange={(key) => set({ key })} />
        <TextField
          label="Name in the certificate"
          value={draft.serverName}
          onChange={(serverName) => set({ serverName })}
        />
        <TextField label="Pinned fingerprint, SHA-256" value={draft.pin} onChange={(pin) => set({ pin })} />
        <label className={styles['check']}>
          <input
            type="checkbox"
            checked={draft.skipVerification}
            onChange={(event) => set({ skipVerification: event.target.checked })}
          />
          Take any certificate
        </label>
        {draft.skipVerification && (
          <p className={styles['warning']}>
            <Icon name="late" size={13} />
            Whoever stands in between can read the credentials and change the numbers. Add the CA instead.
          </p>
        )}
      </div>
    </details>
  );
}

type TextFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onChange: (value: string) => void;
};

function TextField({ label, value, placeholder, onChange }: TextFieldProps) {
  return (
    <label>
      {label}
      <input
        value={value}
        spellCheck={false}
        autoComplete="off"
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
