import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** More would only queue in the thread pool that all file and name look-ups of the process share. */
const READERS_MAX = 3;

/** Runs `body` in a transaction: all of it is kept, or none when it throws. */
export async function inTransaction<Value>(connection: DuckDBConnection, body: () => Promise<Value>): Promise<Value> {
  await connection.run('BEGIN');
  try {
    const value = await body();
    await connection.run('COMMIT');
    return value;
  } catch (error) {
    // After a fatal error, or a failed commit, there is nothing left to roll back: the first error is the one to tell.
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}

export type Connections = {
  /** Runs a job on the writing connection, one at a time, in the order asked. */
  write<Value>(job: (connection: DuckDBConnection) => Promise<Value>): Promise<Value>;
  /** Runs a job in one read transaction, so that all it reads is of one instant; at most 3 at once, others wait. */
  read<Value>(job: (connection: DuckDBConnection) => Promise<Value>): Promise<Value>;
  /**
   * Runs a job of many questions over one instant. It has a connection of its own, so that a long job holds up no short one;
   * `begin` is called between two writes, at the instant that the job sees.
   */
  readOneInstant<Start, Value>(
    begin: (writer: DuckDBConnection) => Promise<Start>,
    job: (connection: DuckDBConnection, start: Start) => Promise<Value>,
  ): Promise<Value>;
  /** Waits for the jobs under way, then lets go of the connections. */
  close(): Promise<void>;
};

/** One connection for writing and a few for reading, so that a long question never holds up an append. */
export async function openConnections(instance: DuckDBInstance): Promise<Connections> {
  const writer = await instance.connect();
  const readers = await Promise.all(Array.from({ length: READERS_MAX }, () => instance.connect()));
  const free = [...readers];
  const waiting: ((reader: DuckDBConnection) => void)[] = [];
  let lastWrite: Promise<unknown> = Promise.resolve();
  const long = new Set<Promise<unknown>>();

  const takeReader = async () =>
    free.pop() ?? new Promise<DuckDBConnection>((resolve) => waiting.push((reader) => resolve(reader)));
  const giveBack = (reader: DuckDBConnection) => {
    const next = waiting.shift();
    if (next === undefined) free.push(reader);
    else next(reader);
  };
  const write = <Value>(job: (connection: DuckDBConnection) => Promise<Value>): Promise<Value> => {
    const done = lastWrite.then(() => job(writer));
    lastWrite = done.catch(() => {});
    return done;
  };
  const readAlone: Connections['readOneInstant'] = async (begin, job) => {
    const connection = await instance.connect();
    try {
      const start = await write(async (writing) => {
        await connection.run('BEGIN');
        // What a transaction sees is fixed by the first table it looks at.
        await connection.run('FROM document LIMIT 0');
        return await begin(writing);
      });
      return await job(connection, start);
    } finally {
      connection.closeSync();
    }
  };
  return {
    write,
    readOneInstant: async (begin, job) => {
      const done = readAlone(begin, job);
      const settled = done.catch(() => {});
      long.add(settled);
      await settled;
      long.delete(settled);
      return await done;
    },
    read: async (job) => {
      const reader = await takeReader();
      try {
        return await inTransaction(reader, () => job(reader));
      } finally {
        giveBack(reader);
      }
    },
    close: async () => {
      await Promise.all(long);
      await lastWrite;
      for (let taken = 0; taken < READERS_MAX; taken += 1) (await takeReader()).closeSync();
      writer.closeSync();
    },
  };
}
