import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** What a reader of a PDF finds in it. */
export type ReadPdf = {
  readonly title: unknown;
  readonly language: unknown;
  readonly pages: readonly {
    readonly width: number;
    readonly height: number;
    readonly text: string;
    /** Every piece of text by itself, in the order of the page. */
    readonly pieces: readonly string[];
    readonly annotations: number;
  }[];
  readonly hasScript: boolean;
};

/** Reads a PDF back with another program than the one that wrote it. */
export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const loading = getDocument({ data: Uint8Array.from(bytes), verbosity: 0, disableFontFace: true });
  const document = await loading.promise;
  const { info } = await document.getMetadata();
  const pages = await Promise.all(
    Array.from({ length: document.numPages }, async (_, index) => {
      const page = await document.getPage(index + 1);
      const { items } = await page.getTextContent();
      const pieces = items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? [item.str] : []));
      const { width, height } = page.getViewport({ scale: 1 });
      return { width, height, text: pieces.join(' '), pieces, annotations: (await page.getAnnotations()).length };
    }),
  );
  const hasScript = (await document.getJSActions()) !== null;
  await loading.destroy();
  return { title: Reflect.get(info, 'Title'), language: Reflect.get(info, 'Language'), pages, hasScript };
}
