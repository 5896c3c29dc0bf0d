import { once } from 'node:events';
import { createDeflateRaw, crc32 } from 'node:zlib';

/*
 * A ZIP file of deflated entries with one fixed date, so that the same entries give the same bytes. Sizes and checksums are
 * known when an entry is whole: only its compressed bytes are held. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16.
 */

/** An entry whose text comes in pieces. Names are ASCII or UTF-8, with `/` between folders. */
export type ZipEntry = {
  readonly name: string;
  readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
};

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const DEFLATED = 8;
/** 1980-01-01 00:00, the first instant that a ZIP file can name. */
const FIRST_DATE = 0x21;
/** Larger files would need ZIP64, which no report comes near. */
const BYTES_MAX = 0xffff_ffff;

/** Pieces are gathered to this before they are compressed: a piece of a sheet is one row. */
const CHUNK_BYTES = 256 * 1024;

type Stored = { readonly name: Buffer; readonly head: Buffer; readonly offset: number };

/** The pieces of a ZIP file, in order. Stops between two chunks when the signal aborts, by throwing its reason. */
export async function* zipPieces(entries: Iterable<ZipEntry>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const stored: Stored[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { crc, size, packed } = await deflated(entry.pieces, signal);
    const packedSize = packed.reduce((total, piece) => total + piece.length, 0);
    const name = Buffer.from(entry.name, 'utf8');
    const head = sharedHead({ crc, size, packedSize, nameLength: name.length });
    const local = Buffer.concat([fourBytes(LOCAL_SIGNATURE), head, name]);
    stored.push({ name, head, offset });
    offset += local.length + packedSize;
    if (offset > BYTES_MAX) throw new Error('a ZIP file of this size would need ZIP64');
    yield local;
    yield* packed;
  }
  yield directory(stored, offset);
}

/** What local and central heads have in common: everything from the version needed to the length of the extra field. */
function sharedHead(of: {
  readonly crc: number;
  readonly size: number;
  readonly packedSize: number;
  readonly nameLength: number;
}): Buffer {
  const head = Buffer.alloc(26);
  head.writeUInt16LE(VERSION, 0);
  head.writeUInt16LE(FLAGS, 2);
  head.writeUInt16LE(DEFLATED, 4);
  head.writeUInt16LE(FIRST_DATE, 8);
  head.writeUInt32LE(of.crc, 10);
  head.writeUInt32LE(of.packedSize, 14);
  head.writeUInt32LE(of.size, 18);
  head.writeUInt16LE(of.nameLength, 22);
  return head;
}

function directory(stored: readonly Stored[], offset: number): Buffer {
  const lines = stored.map((entry) => {
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(entry.offset, 10);
    return Buffer.concat([fourBytes(CENTRAL_SIGNATURE), twoBytes(VERSION), entry.head, tail, entry.name]);
  });
  const list = Buffer.concat(lines);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(stored.length, 8);
  end.writeUInt16LE(stored.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([list, end]);
}

function fourBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function twoBytes(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

type Deflated = { readonly crc: number; readonly size: number; readonly packed: readonly Buffer[] };

/** Compresses beside the loop of events, so that live polling goes on meanwhile. */
async function deflated(pieces: ZipEntry['pieces'], signal: AbortSignal | undefined): Promise<Deflated> {
  const stream = createDeflateRaw({ level: 6 });
  const packed: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => packed.push(chunk));
  const ended = once(stream, 'end');
  let crc = 0;
  let size = 0;
  for await (const chunk of chunksOf(pieces)) {
    signal?.throwIfAborted();
    crc = crc32(chunk, crc);
    size += chunk.length;
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  stream.end();
  await ended;
  return { crc, size, packed };
}

async function* chunksOf(pieces: ZipEntry['pieces']): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
    gathered.push(bytes);
    length += bytes.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(gathered);
}
