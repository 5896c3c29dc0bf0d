import type { WhatIf } from '#shared/contract/what-if-schema.ts';
import type { ScenarioEdit } from '#shared/model/scenario.ts';
import { LeverFields } from './LeverFields.tsx';
import { editOf, firstEdit, LEVER_WORDS, LEVERS, withEdit, withoutLever, type Lever } from './scenario-levers.ts';
import styles from './WhatIf.module.css';

type LeverFormProps = {
  readonly edits: readonly ScenarioEdit[];
  readonly answer: WhatIf;
  readonly onChange: (edits: readonly ScenarioEdit[]) => void;
  readonly onReset: () => void;
};

/** The few things that can be otherwise. A lever that is switched on begins at what is in force. */
export function LeverForm({ edits, answer, onChange, onReset }: LeverFormProps) {
  return (
    <form className={styles['levers']} aria-label="Levers" onSubmit={(event) => event.preventDefault()}>
      <header>
        <h2>What if</h2>
        <button type="button" disabled={edits.length === 0} onClick={onReset}>
          Start again
        </button>
      </header>
      {LEVERS.map((lever) => (
        <LeverSection key={lever} lever={lever} edits={edits} answer={answer} onChange={onChange} />
      ))}
    </form>
  );
}

type LeverSectionProps = Omit<LeverFormProps, 'onReset'> & { readonly lever: Lever };

function LeverSection({ lever, edits, answer, onChange }: LeverSectionProps) {
  const edit = editOf(edits, lever);
  const { name, meaning } = LEVER_WORDS[lever];
  const toggle = (isOn: boolean): void =>
    onChange(
      isOn ? withEdit(edits, firstEdit(lever, answer.inForce, answer.was.busyShare)) : withoutLever(edits, lever),
    );
  return (
    <fieldset data-on={edit !== null}>
      <label>
        <input type="checkbox" checked={edit !== null} onChange={(event) => toggle(event.target.checked)} />
        <span>
          {name}
          <small>{meaning}</small>
        </span>
      </label>
      {edit !== null && (
        <LeverFields edit={edit} inForce={answer.inForce} onChange={(next) => onChange(withEdit(edits, next))} />
      )}
    </fieldset>
  );
}
