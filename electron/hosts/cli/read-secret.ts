import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** What standard input holds; of a terminal, one line that is not shown while it is typed. */
export async function readSecret(prompt: string): Promise<string> {
  if (!process.stdin.isTTY) return await text(process.stdin);
  process.stderr.write(prompt);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await line.question('');
  } finally {
    line.close();
    process.stderr.write('\n');
  }
}
