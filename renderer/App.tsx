import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import styles from './App.module.css';
import { useBackend, useLiveState } from './backend/BackendProvider.tsx';
import { Answer } from './components/Answer.tsx';
import { ErrorBoundary } from './components/ErrorBoundary.tsx';
import { ExplainDrawer } from './components/ExplainDrawer.tsx';
import { LostBanner } from './components/LostBanner.tsx';
import { PageSkeleton } from './components/PageSkeleton.tsx';
import { Rail } from './components/Rail.tsx';
import { ShortcutsDialog } from './components/ShortcutsDialog.tsx';
import { SnapshotBanner } from './components/SnapshotBanner.tsx';
import { SnapshotDrop } from './components/SnapshotDrop.tsx';
import { StatusBar } from './components/StatusBar.tsx';
import { TopBar } from './components/TopBar.tsx';
import { PageContext, type ExplainRequest, type Page } from './state/page-context.tsx';
import type { PageName } from './state/url-state.ts';
import { useBrowserNotices } from './state/browser-notices.ts';
import { useShortcuts } from './state/use-shortcuts.ts';
import { useTheme } from './state/use-theme.ts';
import { useUrlState, zoneOf } from './state/use-url-state.ts';

const PAGES = {
  overview: lazy(async () => ({ default: (await import('./pages/overview/OverviewPage.tsx')).OverviewPage })),
  cost: lazy(async () => ({ default: (await import('./pages/cost/CostPage.tsx')).CostPage })),
  idle: lazy(async () => ({ default: (await import('./pages/idle/IdlePage.tsx')).IdlePage })),
  updates: lazy(async () => ({ default: (await import('./pages/updates/UpdatesPage.tsx')).UpdatesPage })),
  compare: lazy(async () => ({ default: (await import('./pages/compare/ComparePage.tsx')).ComparePage })),
  alerts: lazy(async () => ({ default: (await import('./pages/alerts/AlertsPage.tsx')).AlertsPage })),
  engines: lazy(async () => ({ default: (await import('./pages/engines/EnginesPage.tsx')).EnginesPage })),
  sources: lazy(async () => ({ default: (await import('./pages/sources/SourcesPage.tsx')).SourcesPage })),
  'cost-book': lazy(async () => ({ default: (await import('./pages/cost-book/CostBookPage.tsx')).CostBookPage })),
  reports: lazy(async () => ({ default: (await import('./pages/reports/ReportsPage.tsx')).ReportsPage })),
  snapshots: lazy(async () => ({ default: (await import('./pages/snapshots/SnapshotsPage.tsx')).SnapshotsPage })),
} satisfies Record<PageName, React.ComponentType>;

/** The frame of every page: rail, bar, the page itself, the Explain drawer and the status bar. */
export function App() {
  const [url, go] = useUrlState();
  const themeName = useTheme(url.theme);
  const { queries } = useBackend();
  const capabilities = useQuery(queries.capabilities());
  const [explained, setExplained] = useState<ExplainRequest | null>(null);
  const [isHelpShown, setHelpShown] = useState(false);

  const fleetName = capabilities.data?.fleetName ?? 'Fleet';
  const isSample = capabilities.data?.isSample ?? false;
  const page = useMemo<Page>(
    () => ({ url, go, zone: zoneOf(url.zone), themeName, fleetName, isSample, explain: setExplained }),
    [url, go, themeName, fleetName, isSample],
  );
  useBrowserNotices();
  useShortcuts({ url, go, explain: setExplained, showHelp: () => setHelpShown(true) });
  useEffect(() => {
    document.title = `${fleetName} · Tokenwatt`;
  }, [fleetName]);

  const Shown = PAGES[url.page];
  return (
    <PageContext value={page}>
      <div className={styles['app']}>
        <Rail />
        <div className={styles['head']}>
          <TopBar />
          <LostBanner />
          <SnapshotBanner />
        </div>
        <div className={styles['stage']}>
          <Main>
            <Answer query={capabilities} what="Tokenwatt's backend" skeleton={<PageSkeleton />}>
              {() => (
                <ErrorBoundary key={url.page}>
                  <Suspense fallback={<PageSkeleton />}>
                    <Shown />
                  </Suspense>
                </ErrorBoundary>
              )}
            </Answer>
          </Main>
          {explained !== null && <ExplainDrawer request={explained} onClose={() => setExplained(null)} />}
        </div>
        <StatusBar />
        <SnapshotDrop />
        {isHelpShown && <ShortcutsDialog onClose={() => setHelpShown(false)} />}
      </div>
    </PageContext>
  );
}

/** Values of a backend that is lost stay readable, and look it. */
function Main({ children }: { readonly children: React.ReactNode }) {
  const { connection } = useLiveState();
  return (
    <main className={styles['main']} data-stale={connection === 'lost'}>
      {children}
    </main>
  );
}
