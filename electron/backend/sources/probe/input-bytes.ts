import { open } from 'node:fs/promises';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { ProbeProblem } from './probe-answer.ts';

/** No answer of any exporter or server is read beyond this, wherever it comes from. */
const BYTES_MAX = 256 * 1024 * 1024;

/** The bytes of a file, pipe or device, bounded. */
export async function bytesOfFile(path: string): Promise<Result<Buffer, ProbeProblem>> {
  try {
    const file = await open(path, 'r');
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of file.createReadStream({ autoClose: false })) {
        const bytes = Buffer.from(chunk as Uint8Array);
        length += bytes.length;
        if (length > BYTES_MAX) return unreadable(`The file is larger than ${BYTES_MAX / 2 ** 20} MiB`);
        chunks.push(bytes);
      }
      return succeed(Buffer.concat(chunks, length));
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(`The file cannot be read: ${error instanceof Error ? error.message : 'unknown trouble'}`);
  }
}

function unreadable(message: string): Result<never, ProbeProblem> {
  return fail({ kind: 'unreadable', message, line: null });
}

/** Text as UTF-8 without a byte order mark, and what was done to get there. Windows shells save pages as UTF-16. */
export function asUtf8(bytes: Buffer): { readonly bytes: Buffer; readonly problem: ProbeProblem | null } {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return { bytes: bytes.subarray(3), problem: encoded('It begins with a byte order mark, which was left out') };
  }
  const isLittle = first === 0xff && second === 0xfe;
  const isBig = first === 0xfe && second === 0xff;
  if (!isLittle && !isBig) return { bytes, problem: null };
  const pairs = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
  const text = (isLittle ? pairs : pairs.swap16()).toString('utf16le');
  return {
    bytes: Buffer.from(text, 'utf8'),
    problem: encoded('It is UTF-16 and was read as such; exporters send UTF-8'),
  };
}

function encoded(message: string): ProbeProblem {
  return { kind: 'encoding', message, line: null };
}
