import { columnsOf, type FocusRow, type FocusType } from '../focus-columns.ts';
import { OWN_TAG_PREFIX } from '../focus-settings.ts';
import { columnNames, numberOf, wrongLines, type FocusCheck, type ReadRow, type ReadTable } from './checked-export.ts';
import { NULL_RULES } from './null-rules.ts';

const NUMBER = /^-?(0|[1-9][0-9]*)\.[0-9]+$/;
const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

function columnsOfType(version: '1.2' | '1.4', type: FocusType): (keyof FocusRow)[] {
  return columnsOf(version).flatMap((column) => (column.type === type ? [column.name] : []));
}

/** Values of some columns that do not have the form of their type. */
function malformed(table: ReadTable, names: readonly (keyof FocusRow)[], isWell: (text: string) => boolean): string[] {
  return names.flatMap((name) =>
    wrongLines(table, (row) => typeof row[name] === 'string' && !isWell(row[name]), `${name} is malformed`),
  );
}

const isPurchase = (row: ReadRow): boolean => row.ChargeCategory === 'Purchase';
const isCorrection = (row: ReadRow): boolean => row.ChargeClass === 'Correction';

/** Texts that stand for nothing in careless files. */
const NOTHINGS = new Set(['', 'null', 'NaN', 'undefined', 'N/A', 'Not Applicable']);

/** Names may be anything, even `null`; these columns hold names. */
const NAME_COLUMNS: ReadonlySet<string> = new Set([
  'BillingAccountName',
  'RegionName',
  'ResourceName',
  'SubAccountName',
  'AllocatedResourceName',
  'x_Engine',
  'x_EngineVersion',
  'x_GpuModel',
  'x_Model',
  'x_NodePool',
  'x_Tenant',
  'x_TariffPeriod',
]);

const ALLOWED: { readonly [Column in keyof FocusRow]?: readonly string[] } = {
  BillingCurrency: ['USD'],
  CapacityReservationStatus: ['Used', 'Unused'],
  ChargeCategory: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  ChargeClass: ['Correction'],
  ChargeFrequency: ['One-Time', 'Recurring', 'Usage-Based'],
  CommitmentDiscountCategory: ['Spend', 'Usage'],
  CommitmentDiscountStatus: ['Used', 'Unused'],
  CommitmentDiscountUnit: ['GPU-Hours'],
  ConsumedUnit: ['Tokens', 'GPU-Hours', 'Kilowatt-Hours'],
  PricingCategory: ['Standard', 'Committed', 'Dynamic', 'Other'],
  PricingUnit: ['GPU-Hours', 'Kilowatt-Hours'],
  ServiceCategory: ['AI and Machine Learning'],
  // Of the category above.
  ServiceSubcategory: ['Generative AI'],
};

export const FORMAT_CHECKS: readonly FocusCheck[] = [
  {
    id: 'FX-01',
    title: 'The head is the column table of the version, in its order, our own columns last',
    find: ({ header }, exported) => {
      const wanted = columnNames(exported);
      const first = wanted.findIndex((name, index) => header[index] !== name);
      const names = first === -1 && header.length === wanted.length ? [] : [wanted[first] ?? 'a column too many'];
      return names.map((name) => `the head differs from the version's at ${name}`);
    },
  },
  {
    id: 'FX-02',
    title: 'Instants are UTC in whole seconds, periods begin before they end, charges lie in their month',
    find: (table, { context }) => [
      ...malformed(table, columnsOfType(context.version, 'DateTime'), (text) => INSTANT.test(text)),
      ...wrongLines(
        table,
        (row) =>
          `${row.ChargePeriodStart}` >= `${row.ChargePeriodEnd}` ||
          `${row.BillingPeriodStart}` >= `${row.BillingPeriodEnd}`,
        'a period does not begin before it ends',
      ),
      ...wrongLines(
        table,
        (row) =>
          !isPurchase(row) &&
          !isCorrection(row) &&
          (`${row.ChargePeriodStart}` < `${row.BillingPeriodStart}` ||
            `${row.ChargePeriodEnd}` > `${row.BillingPeriodEnd}`),
        'the charge lies outside its billing period',
      ),
    ],
  },
  {
    id: 'FX-04',
    title: 'Numbers are plain decimals with a point and no exponent',
    find: (table, { context }) =>
      malformed(
        table,
        columnsOfType(context.version, 'Decimal'),
        (text) => NUMBER.test(text) && Number.isFinite(Number(text)),
      ),
  },
  {
    id: 'FX-05',
    title: 'What must have a value has one, and what has none is empty',
    find: (table, { context }) => {
      const columns = columnsOf(context.version);
      const required = columns.filter(({ isNullable }) => !isNullable);
      return [
        ...required.flatMap(({ name }) => wrongLines(table, (row) => (row[name] ?? null) === null, `${name} is empty`)),
        ...columns.flatMap(({ name }) =>
          wrongLines(
            table,
            (row) =>
              typeof row[name] === 'string' &&
              (row[name] === '' || (!NAME_COLUMNS.has(name) && NOTHINGS.has(row[name]))),
            `${name} is text that stands for nothing`,
          ),
        ),
        ...NULL_RULES.flatMap(({ isWrong, words }) => wrongLines(table, isWrong, words)),
      ];
    },
  },
  {
    id: 'FX-06',
    title: 'Values are of the lists that FOCUS allows',
    find: (table) =>
      Object.entries(ALLOWED).flatMap(([name, values]) =>
        malformed(table, [name as keyof FocusRow], (text) => values.includes(text)),
      ),
  },
  {
    id: 'FX-08',
    title: 'Prices are not negative; nor are costs, save of corrections',
    find: (table) => [
      ...wrongLines(
        table,
        (row) => numberOf(row, 'ListUnitPrice') < 0 || numberOf(row, 'ContractedUnitPrice') < 0,
        'a unit price is negative',
      ),
      ...wrongLines(
        table,
        (row) =>
          !isCorrection(row) &&
          row.ChargeCategory !== 'Credit' &&
          row.ChargeCategory !== 'Adjustment' &&
          (numberOf(row, 'BilledCost') < 0 || numberOf(row, 'EffectiveCost') < 0),
        'a cost is negative',
      ),
    ],
  },
  {
    id: 'FX-10',
    title: 'Tags and details are flat JSON with names told once, ours under their own beginning',
    find: (table, { context }) => [
      ...malformed(table, ['Tags', 'SkuPriceDetails'], isFlatJson),
      ...Object.keys(context.settings.tags)
        .filter((name) => name.startsWith(OWN_TAG_PREFIX))
        .map((name) => `the tag ${name} is named as only Tokenwatt's own are`),
    ],
  },
];

/** An object on one line whose values are texts, numbers, true, false or null; a name that comes twice changes the text. */
function isFlatJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return (
      Object.values(value).every((one) => one === null || typeof one !== 'object') && JSON.stringify(value) === text
    );
  } catch {
    return false;
  }
}
