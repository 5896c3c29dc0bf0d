/**
 * The part of pdfmake 0.3 that is used here. Its own types bring the whole DOM with them, and the backend must not be able to
 * touch one without failing to compile.
 */
declare module 'pdfmake' {
  export type PdfDocument = { getBuffer: () => Promise<Uint8Array> };
  type PdfMake = {
    setFonts: (fonts: Readonly<Record<string, Readonly<Record<string, string>>>>) => void;
    setUrlAccessPolicy: (isAllowed: (url: string) => boolean) => void;
    setLocalAccessPolicy: (isAllowed: (path: string) => boolean) => void;
    createPdf: (definition: object) => PdfDocument;
  };
  const pdfmake: PdfMake;
  export default pdfmake;
}
