import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { LeaveDialog } from '#renderer/components/LeaveDialog.tsx';
import { useAsked } from '#renderer/state/use-asked.ts';
import { useLeaveGuard } from '#renderer/state/use-leave-guard.ts';
import { useRested } from '#renderer/state/use-rested.ts';
import type { CostBookAnswer } from '#shared/contract/cost-book-answer.ts';
import { indexInForce, withRevision } from './cost-book-draft.ts';
import styles from './CostBookPage.module.css';
import { CurrencySection } from './CurrencySection.tsx';
import { undoWords } from './draft-history.ts';
import { placeOfFirst, troublesOf, type SectionName, type Troubles } from './draft-troubles.ts';
import { ElectricitySection } from './ElectricitySection.tsx';
import { CostBookFormContext, type CostBookFormState } from './form-context.tsx';
import { HardwareSection } from './HardwareSection.tsx';
import { PreviewPanel } from './PreviewPanel.tsx';
import { askOf, holdsIn } from './preview-rows.ts';
import { RevisionList } from './RevisionList.tsx';
import { SaveBar } from './SaveBar.tsx';
import { SectionTabs } from './SectionTabs.tsx';
import { ServiceLevelSection } from './ServiceLevelSection.tsx';
import { TokensSection } from './TokensSection.tsx';
import { useDraft, useSaveCostBook, type DraftState } from './use-draft.ts';

const SECTION_PAGES = {
  hardware: HardwareSection,
  electricity: ElectricitySection,
  tokens: TokensSection,
  'service-levels': ServiceLevelSection,
  currencies: CurrencySection,
} as const;

/** Long enough to type a number, short enough to feel live. */
const REST_MS = 350;

/** The form: revisions on the left, one section at a time, and what it would come to on the right. */
export function CostBookForm({ answer }: { readonly answer: CostBookAnswer }) {
  const state = useDraft(answer);
  const { draft, chosen, isChanged, history } = state;
  const [section, setSection] = useState<SectionName>('hardware');
  const save = useSaveCostBook();
  const troubles = useMemo(() => troublesOf(draft), [draft]);
  const preview = usePreview(state, troubles);
  const leave = useLeaveGuard(isChanged);
  const revision = draft[chosen];
  const submit = (): void => {
    if (isChanged && troubles.size === 0 && !save.isPending) save.mutate(draft);
  };
  useDraftKeys(state, submit);
  if (revision === undefined) return null;

  const form: CostBookFormState = {
    revision,
    index: chosen,
    troubles,
    known: answer.known,
    prices: preview.query.data?.prices[preview.asIfHeld ? 0 : chosen] ?? null,
    rates: preview.isOfChosen ? (preview.query.data?.rates ?? null) : null,
    change: ({ did, key }, apply) =>
      state.change(withRevision(draft, chosen, apply), chosen, {
        did,
        key: key === undefined ? null : `${chosen} ${key}`,
      }),
  };
  const Shown = SECTION_PAGES[section];
  return (
    <CostBookFormContext value={form}>
      <form
        className={styles['page']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <RevisionList
          draft={draft}
          chosen={chosen}
          troubles={troubles}
          onChoose={state.choose}
          onChange={state.change}
        />
        <div className={styles['main']}>
          {state.elsewhere !== null && <ChangedElsewhere state={state} />}
          <SectionTabs revision={revision} index={chosen} troubles={troubles} chosen={section} onChoose={setSection} />
          <div className={styles['scroll']} key={`${chosen} ${section}`}>
            <Shown />
          </div>
        </div>
        <PreviewPanel query={preview.query} waits={preview.waits} note={preview.note} isChanged={isChanged} />
        <SaveBar
          isChanged={isChanged}
          isSaving={save.isPending}
          canSave={troubles.size === 0}
          trouble={isChanged ? (troubleWords(troubles) ?? save.error?.message ?? null) : null}
          undo={undoWords(history)}
          canRedo={history.future.length > 0}
          onUndo={state.undo}
          onRedo={state.redo}
          onDiscard={state.discard}
          onShowTrouble={() => {
            const first = placeOfFirst(troubles);
            if (first === null) return;
            state.choose(first.index);
            setSection(first.section);
          }}
        />
      </form>
      {leave.asks && (
        <LeaveDialog
          what="The cost book has changes that are not saved."
          canSave={troubles.size === 0}
          onSave={() => save.mutate(draft, { onSuccess: leave.proceed, onError: leave.stay })}
          onLeave={leave.proceed}
          onStay={leave.stay}
        />
      )}
    </CostBookFormContext>
  );
}

function usePreview(state: DraftState, troubles: Troubles) {
  const { queries, clock } = useBackend();
  const asked = useAsked();
  const { draft, chosen } = state;
  // Only what could be saved can be priced: till then the last preview stands.
  const [whole, setWhole] = useState({ draft, chosen });
  if (troubles.size === 0 && (whole.draft !== draft || whole.chosen !== chosen)) setWhole({ draft, chosen });
  const now = clock.now();
  const rested = useRested(whole, REST_MS);
  const ask = askOf(rested.draft, Math.min(rested.chosen, rested.draft.length - 1), now);
  const query = useQuery({ ...queries.previewCostBook(ask.revisions, asked), gcTime: KEPT_MS });
  const window = query.data?.day.window;
  const isBeside = window !== undefined && !ask.asIfHeld && !holdsIn(draft, chosen, window);
  return {
    query,
    asIfHeld: ask.asIfHeld,
    /** Whether the rates are those of the chosen revision. */
    isOfChosen: (ask.asIfHeld && rested.chosen === chosen) || indexInForce(draft, now) === chosen,
    waits: troubles.size > 0 ? 'The preview waits: a field has to be filled first.' : null,
    note: ask.asIfHeld
      ? `r${rested.chosen + 1} is to come: shown as if it had held in this window.`
      : isBeside
        ? `r${chosen + 1} did not hold in the last 24 hours: what you change in it shows in its own time.`
        : null,
  };
}

const KEPT_MS = 10_000;

/** Keys of the form: they act while typing too, because that is when they are wanted. */
function useDraftKeys(state: DraftState, submit: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const act =
        key === 's'
          ? submit
          : key === 'z'
            ? event.shiftKey
              ? state.redo
              : state.undo
            : key === 'y'
              ? state.redo
              : null;
      if (act === null) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

function ChangedElsewhere({ state }: { readonly state: DraftState }) {
  return (
    <div className={styles['elsewhere']} role="alert">
      <span>The cost book was saved elsewhere while you were changing it.</span>
      <button type="button" onClick={state.discard}>
        Take what was saved
      </button>
      <button type="button" onClick={state.keepMine}>
        Keep mine
      </button>
    </div>
  );
}

function troubleWords(troubles: Troubles): string | null {
  const book = troubles.get('book');
  if (book !== undefined) return book;
  if (troubles.size === 0) return null;
  return troubles.size === 1
    ? 'One field keeps this from being saved.'
    : `${troubles.size} fields keep this from being saved.`;
}
