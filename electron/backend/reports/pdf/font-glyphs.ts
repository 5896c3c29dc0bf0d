/**
 * The characters that a TrueType font can draw, read from its `cmap` in format 4, the one for all of the Basic Multilingual
 * Plane. Source of the layout: the OpenType specification, "cmap - Character to Glyph Index Mapping Table".
 */
export function glyphsOf(font: Buffer): (codePoint: number) => boolean {
  const segments = segmentsOf(font, offsetOfFormat4(font));
  return (codePoint) => segments.some(({ start, end }) => codePoint >= start && codePoint <= end);
}

type Segment = { readonly start: number; readonly end: number };

const HEADER_BYTES = 12;
const TABLE_RECORD_BYTES = 16;
const ENCODING_RECORD_BYTES = 8;
const LAST_CODE = 0xff_ff;

function offsetOfFormat4(font: Buffer): number {
  const tables = Array.from({ length: font.readUInt16BE(4) }, (_, index) => HEADER_BYTES + index * TABLE_RECORD_BYTES);
  const record = tables.find((at) => font.toString('latin1', at, at + 4) === 'cmap');
  if (record === undefined) throw new Error('the font has no cmap');
  const cmap = font.readUInt32BE(record + 8);
  const encodings = Array.from(
    { length: font.readUInt16BE(cmap + 2) },
    (_, index) => cmap + font.readUInt32BE(cmap + 4 + index * ENCODING_RECORD_BYTES + 4),
  );
  const found = encodings.find((at) => font.readUInt16BE(at) === 4);
  if (found === undefined) throw new Error('the font has no cmap of format 4');
  return found;
}

/** Segments of a format 4 table. Glyph 0 inside a segment would be a gap; the fonts here have none. */
function segmentsOf(font: Buffer, table: number): readonly Segment[] {
  const doubled = font.readUInt16BE(table + 6);
  return Array.from({ length: doubled / 2 }, (_, index) => ({
    end: font.readUInt16BE(table + 14 + index * 2),
    start: font.readUInt16BE(table + 16 + doubled + index * 2),
  })).filter(({ start }) => start !== LAST_CODE);
}
