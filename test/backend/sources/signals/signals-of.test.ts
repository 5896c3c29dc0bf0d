import { describe, expect, test } from 'vitest';
import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import { readSeries } from '#backend/sources/probe/read-text.ts';
import { signalsOf } from '#backend/sources/signals/signals-of.ts';
import type { Signal, SignalGroup } from '#shared/model/signal.ts';

function groupsOf(...texts: readonly string[]): readonly SignalGroup[] {
  return signalsOf(
    texts.flatMap((text, at) => {
      const read = createExpositionReader().read(Buffer.from(text), 'prometheus-text');
      if (!read.ok) throw new Error(read.failure.message);
      const { series, values } = read.value;
      const isGone = (index: number) => series[index]?.labels.has('gone') === true;
      return readSeries(series, (index) => (isGone(index) ? undefined : values[index]), `host-${at}:9400`).reads;
    }),
  );
}

function signalIn(groups: readonly SignalGroup[], name: string): Signal | undefined {
  return groups.flatMap(({ signals }) => signals).find((signal) => signal.name === name);
}

const gpu = (name: string, value: number, uuid = 'GPU-1', more = '') =>
  `${name}{gpu="0",UUID="${uuid}",modelName="NVIDIA B200",Hostname="n1"${more}} ${value}\n`;
const vllm = (name: string, value: number, more = '') => `vllm:${name}{model_name="m"${more}} ${value}\n`;

describe('signals of GPUs', () => {
  test('a reading is found under the name of its field, and what is not there has a row to add', () => {
    const groups = groupsOf(gpu('DCGM_FI_DEV_POWER_USAGE', 700));
    expect(groups[0]).toMatchObject({ of: 'gpu', name: 'NVIDIA B200', count: 1 });
    expect(signalIn(groups, 'gpu-power')).toEqual({
      name: 'gpu-power',
      label: 'GPU power',
      state: 'found',
      heard: 1,
      from: 'DCGM_FI_DEV_POWER_USAGE',
      note: null,
      next: null,
    });
    expect(signalIn(groups, 'gpu-energy')).toMatchObject({
      state: 'absent',
      heard: 0,
      from: null,
      next: { copy: expect.stringMatching(/^DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION, counter, .+\.$/) },
    });
  });

  test('a field under its name of DCGM 4.6 is renamed, and read', () => {
    const groups = groupsOf(gpu('DCGM_FI_DEV_BOARD_POWER_WATTS', 700));
    expect(signalIn(groups, 'gpu-power')).toMatchObject({ state: 'renamed', from: 'DCGM_FI_DEV_BOARD_POWER_WATTS' });
  });

  test('a reading that no value is believed of is absent', () => {
    expect(signalIn(groupsOf(gpu('DCGM_FI_DEV_POWER_USAGE', -3)), 'gpu-power')).toMatchObject({ state: 'absent' });
  });

  test('a reading of long ago is stale', () => {
    const text = gpu('DCGM_FI_DEV_FB_USED', 5) + gpu('DCGM_FI_DEV_POWER_USAGE', 700, 'GPU-1', ',gone="1"');
    expect(signalIn(groupsOf(text), 'gpu-power')).toMatchObject({ state: 'stale', from: 'DCGM_FI_DEV_POWER_USAGE' });
  });

  test('what some GPUs do not tell is found with their count, and has a next step', () => {
    const text = gpu('DCGM_FI_DEV_POWER_USAGE', 700) + gpu('DCGM_FI_DEV_FB_USED', 5, 'GPU-2');
    const groups = groupsOf(text, gpu('DCGM_FI_DEV_POWER_USAGE', 650, 'GPU-3'));
    expect(groups[0]?.count).toBe(3);
    expect(signalIn(groups, 'gpu-power')).toMatchObject({
      state: 'found',
      heard: 2,
      next: { copy: expect.any(String) },
    });
  });

  test('cards that name no pod beside one that does lack nothing', () => {
    const text =
      gpu('DCGM_FI_DEV_POWER_USAGE', 700, 'GPU-1', ',pod="a",namespace="b"') + gpu('DCGM_FI_DEV_FB_USED', 5, 'GPU-2');
    expect(signalIn(groupsOf(text), 'gpu-workload')).toMatchObject({ state: 'found', heard: 1, next: null });
    expect(signalIn(groupsOf(gpu('DCGM_FI_DEV_FB_USED', 5)), 'gpu-workload')).toMatchObject({
      state: 'absent',
      next: { copy: 'DCGM_EXPORTER_KUBERNETES=true' },
    });
  });

  test('a GPU seen by two targets is one', () => {
    const text = gpu('DCGM_FI_DEV_POWER_USAGE', 700);
    expect(groupsOf(text, text)[0]?.count).toBe(1);
  });
});

