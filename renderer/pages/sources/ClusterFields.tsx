import styles from './SourceDrawer.module.css';

type ClusterFieldsProps = {
  readonly filter: string;
  readonly hours: number;
  readonly onChange: (part: { readonly filter?: string; readonly hours?: number }) => void;
};

/** What only a server has: one cluster of many, and a past. */
export function ClusterFields({ filter, hours, onChange }: ClusterFieldsProps) {
  return (
    <div className={styles['fields']}>
      <label>
        Label filter, for one cluster of many
        <input
          value={filter}
          spellCheck={false}
          placeholder={'cluster="prod"'}
          onChange={(event) => onChange({ filter: event.target.value })}
        />
      </label>
      <label>
        Past to read, hours
        <input
          type="number"
          min={0}
          max={9600}
          value={hours}
          onChange={(event) => {
            if (event.target.validity.valid && event.target.value !== '')
              onChange({ hours: event.target.valueAsNumber });
          }}
        />
      </label>
    </div>
  );
}
