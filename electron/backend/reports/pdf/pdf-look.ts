/** Colours and type of the page, in points. Text keeps 4.5:1 on white and on the shade, also in grey. */
export const INK = { first: '#14191e', second: '#4a545f' } as const;
export const LINE = '#c3cbd3';
export const SHADE = '#f2f4f6';

export const MARGINS = { left: 42, right: 42, top: 62, bottom: 46 } as const;

export const STYLES = {
  sectionTitle: { fontSize: 15, bold: true, margin: [0, 0, 0, 6] },
  tableTitle: { fontSize: 9.5, bold: true, margin: [0, 4, 0, 1] },
  lead: { fontSize: 9.5, lineHeight: 1.25, margin: [0, 0, 0, 3] },
  note: { fontSize: 7.5, color: INK.second, margin: [0, 0, 0, 3] },
  tileTitle: { fontSize: 8, color: INK.second },
  tileValue: { fontSize: 15, bold: true },
  tileSmall: { fontSize: 7.5, color: INK.second },
} as const;

export const DEFAULT_STYLE = { font: 'Roboto', fontSize: 8, color: INK.first } as const;
