/**
 * First schema. Text of a migration never changes once released: a new column is a line in shared/model/fact.ts and an
 * `ALTER TABLE ... ADD COLUMN` for three tiers in the next migration. test/backend/store/duckdb/schema.test.ts
 * holds that the tables have the columns that the code expects.
 *
 * Types: all measures are DOUBLE. It holds token counts exactly up to 2^53 and sums of what was measured to 1e-12, and
 * short decimals compress to a few bytes. Narrow integers would be a third smaller but round each fact. Times are UTC.
 * No keys and no indexes on facts: time order and zone maps find the rows, and an index would triple the write.
 */
const GPU_MEASURES = `
  observed_seconds DOUBLE,
  bridged_seconds DOUBLE,
  energy_joules DOUBLE,
  energy_integrated_joules DOUBLE,
  energy_seconds DOUBLE,
  utilisation_seconds DOUBLE,
  sm_active_seconds DOUBLE,
  tensor_active_seconds DOUBLE,
  dram_active_seconds DOUBLE,
  memory_used_byte_seconds DOUBLE,
  sm_cycles DOUBLE,
  power_watts_min DOUBLE,
  power_watts_max DOUBLE,
  temperature_celsius_max DOUBLE`;

const ENGINE_MEASURES = `
  observed_seconds DOUBLE,
  bridged_seconds DOUBLE,
  input_tokens DOUBLE,
  cached_tokens DOUBLE,
  output_tokens DOUBLE,
  requests_stopped DOUBLE,
  requests_length DOUBLE,
  requests_aborted DOUBLE,
  requests_failed DOUBLE,
  preemptions DOUBLE,
  speculative_drafts DOUBLE,
  draft_tokens DOUBLE,
  accepted_tokens DOUBLE,
  restarts DOUBLE,
  running_request_seconds DOUBLE,
  waiting_request_seconds DOUBLE,
  kv_cache_usage_seconds DOUBLE,
  sleeping_seconds DOUBLE,
  ttft_seconds DOUBLE,
  ttft_count DOUBLE,
  inter_token_seconds DOUBLE,
  inter_token_count DOUBLE,
  end_to_end_seconds DOUBLE,
  end_to_end_count DOUBLE`;

const METER_MEASURES = `
  observed_seconds DOUBLE,
  energy_joules DOUBLE,
  energy_integrated_joules DOUBLE,
  part_seconds DOUBLE`;

const BOARD_MEASURES = `
  energy_joules DOUBLE,
  energy_seconds DOUBLE,
  gpu_seconds DOUBLE,
  observed_seconds DOUBLE`;

const INTERVAL = 'ts TIMESTAMP NOT NULL, seconds DOUBLE NOT NULL';

const FACT_TABLES = ['raw', 'minute', 'hour'].map(
  (tier) => `
CREATE TABLE gpu_${tier} (
  ${INTERVAL}, seat_id INTEGER NOT NULL, placement_id INTEGER, state_id UTINYINT NOT NULL, ${GPU_MEASURES});
CREATE TABLE engine_${tier} (${INTERVAL}, engine_span_id INTEGER NOT NULL, ${ENGINE_MEASURES});
CREATE TABLE meter_${tier} (${INTERVAL}, meter_id INTEGER NOT NULL, ${METER_MEASURES});
CREATE TABLE board_${tier} (${INTERVAL}, seat_id INTEGER NOT NULL, ${BOARD_MEASURES});
CREATE TABLE latency_${tier} (
  ${INTERVAL}, engine_span_id INTEGER NOT NULL, measure_id UTINYINT NOT NULL, upper_bound_seconds DOUBLE NOT NULL,
  count DOUBLE);`,
);

export const FACTS_0001 = `
CREATE TABLE seat (
  id INTEGER NOT NULL, key VARCHAR NOT NULL, site VARCHAR, rack VARCHAR, pool VARCHAR, node VARCHAR,
  gpu VARCHAR NOT NULL, sku VARCHAR NOT NULL, gpu_index VARCHAR, domain VARCHAR, tray VARCHAR, driver_version VARCHAR,
  cuda_version VARCHAR, since_ms DOUBLE NOT NULL, until_ms DOUBLE);
CREATE TABLE engine_span (
  id INTEGER NOT NULL, key VARCHAR NOT NULL, site VARCHAR, rack VARCHAR, pool VARCHAR, node VARCHAR,
  engine VARCHAR NOT NULL, kind VARCHAR NOT NULL, model VARCHAR NOT NULL, role VARCHAR, pod VARCHAR, version VARCHAR,
  version_evidence VARCHAR, since_ms DOUBLE NOT NULL, until_ms DOUBLE);
CREATE TABLE meter (
  id INTEGER NOT NULL, key VARCHAR NOT NULL, site VARCHAR, rack VARCHAR, pool VARCHAR, node VARCHAR,
  meter VARCHAR NOT NULL, boundary VARCHAR NOT NULL, origin VARCHAR NOT NULL, parts DOUBLE NOT NULL,
  since_ms DOUBLE NOT NULL, until_ms DOUBLE);
CREATE TABLE placement (id INTEGER NOT NULL, key VARCHAR NOT NULL, rule VARCHAR NOT NULL);
CREATE TABLE placement_member (placement_id INTEGER NOT NULL, engine_span_id INTEGER, share DOUBLE NOT NULL);
CREATE TABLE gpu_state (id UTINYINT NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE latency_measure (id UTINYINT NOT NULL, name VARCHAR NOT NULL);
${FACT_TABLES.join('')}
CREATE TABLE event (
  ts TIMESTAMP NOT NULL, kind VARCHAR NOT NULL, subject VARCHAR NOT NULL, model VARCHAR, node VARCHAR,
  message VARCHAR NOT NULL);
CREATE TABLE checkpoint (
  thing VARCHAR NOT NULL, ts TIMESTAMP NOT NULL, started_at_ms DOUBLE, counters VARCHAR NOT NULL);
CREATE TABLE cost_book_revision (position INTEGER NOT NULL, revision VARCHAR NOT NULL);
CREATE TABLE tier (name VARCHAR NOT NULL, rolled_until_ms DOUBLE, kept_from_ms DOUBLE);
INSERT INTO tier VALUES ('raw', NULL, NULL), ('minute', NULL, NULL), ('hour', NULL, NULL);
CREATE TABLE late_bucket (family VARCHAR NOT NULL, tier VARCHAR NOT NULL, ts TIMESTAMP NOT NULL);
`;
