import { useState } from 'react';
import { Icon } from '#renderer/components/Icon.tsx';
import type { Provenance, ServiceLevel } from '#shared/model/cost-book.ts';
import { AssumedBadge } from './AssumedBadge.tsx';
import { generalServiceLevel, withoutRow, withServiceLevel } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { useCostBookForm } from './form-context.tsx';
import { NameAdder } from './NameAdder.tsx';
import { serviceLevelWords } from './price-words.ts';
import { ServiceLevelFields } from './ServiceLevelFields.tsx';

/** What stands where the operator said nothing. Source: economics reference, section 6.2, defaults. */
const ASSUMED: Provenance = {
  quality: 'assumed',
  note: 'judgement: a fifth of headroom, a look-ahead that covers a reload, N+1, three hours of hold',
  asOf: null,
};

/** What each model is promised, and what it takes to keep it: latency targets and the capacity that stays. */
export function ServiceLevelSection() {
  const { revision, known, change } = useCostBookForm();
  const [open, setOpen] = useState<string | null>(null);
  const general = generalServiceLevel(revision);
  const own = revision.serviceLevels.filter((level) => level.model !== '*');
  const free = known.models.filter((model) => own.every((level) => level.model !== model));
  const toggle = (model: string): void => setOpen(open === model ? null : model);
  return (
    <section className={styles['section']}>
      <header>
        <div>
          <h2>Service levels</h2>
          <p>
            Latency targets decide what counts as goodput; headroom and replicas decide what idle can be given back.
          </p>
        </div>
        <NameAdder
          label="Add a model"
          field="Model"
          suggestions={free}
          onAdd={(model) => {
            change({ did: `added a service level of ${model}` }, (one) => withServiceLevel(one, model, {}));
            setOpen(model);
          }}
        />
      </header>
      <ol className={styles['items']}>
        <LevelItem
          level={general.level}
          isAssumed={general.isAssumed}
          isOpen={open === '*'}
          onToggle={() => toggle('*')}
        />
        {own.map((level) => (
          <LevelItem
            key={level.model}
            level={level}
            isAssumed={false}
            isOpen={open === level.model}
            onToggle={() => toggle(level.model)}
          />
        ))}
      </ol>
    </section>
  );
}

type LevelItemProps = {
  readonly level: ServiceLevel;
  readonly isAssumed: boolean;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
};

function LevelItem({ level, isAssumed, isOpen, onToggle }: LevelItemProps) {
  const { revision, change } = useCostBookForm();
  const name = level.model === '*' ? 'All other models' : level.model;
  const index = revision.serviceLevels.findIndex((one) => one.model === level.model);
  return (
    <li className={styles['item']} data-open={isOpen} data-testid="service-level">
      <div className={styles['itemHead']}>
        <button type="button" aria-expanded={isOpen} onClick={onToggle}>
          <Icon name={isOpen ? 'down' : 'right'} size={12} />
          <span className={styles['itemName']}>
            <b>{name}</b>
          </span>
          <span className={styles['itemWords']}>{serviceLevelWords(level)}</span>
          {isAssumed && <AssumedBadge provenance={ASSUMED} />}
        </button>
        {!isAssumed && (
          <button
            type="button"
            className={styles['iconButton']}
            aria-label={level.model === '*' ? 'Go back to the defaults' : `Remove ${name}`}
            title={level.model === '*' ? 'Go back to the defaults' : `Remove ${name}`}
            onClick={() => change({ did: `removed ${name}` }, (one) => withoutRow(one, 'serviceLevels', index))}
          >
            <Icon name="close" size={12} />
          </button>
        )}
      </div>
      {isOpen && (
        <div className={styles['itemBody']}>
          {isAssumed && (
            <p className={styles['assumption']}>
              <AssumedBadge provenance={ASSUMED} />
              <span>These are assumptions ({ASSUMED.note}). The first change makes them yours.</span>
            </p>
          )}
          <ServiceLevelFields
            level={level}
            path={`serviceLevels.${index}`}
            onChange={(what, patch) =>
              change({ did: `changed ${what} of ${name}`, key: `serviceLevels.${level.model}.${what}` }, (one) =>
                withServiceLevel(one, level.model, patch),
              )
            }
          />
        </div>
      )}
    </li>
  );
}
