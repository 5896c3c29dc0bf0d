import { NumberField } from '#renderer/components/NumberField.tsx';
import type { CostBookRevision } from '#shared/model/cost-book.ts';
import { AssumedBadge } from './AssumedBadge.tsx';
import { withEnergy } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';

type EnergyFieldsProps = {
  readonly revision: CostBookRevision;
  readonly onChange: (apply: (one: CostBookRevision) => CostBookRevision) => void;
};

/** Electricity, and the weights that make unlike tokens one. */
export function EnergyFields({ revision, onChange }: EnergyFieldsProps) {
  const { energy, weights } = revision;
  return (
    <>
      <section className={styles['block']}>
        <h2>
          Energy <AssumedBadge provenance={energy.provenance} />
        </h2>
        <p>
          Where a meter measures the node, no overhead is added. Else node overhead carries GPU boards, and module
          overhead superchips, to their node; PUE carries nodes to the meter of the building.
        </p>
        <div className={styles['fields']}>
          <NumberField
            label="Electricity"
            unit="$/kWh"
            min={0}
            max={1000}
            value={energy.usdPerKilowattHour}
            onChange={(usdPerKilowattHour) => onChange((one) => withEnergy(one, { usdPerKilowattHour }))}
          />
          <NumberField
            label="PUE"
            unit="facility / IT"
            min={1}
            max={5}
            value={energy.pue}
            onChange={(pue) => onChange((one) => withEnergy(one, { pue }))}
          />
          <NumberField
            label="Node overhead"
            unit="node / GPU boards"
            min={1}
            max={5}
            value={energy.nodeOverhead}
            onChange={(nodeOverhead) => onChange((one) => withEnergy(one, { nodeOverhead }))}
          />
          <NumberField
            label="Module overhead"
            unit="node / superchips"
            min={1}
            max={5}
            value={energy.moduleOverhead}
            onChange={(moduleOverhead) => onChange((one) => withEnergy(one, { moduleOverhead }))}
          />
        </div>
      </section>
      <section className={styles['block']}>
        <h2>Token weights</h2>
        <p>What one token of each kind counts in the billed basis, as your price list relates them.</p>
        <div className={styles['fields']}>
          <NumberField
            label="Uncached input"
            unit="×"
            min={0}
            max={1000}
            value={weights.input}
            onChange={(input) => onChange((one) => ({ ...one, weights: { ...one.weights, input } }))}
          />
          <NumberField
            label="Cached input"
            unit="×"
            min={0}
            max={1000}
            value={weights.cached}
            onChange={(cached) => onChange((one) => ({ ...one, weights: { ...one.weights, cached } }))}
          />
          <NumberField
            label="Output"
            unit="×"
            min={0}
            max={1000}
            value={weights.output}
            onChange={(output) => onChange((one) => ({ ...one, weights: { ...one.weights, output } }))}
          />
        </div>
      </section>
    </>
  );
}
