import { crc32 } from 'node:zlib';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { directoryOf, LOCAL_HEAD_BYTES, localHeadOf, type ArchiveEntry, type EntryHead } from './archive-layout.ts';

/** The longest name that a snapshot uses is a third of this. */
const NAME_BYTES_MAX = 64;

/**
 * The entries of a snapshot file, in order. Only a file whose every byte follows from its entries is read: names are
 * expected ones, each at most once; checksums are right; local heads and directory agree; nothing stands before, between
 * or behind. So what zip-slip, overlapping or hidden entries need cannot be written. Nothing is unpacked to disk here, and
 * stored entries cannot grow. On failure: what is wrong, as a sentence.
 */
export function readArchive(file: Buffer, isExpected: (name: string) => boolean): Result<ArchiveEntry[], string> {
  const entries: ArchiveEntry[] = [];
  const heads: EntryHead[] = [];
  let at = 0;
  while (at < file.length && file.toString('latin1', at, at + 4) === 'PK\u0003\u0004') {
    const entry = readEntry(file, at);
    if (!entry.ok) return entry;
    const { head, bytes } = entry.value;
    if (!isExpected(head.name)) return fail(`it holds ${JSON.stringify(head.name)}, which no snapshot does`);
    if (heads.some(({ name }) => name === head.name)) return fail(`it holds ${head.name} twice`);
    heads.push(head);
    entries.push({ name: head.name, bytes });
    at += LOCAL_HEAD_BYTES + head.name.length + head.size;
  }
  if (entries.length === 0) return fail('it is no snapshot');
  const directory = directoryOf(heads);
  if (file.length < at + directory.length) return fail(`it is incomplete: ${directoryWords(file.length - at)}`);
  if (!file.subarray(at).equals(directory)) return fail('its list of contents was changed, or something follows it');
  return succeed(entries);
}

function directoryWords(bytes: number): string {
  return bytes === 0 ? 'the list of contents is missing' : 'the list of contents is cut';
}

function readEntry(file: Buffer, at: number): Result<{ readonly head: EntryHead; readonly bytes: Buffer }, string> {
  if (file.length < at + LOCAL_HEAD_BYTES) return fail('it is incomplete: an entry is cut in its head');
  const nameLength = file.readUInt16LE(at + 26);
  if (nameLength === 0 || nameLength > NAME_BYTES_MAX) return fail('an entry has a name that no snapshot has');
  const head: EntryHead = {
    name: file.toString('latin1', at + LOCAL_HEAD_BYTES, at + LOCAL_HEAD_BYTES + nameLength),
    size: file.readUInt32LE(at + 18),
    crc: file.readUInt32LE(at + 14),
  };
  const start = at + LOCAL_HEAD_BYTES + nameLength;
  if (!file.subarray(at, start).equals(localHeadOf(head))) {
    return fail(`the head of ${JSON.stringify(head.name)} was changed, or is not one that Tokenwatt writes`);
  }
  if (file.length < start + head.size) return fail(`it is incomplete: ${head.name} is cut`);
  const bytes = file.subarray(start, start + head.size);
  return crc32(bytes) === head.crc ? succeed({ head, bytes }) : fail(`${head.name} was changed since it was made`);
}
