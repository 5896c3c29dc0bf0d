import { useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import {
  RANGE_CHOICES,
  rangeFromInput,
  rangeLabel,
  shifted,
  windowAt,
  zoomedOut,
  type RangeSpec,
} from '#renderer/state/range-spec.ts';
import { usePage } from '#renderer/state/page-context.tsx';
import { RANGED_PAGES } from '#renderer/state/url-state.ts';
import { formatInstant, zoneLabel } from '#shared/units/format-time.ts';
import { Icon, type IconName } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import styles from './RangePicker.module.css';
import bar from './TopBar.module.css';

/** The range of the page where it has one: earlier, later, which, wider; and the zone that times are printed in. */
export function RangePicker() {
  const { url } = usePage();
  return (
    <div className={bar['control']} data-testid="range-picker">
      {RANGED_PAGES.includes(url.page) && <RangeButtons />}
      <ZoneButton />
    </div>
  );
}

function RangeButtons() {
  const { url, go, zone } = usePage();
  const { clock } = useBackend();
  const label = rangeLabel(url.range, zone);
  return (
    <>
      <StepButton
        name="Earlier"
        keyName="["
        icon="left"
        onPress={() => go({ range: shifted(url.range, -1, clock.now()) })}
      />
      <StepButton
        name="Later"
        keyName="]"
        icon="right"
        isDisabled={url.range.kind === 'last'}
        onPress={() => go({ range: shifted(url.range, 1, clock.now()) })}
      />
      <Popover
        label={`Range: ${label}`}
        className={bar['part']}
        align="end"
        button={
          <>
            {label}
            <Icon name="down" size={11} />
          </>
        }
      >
        {(close) => (
          <RangePanel
            onChoose={(range) => {
              go({ range });
              close();
            }}
          />
        )}
      </Popover>
      <StepButton
        name="Zoom out"
        keyName="z"
        icon="zoom-out"
        onPress={() => go({ range: zoomedOut(url.range, clock.now()) })}
      />
    </>
  );
}

type StepButtonProps = {
  readonly name: string;
  readonly keyName: string;
  readonly icon: IconName;
  readonly isDisabled?: boolean;
  readonly onPress: () => void;
};

function StepButton({ name, keyName, icon, isDisabled = false, onPress }: StepButtonProps) {
  return (
    <button
      type="button"
      className={bar['quiet']}
      aria-label={name}
      title={`${name}  ${keyName}`}
      disabled={isDisabled}
      onClick={onPress}
    >
      <Icon name={icon} size={12} />
    </button>
  );
}

function ZoneButton() {
  const { url, go, zone } = usePage();
  const { clock } = useBackend();
  const isUtc = url.zone === 'UTC';
  return (
    <button
      type="button"
      className={bar['part']}
      title={isUtc ? 'Times are UTC. Show local time' : 'Times are local. Show UTC'}
      onClick={() => go({ zone: isUtc ? 'local' : 'UTC' }, 'replace')}
    >
      {isUtc ? 'UTC' : `Local ${zoneLabel(clock.now(), zone)}`}
    </button>
  );
}

function RangePanel({ onChoose }: { readonly onChoose: (range: RangeSpec) => void }) {
  const { url, zone } = usePage();
  const { clock } = useBackend();
  const chosen = url.range.kind === 'last' ? url.range.seconds : null;
  return (
    <div className={styles['panel']}>
      <fieldset aria-label="Quick ranges" className={styles['quick']}>
        {RANGE_CHOICES.map((choice) => (
          <button
            key={choice.seconds}
            type="button"
            aria-pressed={chosen === choice.seconds}
            onClick={() => onChoose({ kind: 'last', seconds: choice.seconds })}
          >
            {choice.label}
          </button>
        ))}
      </fieldset>
      <CustomRange now={clock.now()} zone={zone} range={url.range} onChoose={onChoose} />
    </div>
  );
}

type CustomRangeProps = {
  readonly now: Parameters<typeof windowAt>[1];
  readonly zone: string;
  readonly range: RangeSpec;
  readonly onChoose: (range: RangeSpec) => void;
};

function CustomRange({ now, zone, range, onChoose }: CustomRangeProps) {
  const window = windowAt(range, now);
  const [from, setFrom] = useState(formatInstant(window.from, zone, 'input'));
  const [to, setTo] = useState(range.kind === 'last' ? 'now' : formatInstant(window.to, zone, 'input'));
  const [trouble, setTrouble] = useState<string | null>(null);
  return (
    <form
      className={styles['custom']}
      onSubmit={(event) => {
        event.preventDefault();
        const read = rangeFromInput({ from, to, zone, now });
        if (read.ok) onChoose(read.value);
        else setTrouble(read.failure);
      }}
    >
      <label>
        From
        <input value={from} spellCheck={false} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label>
        To
        <input value={to} spellCheck={false} onChange={(event) => setTo(event.target.value)} />
      </label>
      <p role={trouble === null ? undefined : 'alert'} data-trouble={trouble !== null}>
        {trouble ?? `${zoneLabel(now, zone)} times, or now, now-3h, now-7d`}
      </p>
      <button type="submit">Show this range</button>
    </form>
  );
}
