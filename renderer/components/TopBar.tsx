import { Heard } from './Heard.tsx';
import { LiveControl } from './LiveControl.tsx';
import { RangePicker } from './RangePicker.tsx';
import { SampleBadge } from './SampleBadge.tsx';
import { ScopePath } from './ScopePath.tsx';
import { ThemeSwitch } from './ThemeSwitch.tsx';
import styles from './TopBar.module.css';

/** What is shown, of when, and how fresh it is. */
export function TopBar() {
  return (
    <header className={styles['bar']}>
      <ScopePath />
      <SampleBadge />
      <span className={styles['space']} />
      <RangePicker />
      <LiveControl />
      <ThemeSwitch />
      <Heard />
    </header>
  );
}
