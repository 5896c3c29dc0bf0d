/**
 * What cost, savings and what limits a deployment are worked out from, beside 0001: what held a GPU back and what it carried,
 * what an engine runs with and for whom, and small documents that an operator writes (marks, budgets, ledger tags).
 */
const GPU_COLUMNS = [
  'power_capped_seconds',
  'heat_capped_seconds',
  'power_limit_watt_seconds',
  'nvlink_bytes',
  'pcie_bytes',
];

const ADDED_TO_FACTS = ['raw', 'minute', 'hour'].flatMap((tier) =>
  GPU_COLUMNS.map((column) => `ALTER TABLE gpu_${tier} ADD COLUMN ${column} DOUBLE;`),
);

const ADDED_TO_SPANS = ['image', 'settings', 'tenant'].map(
  (column) => `ALTER TABLE engine_span ADD COLUMN ${column} VARCHAR;`,
);

export const MONEY_0002 = `
${[...ADDED_TO_FACTS, ...ADDED_TO_SPANS].join('\n')}
CREATE TABLE document (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
`;
