import { ChoiceMenu } from '#renderer/components/ChoiceMenu.tsx';
import { Popover } from '#renderer/components/Popover.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { COST_KINDS } from '#renderer/state/url-state.ts';
import { KIND_WORDS } from '#renderer/state/words.ts';
import { ChipName } from './ChipName.tsx';
import styles from './Hero.module.css';

/** Which cost the page shows. */
export function KindChip() {
  const { url, go } = usePage();
  return (
    <Popover
      label={`Cost: ${KIND_WORDS[url.kind].name}`}
      className={styles['chip']}
      button={<ChipName name={KIND_WORDS[url.kind].name} />}
    >
      {(close) => (
        <ChoiceMenu
          title="Which cost"
          value={url.kind}
          choices={COST_KINDS.map((kind) => ({ value: kind, ...KIND_WORDS[kind] }))}
          onChoose={(kind) => {
            go({ kind });
            close();
          }}
        />
      )}
    </Popover>
  );
}
