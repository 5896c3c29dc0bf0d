import { CELL_STYLES, type Sheet, type StyleOf } from './sheet.ts';
import { xmlText } from './xml-text.ts';

/* The parts of a workbook beside its sheets: ECMA-376 part 1, sections 18.2 (workbook) and 18.8 (styles), part 2 (packages). */

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Who made it and what it is; `createdAt` is an ISO instant that the data gives, so that the same data give the same file. */
export type WorkbookAbout = { readonly title: string; readonly maker: string; readonly createdAt: string };

/** File names inside the package, with their texts. */
export function workbookParts(sheets: readonly Sheet[], about: WorkbookAbout): readonly (readonly [string, string])[] {
  return [
    ['[Content_Types].xml', contentTypes(sheets.length)],
    ['_rels/.rels', PACKAGE_RELATIONS],
    ['docProps/core.xml', coreProperties(about)],
    ['xl/workbook.xml', workbook(sheets)],
    ['xl/_rels/workbook.xml.rels', workbookRelations(sheets.length)],
    ['xl/styles.xml', stylesXml()],
  ];
}

function contentTypes(count: number): string {
  const sheets = numbers(count).map(
    (n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
  );
  return `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>${sheets.join('')}</Types>`;
}

const PACKAGE_RELATIONS = `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="${PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`;

function coreProperties({ title, maker, createdAt }: WorkbookAbout): string {
  const spaces = `xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`;
  const created = `<dcterms:created xsi:type="dcterms:W3CDTF">${xmlText(createdAt)}</dcterms:created>`;
  return `${HEAD}<cp:coreProperties ${spaces}><dc:title>${xmlText(title)}</dc:title><dc:creator>${xmlText(maker)}</dc:creator>${created}</cp:coreProperties>`;
}

/** A filter is a hidden name as well (18.2.5): Excel makes it so, and some readers find filters by it alone. */
function workbook(sheets: readonly Sheet[]): string {
  const list = sheets.map(
    ({ name }, index) => `<sheet name="${xmlText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  const names = sheets.flatMap(({ name, filter, repeated }, index) => {
    const of = xmlText(`'${name.replaceAll("'", "''")}'!`);
    const absolute = filter === null ? '' : filter.replaceAll(/([A-Z]+)([0-9]+)/g, '$$$1$$$2');
    return [
      ...(filter === null
        ? []
        : [
            `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1">${of}${absolute}</definedName>`,
          ]),
      ...(repeated === null
        ? []
        : [
            `<definedName name="_xlnm.Print_Titles" localSheetId="${index}">${of}$${repeated}:$${repeated}</definedName>`,
          ]),
    ];
  });
  const defined = names.length === 0 ? '' : `<definedNames>${names.join('')}</definedNames>`;
  return `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews><workbookView/></bookViews><sheets>${list.join('')}</sheets>${defined}<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>`;
}

function workbookRelations(count: number): string {
  const sheets = numbers(count).map(
    (n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
  );
  const styles = `<Relationship Id="rId${count + 1}" Type="${OFFICE}/styles" Target="styles.xml"/>`;
  return `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${sheets.join('')}${styles}</Relationships>`;
}

const FONTS = [
  ['plain', '<font><sz val="10"/><name val="Arial"/></font>'],
  ['bold', '<font><b/><sz val="10"/><name val="Arial"/></font>'],
  ['title', '<font><b/><sz val="14"/><name val="Arial"/></font>'],
  ['muted', '<font><sz val="10"/><color rgb="FF5B6470"/><name val="Arial"/></font>'],
] as const;

/** Numbers below it belong to the formats that every reader knows by themselves. */
const FIRST_FORMAT = 164;

function stylesXml(): string {
  const styles: readonly StyleOf[] = Object.values(CELL_STYLES);
  const formats = [...new Set(styles.map(({ format }) => format))].filter((format) => format !== 'General');
  const listed = formats.map(
    (format, index) => `<numFmt numFmtId="${FIRST_FORMAT + index}" formatCode="${xmlText(format)}"/>`,
  );
  const cells = styles.map((style) => styleXml(style, formats));
  return `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="${formats.length}">${listed.join('')}</numFmts><fonts count="${FONTS.length}">${FONTS.map(([, xml]) => xml).join('')}</fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8ECF1"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top style="thin"><color rgb="FF5B6470"/></top><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cells.length}">${cells.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles><dxfs count="1"><dxf><font><color rgb="FF9C0006"/></font><fill><patternFill><bgColor rgb="FFFFC7CE"/></patternFill></fill></dxf></dxfs></styleSheet>`;
}

function styleXml(
  { format, font, wraps = false, isFilled = false, hasRule = false }: StyleOf,
  formats: readonly string[],
) {
  const number = format === 'General' ? 0 : FIRST_FORMAT + formats.indexOf(format);
  const fontId = FONTS.findIndex(([name]) => name === font);
  const alignment = wraps ? '<alignment vertical="top" wrapText="1"/>' : '<alignment vertical="top"/>';
  return `<xf numFmtId="${number}" fontId="${fontId}" fillId="${isFilled ? 2 : 0}" borderId="${hasRule ? 1 : 0}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">${alignment}</xf>`;
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
