import { crc32 } from 'node:zlib';

/*
 * A snapshot is a ZIP file of stored entries (method 0) and nothing else: no folders, no comments, no extra fields, no
 * ZIP64, one fixed date. Any unzip program can open it. From names, sizes and checksums every other byte follows, which is
 * how a reader knows that nothing was hidden between them. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16.
 */

export type ArchiveEntry = { readonly name: string; readonly bytes: Buffer };

/** What the central directory repeats of an entry. */
export type EntryHead = { readonly name: string; readonly size: number; readonly crc: number };

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const VERSION = 20;
/** 1980-01-01 00:00, the first instant that a ZIP file can name: the manifest says when it was made. */
const FIRST_DATE = 0x21;

export const LOCAL_HEAD_BYTES = 30;
const CENTRAL_HEAD_BYTES = 46;
const END_BYTES = 22;

/** What stands before the bytes of an entry. */
export function localHeadOf({ name, size, crc }: EntryHead): Buffer {
  const text = Buffer.from(name, 'ascii');
  const head = Buffer.alloc(LOCAL_HEAD_BYTES + text.length);
  head.writeUInt32LE(LOCAL_SIGNATURE, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE(FIRST_DATE, 12);
  head.writeUInt32LE(crc, 14);
  head.writeUInt32LE(size, 18);
  head.writeUInt32LE(size, 22);
  head.writeUInt16LE(text.length, 26);
  text.copy(head, LOCAL_HEAD_BYTES);
  return head;
}

/** What stands after the last entry: the list of all of them, and where it begins. */
export function directoryOf(heads: readonly EntryHead[]): Buffer {
  let offset = 0;
  const lines = heads.map((head) => {
    const line = centralHeadOf(head, offset);
    offset += LOCAL_HEAD_BYTES + head.name.length + head.size;
    return line;
  });
  const list = Buffer.concat(lines);
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(heads.length, 8);
  end.writeUInt16LE(heads.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([list, end]);
}

function centralHeadOf({ name, size, crc }: EntryHead, offset: number): Buffer {
  const text = Buffer.from(name, 'ascii');
  const head = Buffer.alloc(CENTRAL_HEAD_BYTES + text.length);
  head.writeUInt32LE(CENTRAL_SIGNATURE, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE(VERSION, 6);
  head.writeUInt16LE(FIRST_DATE, 14);
  head.writeUInt32LE(crc, 16);
  head.writeUInt32LE(size, 20);
  head.writeUInt32LE(size, 24);
  head.writeUInt16LE(text.length, 28);
  head.writeUInt32LE(offset, 42);
  text.copy(head, CENTRAL_HEAD_BYTES);
  return head;
}

export function headOf({ name, bytes }: ArchiveEntry): EntryHead {
  return { name, size: bytes.length, crc: crc32(bytes) };
}

/** The whole file. */
export function archiveOf(entries: readonly ArchiveEntry[]): Buffer {
  const heads = entries.map(headOf);
  const parts = entries.flatMap(({ bytes }, index) => {
    const head = heads[index];
    return head === undefined ? [] : [localHeadOf(head), bytes];
  });
  return Buffer.concat([...parts, directoryOf(heads)]);
}
