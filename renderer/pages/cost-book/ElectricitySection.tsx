import { useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import type { EnergyPrice } from '#shared/model/cost-book.ts';
import { withEnergy, withoutSite, withSite } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { FieldGroup } from './FieldGroup.tsx';
import { useCostBookForm } from './form-context.tsx';
import { MeterFields } from './MeterFields.tsx';
import { NameAdder } from './NameAdder.tsx';
import { skuWords } from './price-words.ts';
import { ProvenanceFields } from './ProvenanceFields.tsx';
import { TariffFields } from './TariffFields.tsx';

export type EnergyEdit = {
  readonly energy: EnergyPrice;
  readonly path: string;
  readonly onChange: (what: string, patch: Partial<EnergyPrice>) => void;
};

/** What electricity costs: for the fleet, and for each site that has a tariff of its own. */
export function ElectricitySection() {
  const { revision, known, change } = useCostBookForm();
  const [chosen, setChosen] = useState<string | null>(null);
  const place = revision.siteEnergy.findIndex((one) => one.site === chosen);
  const site = place < 0 ? null : chosen;
  const energy = revision.siteEnergy[place]?.energy ?? revision.energy;
  const path = site === null ? 'energy' : `siteEnergy.${place}.energy`;
  const of = site === null ? 'electricity' : `electricity of ${site}`;
  const edit: EnergyEdit = {
    energy,
    path,
    onChange: (what, patch) =>
      change({ did: `changed ${what} of ${of}`, key: `${path}.${what}` }, (one) => withEnergy(one, site, () => patch)),
  };
  const free = known.sites.filter((name) => revision.siteEnergy.every((one) => one.site !== name));
  return (
    <section className={styles['section']}>
      <header>
        <div>
          <h2>Electricity</h2>
          <p>What a kilowatt-hour costs, and what stands between a measured GPU and the bill of the building.</p>
        </div>
      </header>
      <fieldset className={styles['pills']} aria-label="Whose electricity">
        <button type="button" aria-pressed={site === null} onClick={() => setChosen(null)}>
          {revision.siteEnergy.length === 0 ? 'All sites' : 'All other sites'}
        </button>
        {revision.siteEnergy.map((one) => (
          <button key={one.site} type="button" aria-pressed={one.site === site} onClick={() => setChosen(one.site)}>
            {one.site}
          </button>
        ))}
        <NameAdder
          label="Add a site"
          field="Site"
          suggestions={free}
          onAdd={(name) => {
            change({ did: `added site ${name}` }, (one) => withSite(one, name));
            setChosen(name);
          }}
        />
        {site !== null && (
          <button
            type="button"
            className={styles['remove']}
            onClick={() => {
              change({ did: `removed electricity of ${site}` }, (one) => withoutSite(one, site));
              setChosen(null);
            }}
          >
            <Icon name="close" size={12} />
            Remove {site}
          </button>
        )}
      </fieldset>
      <div key={path}>
        <TariffFields {...edit} />
        <MeterFields {...edit} />
        <Bundled />
        <ProvenanceFields
          path={`${path}.provenance`}
          provenance={energy.provenance}
          onChange={(provenance) => edit.onChange('source', { provenance })}
        />
      </div>
    </section>
  );
}

/** Hardware whose price holds the power already: said here, because here one would look for its cost. */
function Bundled() {
  const { revision } = useCostBookForm();
  const bundled = revision.hardware.filter(
    ({ terms, facility }) => (terms.kind === 'rented' && terms.includesEnergy) || facility?.includesEnergy === true,
  );
  if (bundled.length === 0) return null;
  return (
    <FieldGroup title="Not charged again">
      <p className={styles['note']}>
        <Icon name="info" size={13} />
        <span>
          Power is in the price of {bundled.map(({ sku }) => skuWords(sku)).join(', ')}: its energy is measured and
          shown, and costs nothing here.
        </span>
      </p>
    </FieldGroup>
  );
}
