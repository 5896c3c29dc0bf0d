import type { BackendApi, CallFailure } from '#shared/contract/backend-api.ts';
import { fail, type Result } from '#shared/lib/result.ts';

const REASON =
  'A snapshot is shown, which is not live: sources, rules of alerts and new snapshots belong to the live fleet.';

/**
 * Calls that change or ask the live fleet's sources, credentials and configuration, refused while a snapshot is shown:
 * whoever looks at another fleet must not change their own by it.
 */
export function refusedWhileShown(api: BackendApi, isSnapshotShown: () => boolean): Partial<BackendApi> {
  const guarded =
    <Input, Answer>(call: (input: Input) => Promise<Result<Answer, CallFailure>>) =>
    async (input: Input): Promise<Result<Answer, CallFailure>> =>
      isSnapshotShown() ? fail({ kind: 'not-possible', message: REASON }) : await call(input);
  return {
    testSource: guarded(api.testSource),
    connectSource: guarded(api.connectSource),
    changeSource: guarded(api.changeSource),
    removeSource: guarded(api.removeSource),
    openFile: guarded(api.openFile),
    saveTopology: guarded(api.saveTopology),
    saveAlertRules: guarded(api.saveAlertRules),
    testWebhook: guarded(api.testWebhook),
    saveSnapshot: guarded(api.saveSnapshot),
  };
}
