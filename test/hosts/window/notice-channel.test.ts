import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isFromBackend } from '#electron/hosts/window/host-messages.ts';
import { showNotice } from '#electron/hosts/window/notice-channel.ts';

const WISH = { kind: 'notify', title: 'Power is above 1.50 kW', body: '3.36 kW', isUrgent: true } as const;

describe('a notification', () => {
  it('is made of what the backend says, and a press on it shows the window', () => {
    const made: object[] = [];
    let presses = 0;
    const shown = Object.assign(new EventEmitter(), { show: () => made.push({ shown: true }) });
    showNotice(
      (options) => (made.push(options), shown),
      { ...WISH, body: 'x'.repeat(900) },
      () => (presses += 1),
    );
    expect(made).toEqual([{ title: WISH.title, body: 'x'.repeat(400), urgency: 'critical' }, { shown: true }]);
    shown.emit('click');
    expect(presses).toBe(1);
  });

  it.each([
    [WISH, true],
    [{ ...WISH, title: 7 }, false],
    [{ ...WISH, isUrgent: undefined }, false],
    [{ kind: 'notify' }, false],
  ])('is heard from the backend where it is whole %#', (message, heard) => {
    expect(isFromBackend(message)).toBe(heard);
  });
});
