import type { AlertRulesAnswer } from '#shared/contract/alerts-schema.ts';
import { BrowserNotices } from './BrowserNotices.tsx';
import { QuietHoursForm } from './QuietHoursForm.tsx';
import { WebhookForm } from './WebhookForm.tsx';

/** How people are told: notifications, the webhook, and when it is quiet. */
export function DeliveryTab({ answer }: { readonly answer: AlertRulesAnswer }) {
  const { quietHours, reminderHours } = answer.settings;
  return (
    <>
      <QuietHoursForm key={JSON.stringify([quietHours, reminderHours])} settings={answer.settings} />
      <WebhookForm answer={answer} />
      <BrowserNotices />
    </>
  );
}
