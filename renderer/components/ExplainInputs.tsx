import type { FigureInput } from '#shared/model/figure.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import styles from './ExplainDrawer.module.css';
import { Icon } from './Icon.tsx';

/** What went into a figure, each with where it came from and how it is known. */
export function ExplainInputs({ inputs }: { readonly inputs: readonly FigureInput[] }) {
  if (inputs.length === 0) return null;
  return (
    <section>
      <h3>Inputs and where they come from</h3>
      <ul className={styles['inputs']}>
        {inputs.map((input) => (
          <li key={`${input.label} ${input.source}`}>
            <span>{input.label}</span>
            <b>{formatWithUnit(input.value, input.unit)}</b>
            <small>{input.source}</small>
            <Quality quality={input.quality} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Quality({ quality }: Pick<FigureInput, 'quality'>) {
  const isFirm = quality === 'measured' || quality === 'entered';
  return (
    <em data-firm={isFirm}>
      {!isFirm && <Icon name="info" size={11} />}
      {quality}
    </em>
  );
}
