import type { ChargeRow } from '#shared/model/charge-row.ts';
import type { FocusRow } from './focus-columns.ts';
import type { FocusContext } from './focus-settings.ts';
import { qualityOf, shareOf } from './focus-tags.ts';
import { instantText } from './focus-text.ts';
import { ALLOCATION_METHOD, gpuCountOf } from './focus-words.ts';

/** What FOCUS has no column for, unrounded. */
export function ownCells(row: ChargeRow, context: FocusContext, isCorrection: boolean): Partial<FocusRow> {
  const { tokens, coverage } = row;
  return {
    x_AllocationMethod: row.model === null ? null : ALLOCATION_METHOD,
    x_CachedInputTokens: tokens?.cached ?? null,
    x_CoverageRatio: shareOf(coverage),
    x_DataQuality: qualityOf(coverage),
    x_EnergySource: row.isMetered === null ? null : row.isMetered ? 'measured' : 'modelled',
    x_Engine: row.engineKind,
    x_EngineVersion: row.version,
    x_GpuCount: gpuCountOf(row),
    x_GpuModel: row.product,
    x_InputTokens: tokens?.input ?? null,
    x_ItKilowattHours: row.itKilowattHours,
    x_Model: row.model,
    x_NodePool: row.pool,
    x_OutputTokens: tokens?.output ?? null,
    x_PriceTableVersion: row.priceVersion <= 0 ? 'prices:first' : `prices:${instantText(row.priceVersion)}`,
    x_Requests: row.requests,
    x_Restated: isCorrection ? 'yes' : null,
    x_SnapshotId: context.snapshotId,
    x_TariffPeriod: row.tariffPeriod,
    x_Tenant: row.tenant,
    x_UtilisationClass: row.use,
  };
}
