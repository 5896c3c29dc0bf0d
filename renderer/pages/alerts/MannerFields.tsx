import { DELIVERIES, type Delivery, type Manner } from '#shared/model/alert.ts';
import styles from './AlertsPage.module.css';

type MannerFieldsProps = { readonly manner: Manner; readonly onChange: (manner: Manner) => void };

/** How an alert reaches people, beside the list that always has it. */
export function MannerFields({ manner, onChange }: MannerFieldsProps) {
  const { isUrgent, deliverTo } = manner;
  const toggle = (delivery: Delivery, isOn: boolean): void =>
    onChange({ isUrgent, deliverTo: DELIVERIES.filter((one) => (one === delivery ? isOn : deliverTo.includes(one))) });
  return (
    <span className={styles['fields']}>
      {DELIVERIES.map((delivery) => (
        <label key={delivery} className={styles['check']}>
          <input
            type="checkbox"
            checked={deliverTo.includes(delivery)}
            onChange={(event) => toggle(delivery, event.target.checked)}
          />
          {DELIVERY_WORDS[delivery]}
        </label>
      ))}
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={isUrgent}
          onChange={(event) => onChange({ isUrgent: event.target.checked, deliverTo })}
        />
        urgent: passes quiet hours
      </label>
    </span>
  );
}

const DELIVERY_WORDS: Readonly<Record<Delivery, string>> = { desktop: 'notification', webhook: 'webhook' };