describe('signals of engines', () => {
  const whole = [
    vllm('num_requests_running', 3),
    vllm('num_requests_waiting', 0),
    vllm('prompt_tokens_total', 100),
    vllm('generation_tokens_total', 10),
    vllm('time_to_first_token_seconds_bucket', 4, ',le="+Inf"'),
    vllm('time_to_first_token_seconds_sum', 2),
    vllm('time_to_first_token_seconds_count', 4),
  ].join('');

  test('zero is found, and what is missing is absent with what makes the engine tell it', () => {
    const groups = groupsOf(whole);
    expect(groups).toMatchObject([{ of: 'engine', name: 'vllm', count: 1 }]);
    expect(signalIn(groups, 'requests-waiting')).toMatchObject({ state: 'found', heard: 1 });
    expect(signalIn(groups, 'time-to-first-token')).toMatchObject({
      state: 'found',
      from: 'vllm:time_to_first_token_seconds_bucket',
    });
    expect(signalIn(groups, 'end-to-end-latency')).toMatchObject({
      state: 'absent',
      next: { text: expect.stringContaining('--disable-log-stats') },
    });
  });

  test('an input counter that only older releases have beside no other is not called renamed', () => {
    expect(signalIn(groupsOf(whole), 'input-tokens')).toMatchObject({
      state: 'found',
      from: 'vllm:prompt_tokens_total',
    });
  });

  test('a reading under the name of an older release is renamed', () => {
    const text = whole + vllm('gpu_cache_usage_perc', 0.4);
    expect(signalIn(groupsOf(text), 'kv-cache')).toMatchObject({ state: 'renamed', from: 'vllm:gpu_cache_usage_perc' });
  });

  test('what a kind of engine never reports has no setting to change', () => {
    const text = 'tgi_request_input_length_sum 5\ntgi_request_generated_tokens_sum 7\ntgi_queue_size 0\n';
    expect(signalIn(groupsOf(text), 'time-to-first-token')?.next).toEqual({
      text: 'tgi does not report it.',
      copy: null,
    });
  });

  test('kinds are groups of their own', () => {
    const sglang = 'sglang:num_running_reqs{model_name="m"} 0\n';
    expect(groupsOf(whole, sglang).map(({ name, count }) => [name, count])).toEqual([
      ['vllm', 1],
      ['sglang', 1],
    ]);
  });
});

describe('signals of power beyond the boards', () => {
  test('GPUs without a meter are told how to get one', () => {
    expect(signalIn(groupsOf(gpu('DCGM_FI_DEV_POWER_USAGE', 700)), 'node-power')).toMatchObject({
      state: 'absent',
      next: { copy: 'http://NODE:9290/metrics' },
    });
  });

  test('superchips are asked for the power of their modules', () => {
    const text = gpu('DCGM_FI_DEV_POWER_USAGE', 700).replace('B200', 'GB200');
    expect(signalIn(groupsOf(text), 'module-power')).toMatchObject({ state: 'absent' });
    expect(signalIn(groupsOf(gpu('DCGM_FI_DEV_POWER_USAGE', 700)), 'module-power')).toBeUndefined();
  });

  test('a meter is found with the layer that it covers', () => {
    const groups = groupsOf('ipmi_dcmi_power_consumption_watts 5120\n');
    expect(groups).toMatchObject([
      { of: 'power', count: 1, signals: [{ name: 'node-power', state: 'found', heard: 1 }] },
    ]);
  });
});

test('a source that tells nothing has no signals', () => {
  expect(groupsOf('up 1\n')).toEqual([]);
});
