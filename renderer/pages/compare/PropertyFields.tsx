import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { CallError } from '#renderer/backend/queries.ts';
import {
  PRECISIONS,
  SPECULATIONS,
  type ComparedDeployment,
  type DeploymentNote,
  type ToldProperty,
} from '#shared/contract/compare-schema.ts';
import styles from './ComparePage.module.css';

const BY_WORDS: Readonly<Record<NonNullable<ToldProperty['by']>, string>> = {
  operator: 'entered',
  engine: 'told by its engines',
  counters: 'by its counters',
  name: 'by its name',
};

/** Precision and speculative decoding: as they are told, or as the operator says where nobody tells. */
export function PropertyFields({ deployment }: { readonly deployment: ComparedDeployment }) {
  const save = useSaveNote();
  const { precision, speculation } = deployment;
  const note: DeploymentNote = {
    model: deployment.model,
    precision: entered(PRECISIONS, precision),
    speculation: entered(SPECULATIONS, speculation),
  };
  // What was chosen a moment ago may not be in the answer yet: the other field must not take it back.
  const latest = save.variables ?? note;
  return (
    <div className={styles['properties']}>
      <Property
        label="Precision"
        choices={PRECISIONS}
        property={precision}
        onChoose={(value) => save.mutate({ ...latest, precision: value })}
      />
      <Property
        label="Speculative decoding"
        choices={SPECULATIONS}
        property={speculation}
        onChoose={(value) => save.mutate({ ...latest, speculation: value })}
      />
      {save.error !== null && <p role="alert">It could not be kept: {save.error.message}</p>}
    </div>
  );
}

function entered<Value extends string>(values: readonly Value[], { value, by }: ToldProperty): Value | null {
  return by === 'operator' ? (values.find((one) => one === value) ?? null) : null;
}

type PropertyProps<Value extends string> = {
  readonly label: string;
  readonly choices: readonly Value[];
  readonly property: ToldProperty;
  readonly onChoose: (value: Value | null) => void;
};

function Property<Value extends string>({ label, choices, property, onChoose }: PropertyProps<Value>) {
  const { value, by } = property;
  const isEntered = by === 'operator';
  const told = isEntered ? 'as it is told' : value === null ? 'not known' : value;
  return (
    <label>
      {label}
      <select
        value={isEntered ? (value ?? '') : ''}
        onChange={(event) => onChoose(choices.find((choice) => choice === event.target.value) ?? null)}
      >
        <option value="">{told}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
      <small>{by === null ? 'nobody tells: enter it to compare' : BY_WORDS[by]}</small>
    </label>
  );
}

function useSaveNote() {
  const { client } = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (note: DeploymentNote) => {
      const saved = await client.saveDeploymentNote(note);
      if (!saved.ok) throw new CallError(saved.failure);
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: ['reference'] }),
  });
}
