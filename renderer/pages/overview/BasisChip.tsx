import { ChoiceMenu } from '#renderer/components/ChoiceMenu.tsx';
import { Popover } from '#renderer/components/Popover.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { BASIS_WORDS } from '#renderer/state/words.ts';
import { TOKEN_BASES } from '#shared/model/token-basis.ts';
import { ChipName } from './ChipName.tsx';
import styles from './Hero.module.css';

/** What the page counts as a token. */
export function BasisChip() {
  const { url, go } = usePage();
  const name = `${BASIS_WORDS[url.basis].name} tokens`;
  return (
    <Popover label={`Token basis: ${name}`} className={styles['chip']} button={<ChipName name={name} />}>
      {(close) => (
        <ChoiceMenu
          title="What counts as a token"
          value={url.basis}
          choices={TOKEN_BASES.map((basis) => ({ value: basis, ...BASIS_WORDS[basis] }))}
          onChoose={(basis) => {
            go({ basis });
            close();
          }}
        />
      )}
    </Popover>
  );
}
