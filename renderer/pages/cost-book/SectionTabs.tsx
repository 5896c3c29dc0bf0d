import { useRef } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import type { CostBookRevision, Provenance } from '#shared/model/cost-book.ts';
import styles from './CostBookPage.module.css';
import { SECTIONS, troublesInSection, type SectionName, type Troubles } from './draft-troubles.ts';

export const SECTION_WORDS: Readonly<Record<SectionName, string>> = {
  hardware: 'Hardware',
  electricity: 'Electricity',
  tokens: 'Tokens',
  'service-levels': 'Service levels',
  currencies: 'Currencies',
};

type SectionTabsProps = {
  readonly revision: CostBookRevision;
  readonly index: number;
  readonly troubles: Troubles;
  readonly chosen: SectionName;
  readonly onChoose: (section: SectionName) => void;
};

/** The parts of a revision; each says what in it is still assumed or missing. Arrows move between them. */
export function SectionTabs({ revision, index, troubles, chosen, onChoose }: SectionTabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const move = (by: number): void => {
    const next = SECTIONS[(SECTIONS.indexOf(chosen) + by + SECTIONS.length) % SECTIONS.length];
    if (next === undefined) return;
    onChoose(next);
    list.current?.querySelector<HTMLElement>(`[data-section="${next}"]`)?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      tabIndex={-1}
      aria-label="Sections of the cost book"
      className={styles['tabs']}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') move(1);
        if (event.key === 'ArrowLeft') move(-1);
      }}
    >
      {SECTIONS.map((section) => (
        <button
          key={section}
          type="button"
          role="tab"
          data-section={section}
          aria-selected={section === chosen}
          tabIndex={section === chosen ? 0 : -1}
          onClick={() => onChoose(section)}
        >
          {SECTION_WORDS[section]}
          <Mark troubles={troublesInSection(troubles, index, section)} assumed={assumedIn(revision, section)} />
        </button>
      ))}
    </div>
  );
}

function Mark({ troubles, assumed }: { readonly troubles: number; readonly assumed: number }) {
  if (troubles > 0)
    return (
      <span className={styles['wrong']} title="fields to fill">
        <Icon name="bad" size={11} />
        {troubles}
      </span>
    );
  if (assumed === 0) return null;
  return (
    <span className={styles['tabAssumed']} title="prices that are assumed">
      <Icon name="info" size={11} />
      {assumed}
    </span>
  );
}

/** How many prices of a section nobody entered. */
function assumedIn(revision: CostBookRevision, section: SectionName): number {
  const provenances: Readonly<Record<SectionName, readonly Provenance[]>> = {
    hardware: revision.hardware.map((price) => price.provenance),
    electricity: [revision.energy, ...revision.siteEnergy.map((one) => one.energy)].map((energy) => energy.provenance),
    tokens: revision.tokenPrices.map((price) => price.provenance),
    'service-levels': [],
    currencies: revision.currencies.map((rate) => rate.provenance),
  };
  return provenances[section].filter((provenance) => provenance.quality === 'assumed').length;
}
