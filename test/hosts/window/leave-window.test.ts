import { EventEmitter } from 'node:events';
import type { WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { askBeforeLeaving, LEAVE_QUESTION } from '#electron/hosts/window/leave-window.ts';

/** What a page with unsaved changes meets when its window is closed: whether it is let go, and what was asked. */
function closed(answer: number): { readonly isLetGo: boolean; readonly asked: readonly unknown[] } {
  const contents = new EventEmitter();
  const asked: unknown[] = [];
  askBeforeLeaving(contents as unknown as WebContents, (question) => {
    asked.push(question);
    return answer;
  });
  let isLetGo = false;
  contents.emit('will-prevent-unload', { preventDefault: () => (isLetGo = true) });
  return { isLetGo, asked };
}

describe('a window whose page has unsaved changes', () => {
  it('asks, and stays by default', () => {
    expect(closed(LEAVE_QUESTION.defaultId!)).toEqual({ isLetGo: false, asked: [LEAVE_QUESTION] });
    expect(LEAVE_QUESTION.cancelId).toBe(LEAVE_QUESTION.defaultId);
  });

  it('closes where the reader says so', () => {
    expect(closed(1).isLetGo).toBe(true);
  });
});
