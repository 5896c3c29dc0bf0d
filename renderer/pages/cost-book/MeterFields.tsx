import { Icon } from '#renderer/components/Icon.tsx';
import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import { AmountField } from './AmountField.tsx';
import styles from './CostBookPage.module.css';
import type { EnergyEdit } from './ElectricitySection.tsx';
import { FieldGroup } from './FieldGroup.tsx';
import fields from './Fields.module.css';
import { useCostBookForm } from './form-context.tsx';

/** What stands between the energy that is measured and the energy that is paid. */
export function MeterFields({ energy, path, onChange }: EnergyEdit) {
  const { known } = useCostBookForm();
  const walls = known.wallMetered;
  return (
    <FieldGroup
      title="From GPU to bill"
      help="Factors for what no meter covers. Where a node, a rack or the wall is metered, the meter holds instead."
    >
      <div className={fields['row']}>
        <AmountField
          label="PUE"
          unit="facility / IT"
          path={`${path}.pue`}
          value={energy.pue}
          usual={PLAUSIBLE.pue}
          onChange={(pue) => onChange('PUE', { pue: pue ?? Number.NaN })}
        />
        <AmountField
          label="Node overhead"
          unit="node / boards"
          path={`${path}.nodeOverhead`}
          value={energy.nodeOverhead}
          usual={PLAUSIBLE.nodeOverhead}
          onChange={(nodeOverhead) => onChange('node overhead', { nodeOverhead: nodeOverhead ?? Number.NaN })}
        />
        <AmountField
          label="Module overhead"
          unit="node / modules"
          path={`${path}.moduleOverhead`}
          value={energy.moduleOverhead}
          usual={PLAUSIBLE.moduleOverhead}
          onChange={(moduleOverhead) => onChange('module overhead', { moduleOverhead: moduleOverhead ?? Number.NaN })}
        />
      </div>
      <p className={styles['note']}>
        <Icon name={walls.length > 0 ? 'good' : 'info'} size={13} />
        <span>
          {walls.length > 0
            ? `Measured by the wall meter at ${listed(walls)}: there this PUE is not used.`
            : 'No wall meter is known: this PUE is used everywhere. Connect one under Sources to have it measured.'}
        </span>
      </p>
    </FieldGroup>
  );
}

const NAMED_MAX = 3;

function listed(names: readonly string[]): string {
  const rest = names.length - NAMED_MAX;
  return rest > 0 ? `${names.slice(0, NAMED_MAX).join(', ')} and ${rest} more` : names.join(', ');
}
