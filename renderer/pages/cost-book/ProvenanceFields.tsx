import type { Provenance } from '#shared/model/cost-book.ts';
import { AssumedBadge } from './AssumedBadge.tsx';
import { ChoiceField } from './ChoiceField.tsx';
import styles from './CostBookPage.module.css';
import { DayField } from './DayField.tsx';
import { FieldGroup } from './FieldGroup.tsx';
import fields from './Fields.module.css';
import { provenanceWords, readNote, SOURCE_KINDS, writeNote, type SourceKind } from './provenance-words.ts';
import { TextField } from './TextField.tsx';

type ProvenanceFieldsProps = {
  readonly path: string;
  readonly provenance: Provenance;
  readonly onChange: (provenance: Provenance) => void;
};

const KIND_CHOICES: readonly { readonly value: SourceKind | ''; readonly name: string }[] = [
  { value: '', name: 'Other' },
  ...SOURCE_KINDS.map((kind) => ({ value: kind, name: kind })),
];

/** Where a price came from: what an auditor asks first. An assumed price says so until somebody stands for it. */
export function ProvenanceFields({ path, provenance, onChange }: ProvenanceFieldsProps) {
  const { kind, text } = readNote(provenance.note);
  if (provenance.quality === 'assumed') {
    return (
      <FieldGroup title="Where it comes from" help="A price that nobody entered says so wherever it is used.">
        <p className={styles['assumption']}>
          <AssumedBadge provenance={provenance} />
          <span>{provenanceWords(provenance)}</span>
        </p>
        <button
          type="button"
          className={styles['plain']}
          onClick={() => onChange({ quality: 'entered', note: '', asOf: null })}
        >
          This is what we pay
        </button>
      </FieldGroup>
    );
  }
  return (
    <FieldGroup title="Where it comes from" help="What an auditor asks first. It is shown with every figure.">
      <div className={fields['row']}>
        <ChoiceField
          label="Source"
          value={kind ?? ''}
          choices={KIND_CHOICES}
          onChange={(chosen) => onChange({ ...provenance, note: writeNote(chosen === '' ? null : chosen, text) })}
        />
        <TextField
          label="Number, party or note"
          path={`${path}.note`}
          size="long"
          value={text}
          maxLength={480}
          placeholder="such as contract 4711 with Northwind Power"
          onChange={(next) => onChange({ ...provenance, note: writeNote(kind, next) })}
        />
        <DayField
          label="As of"
          path={`${path}.asOf`}
          value={provenance.asOf}
          onChange={(asOf) => onChange({ ...provenance, asOf })}
        />
      </div>
    </FieldGroup>
  );
}
