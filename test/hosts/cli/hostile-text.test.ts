import { describe, expect, it } from 'vitest';
import { costReport } from '#electron/hosts/cli/cost.ts';
import { sourcesReport } from '#electron/hosts/cli/sources.ts';
import type { BreakdownRow, CostBreakdown, SourceHealth } from '#shared/contract/backend-api.ts';
import { createClient, type BackendClient } from '#shared/contract/client.ts';
import { succeed } from '#shared/lib/result.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import { epochMs } from '#shared/time/instant.ts';
import { CAPABILITIES } from '../server/tiny-backend.ts';

/** Clears the screen, sets the window's title, rings, turns the reading direction, and forges a row. */
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u202ename\r\ntotal  0.00 $';

/** A client whose answers carry hostile text wherever data puts a text. */
function hostileClient(): BackendClient {
  const answers: Readonly<Record<string, unknown>> = {
    capabilities: { ...CAPABILITIES, fleetName: HOSTILE },
    costBreakdown: breakdown(),
    sourceHealth: [source()],
  };
  return createClient({
    call: (name) => Promise.resolve(succeed(answers[name])),
    subscribe: () => () => undefined,
    onConnection: () => () => undefined,
  });
}

function breakdown(): CostBreakdown {
  const row: BreakdownRow = {
    key: HOSTILE,
    label: HOSTILE,
    group: 'member',
    gpus: 1,
    gpuSeconds: Object.fromEntries(GPU_STATES.map((state) => [state, 0])) as Record<GpuState, number>,
    tokensPerSecond: 1,
    cost: 1,
    servingCost: 1,
    marginalCost: 1,
    costBefore: null,
    tokensPerJoule: 1,
    powerWatts: 1,
    idleUsdPerHour: 1,
    spendUsdPerHour: 1,
    spendUsd: 1,
    coverage: { observedSeconds: 1, expectedSeconds: 1 },
    history: [],
    figures: null,
  };
  return { window: { from: epochMs(0), to: epochMs(1000) }, rows: [row], total: row, omitted: 0 };
}

function source(): SourceHealth {
  return {
    name: HOSTILE,
    kind: 'scrape',
    address: HOSTILE,
    state: 'down',
    reason: HOSTILE,
    since: null,
    notes: [],
    backfill: null,
    targets: [],
  };
}

describe('a report of data with hostile names', () => {
  const command = {
    kind: 'cost',
    snapshot: null,
    data: null,
    isJson: false,
    basis: 'billed',
    by: 'model',
    from: 'now-1h',
    to: 'now',
  } as const;

  it('prints no control character but the line breaks of its own rows', async () => {
    const reports = [await costReport(hostileClient(), command), await sourcesReport(hostileClient())];
    for (const report of reports) {
      if (!report.ok) throw new Error(report.failure.message);
      expect(report.value.text).not.toMatch(/[\p{Cf}]|[^\P{Cc}\n]/u);
    }
    const [cost, sources] = reports.map((report) => (report.ok ? report.value.text.split('\n') : []));
    // Headline, basis, blank, head, one row, total; and head, one source.
    expect(cost).toHaveLength(6);
    expect(sources).toHaveLength(2);
  });

  it('keeps the text as it is in JSON, where escapes are the format’s own', async () => {
    const report = await sourcesReport(hostileClient());
    const text = JSON.stringify(report.ok ? report.value.json : null);
    expect(text).not.toContain('\u001b');
    expect((JSON.parse(text) as { fleet: string }).fleet).toBe(HOSTILE);
  });
});
