import { expect, test } from 'vitest';

import { epochMs } from '#shared/time/instant.ts';
import { createBodyBuffers } from '#backend/sources/http/body-buffers.ts';

let nowMs = 0;
const clock = { now: () => epochMs(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
const minutes = 60_000;

test('a target gets its own buffer back', () => {
  const buffers = createBodyBuffers(clock);
  const buffer = Buffer.alloc(200_000);
  buffers.giveBack('a', buffer);
  expect(buffers.take('b')).not.toBe(buffer);
  expect(buffers.take('a')).toBe(buffer);
});

test('a buffer that is out is not handed out again', () => {
  const buffers = createBodyBuffers(clock);
  buffers.giveBack('a', Buffer.alloc(10));
  expect(buffers.take('a')).not.toBe(buffers.take('a'));
});

test('a full pool keeps the buffers in use and drops the newcomer', () => {
  const buffers = createBodyBuffers(clock, 250);
  const [first, second, third] = [Buffer.alloc(100), Buffer.alloc(100), Buffer.alloc(100)];
  buffers.giveBack('a', first);
  buffers.giveBack('b', second);
  buffers.giveBack('c', third);
  expect(buffers.take('a')).toBe(first);
  expect(buffers.take('b')).toBe(second);
  expect(buffers.take('c')).not.toBe(third);
});

test('a full pool lets go of buffers unused for ten minutes, and of no others', () => {
  nowMs = 0;
  const buffers = createBodyBuffers(clock, 250);
  const [old, used, newcomer] = [Buffer.alloc(100), Buffer.alloc(100), Buffer.alloc(100)];
  buffers.giveBack('old', old);
  buffers.giveBack('used', used);
  nowMs = 6 * minutes;
  buffers.giveBack('used', buffers.take('used'));
  nowMs = 11 * minutes;
  buffers.giveBack('new', newcomer);
  expect(buffers.take('new')).toBe(newcomer);
  expect(buffers.take('used')).toBe(used);
  expect(buffers.take('old')).not.toBe(old);
});
