export type CallQueueLimits = { readonly concurrentMax: number; readonly waitingMax: number };

/** Runs tasks in the order they came, so many at once; what is over the limits is refused and not run. */
export type CallQueue = {
  /** True when the task runs now or will; false when it was refused. */
  add(task: () => Promise<void>): boolean;
};

export function createCallQueue({ concurrentMax, waitingMax }: CallQueueLimits): CallQueue {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;

  const start = (task: () => Promise<void>): void => {
    running += 1;
    void task().finally(() => {
      running -= 1;
      const next = waiting.shift();
      if (next !== undefined) start(next);
    });
  };

  return {
    add(task) {
      if (running < concurrentMax) start(task);
      else if (waiting.length < waitingMax) waiting.push(task);
      else return false;
      return true;
    },
  };
}
