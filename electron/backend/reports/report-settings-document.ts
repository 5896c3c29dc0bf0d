import type { Store } from '#backend/store/store.ts';
import { reportSettingsSchema } from '#shared/contract/report-calls-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { DEFAULT_REPORT_SETTINGS, type ReportSettings } from '#shared/model/report-settings.ts';

/** Name of the document. It holds no secret. */
export const REPORT_SETTINGS = 'report-settings';

/** The saved settings; what cannot be read, or was never saved, has its default. */
export async function readReportSettings(store: Store): Promise<ReportSettings> {
  const read = reportSettingsSchema.safeParse((await store.document(REPORT_SETTINGS)) ?? {});
  return read.success ? read.data : DEFAULT_REPORT_SETTINGS;
}

export async function saveReportSettings(
  store: Store,
  settings: ReportSettings,
): Promise<Result<ReportSettings, string>> {
  const saved = await store.saveDocument(REPORT_SETTINGS, settings);
  return saved.ok ? succeed(settings) : fail(saved.failure.message);
}
