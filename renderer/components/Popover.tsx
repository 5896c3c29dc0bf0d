import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import styles from './Popover.module.css';

type PopoverProps = {
  /** What the button opens, for who cannot see it. */
  readonly label: string;
  readonly button: ReactNode;
  readonly className?: string | undefined;
  readonly align?: 'start' | 'end';
  readonly testId?: string;
  readonly children: (close: () => void) => ReactNode;
};

/** A button with a panel beneath it. Escape and a press outside close it; the focus goes in and comes back. */
export function Popover({ label, button, className, align = 'start', testId, children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    const element = root.current;
    if (!isOpen || element === null) return;
    element.querySelector<HTMLElement>('dialog [aria-pressed="true"], dialog input, dialog button')?.focus();
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && !element.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', onPress);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      if (element.contains(document.activeElement)) element.querySelector('button')?.focus();
    };
  }, [isOpen]);

  return (
    <div
      ref={root}
      className={styles['root']}
      role="presentation"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        // Escape closes one thing at a time: what floats on top.
        event.stopPropagation();
        event.nativeEvent.stopImmediatePropagation();
        setOpen(false);
      }}
    >
      <button
        type="button"
        className={className}
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={id}
        data-testid={testId}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <dialog open id={id} aria-label={label} className={styles['panel']} data-align={align}>
          {children(() => setOpen(false))}
        </dialog>
      )}
    </div>
  );
}
