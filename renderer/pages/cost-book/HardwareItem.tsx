import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { placeWords } from '#shared/cost/matching-price.ts';
import type { HardwarePrice } from '#shared/model/cost-book.ts';
import { plusSeconds } from '#shared/time/instant.ts';
import { formatFigure, formatNumber } from '#shared/units/format-quantity.ts';
import { AssumedBadge } from './AssumedBadge.tsx';
import { rateOf, withPrice } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { ExtraFields, FacilityFields } from './FacilityFields.tsx';
import { useCostBookForm, type CostBookFormState } from './form-context.tsx';
import { PlaceFields } from './PlaceFields.tsx';
import { facilitySummary, skuWords, termsWords } from './price-words.ts';
import { ProvenanceFields } from './ProvenanceFields.tsx';
import { TermsFields } from './TermsFields.tsx';

type HardwareItemProps = {
  readonly price: HardwarePrice;
  readonly index: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onRemove: () => void;
};

export type PriceEdit = {
  readonly price: HardwarePrice;
  readonly path: string;
  /** `what` is changed: it names the step for the undo. */
  readonly onChange: (what: string, patch: Partial<HardwarePrice>) => void;
};

/** One price: a line that says it in words and what it comes to, and the guided form behind it. */
export function HardwareItem({ price, index, isOpen, onToggle, onRemove }: HardwareItemProps) {
  const { rates, change } = useCostBookForm();
  const holds = holdsWords(rates, index);
  const path = `hardware.${index}`;
  const name = skuWords(price.sku);
  const edit: PriceEdit = {
    price,
    path,
    onChange: (what, patch) =>
      change({ did: `changed ${what} of ${name}`, key: `${path}.${what}` }, (one) => withPrice(one, index, patch)),
  };
  return (
    <li className={styles['item']} data-open={isOpen} data-testid="hardware-price">
      <div className={styles['itemHead']}>
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={onToggle}
          aria-label={`${name}: ${termsWords(price.terms, price.currency)}`}
        >
          <Icon name={isOpen ? 'down' : 'right'} size={12} />
          <span className={styles['itemName']}>
            <b>{name}</b>
            <small>{placeWords(price.where) ?? 'anywhere'}</small>
          </span>
          <span className={styles['itemWords']}>
            <span data-entered>{termsWords(price.terms, price.currency)}</span>
            <small data-entered>{[facilitySummary(price), holds].filter((text) => text !== '').join(' · ')}</small>
          </span>
          <AssumedBadge provenance={price.provenance} />
        </button>
        <Rate price={price} index={index} name={name} />
        <TroubleCount path={path} />
        <button
          type="button"
          className={styles['iconButton']}
          aria-label={`Remove ${name}`}
          title={`Remove ${name}`}
          onClick={onRemove}
        >
          <Icon name="close" size={12} />
        </button>
      </div>
      {isOpen && (
        <div className={styles['itemBody']}>
          <PlaceFields {...edit} />
          <TermsFields {...edit} />
          <FacilityFields {...edit} />
          <ExtraFields {...edit} />
          <ProvenanceFields
            path={`${path}.provenance`}
            provenance={price.provenance}
            onChange={(provenance) => edit.onChange('source', { provenance })}
          />
        </div>
      )}
    </li>
  );
}

/** What an hour comes to; pressed, it says how, as soon as the preview has worked it out. */
function Rate({
  price,
  index,
  name,
}: {
  readonly price: HardwarePrice;
  readonly index: number;
  readonly name: string;
}) {
  const { revision, prices } = useCostBookForm();
  const { clock } = useBackend();
  const { text } = formatFigure(rateOf(revision, price), 'USD/GPU-h');
  const figure = prices?.[index];
  const now = clock.now();
  const window = { from: now, to: plusSeconds(now, 1) };
  return (
    <span className={styles['itemRate']} data-entered={figure === undefined}>
      <b>
        {figure === undefined ? (
          text
        ) : (
          <FigureButton request={{ title: `An hour of ${name}`, figure, window }}>{text}</FigureButton>
        )}
      </b>
      <small>$/GPU-h</small>
    </span>
  );
}

/** How many GPUs of the fleet a price holds for now; empty while another revision holds. */
function holdsWords(rates: CostBookFormState['rates'], index: number): string {
  if (rates === null) return '';
  const gpus = rates.filter((rate) => rate.draftPrice === index).reduce((sum, rate) => sum + rate.gpus, 0);
  return gpus === 0 ? 'no GPU of the fleet' : `holds for ${formatNumber(gpus, 0)} GPUs`;
}

/** A closed line does not hide that a field in it keeps the book from being saved. */
function TroubleCount({ path }: { readonly path: string }) {
  const { troubles, index } = useCostBookForm();
  const count = [...troubles.keys()].filter((key) => key.startsWith(`${index}.${path}.`)).length;
  if (count === 0) return null;
  return (
    <span className={styles['wrong']}>
      <Icon name="bad" size={12} />
      {count === 1 ? '1 field to fill' : `${count} fields to fill`}
    </span>
  );
}
