import { usePage } from '#renderer/state/page-context.tsx';
import { THEMES } from '#renderer/state/url-state.ts';
import { ChoiceMenu } from './ChoiceMenu.tsx';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import bar from './TopBar.module.css';

const NAMES = { dark: 'Dark', light: 'Light', system: 'As the system' } as const;

export function ThemeSwitch() {
  const { url, go } = usePage();
  return (
    <div className={bar['control']}>
      <Popover
        label={`Look: ${NAMES[url.theme]}`}
        className={bar['quiet']}
        align="end"
        testId="theme-switch"
        button={<Icon name={url.theme} size={14} />}
      >
        {(close) => (
          <ChoiceMenu
            title="Look"
            value={url.theme}
            choices={THEMES.map((theme) => ({ value: theme, name: NAMES[theme] }))}
            onChoose={(theme) => {
              go({ theme }, 'replace');
              close();
            }}
          />
        )}
      </Popover>
    </div>
  );
}
