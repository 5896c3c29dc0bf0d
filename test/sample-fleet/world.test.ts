import { describe, expect, test } from 'vitest';

import { scrapeTargetsOf, type ScrapeTarget } from '#electron/sample-fleet/exporters/scrape-targets.ts';
import { truthOf } from '#electron/sample-fleet/world/truth.ts';
import { trueChangesOf } from '#electron/sample-fleet/world/updates.ts';
import { createWorld } from '#electron/sample-fleet/world/world.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';

import { sampleLines, valuesOf } from './exposition-lines.ts';

const anchor = epochMs(Date.parse('2026-11-24T15:00:00Z'));
const world = createWorld({ seed: 7, anchor });
const targets = scrapeTargetsOf(world);
const hoursFrom = (hours: number): EpochMs => plusSeconds(anchor, hours * 3600);

function targetOf(instance: string): ScrapeTarget {
  return targets.find((target) => target.labels['instance'] === instance)!;
}

function engineTargets(model: string): readonly ScrapeTarget[] {
  const pods = world.engines.filter((engine) => engine.model.name === model).map((engine) => engine.pod);
  return pods.map((pod) => targetOf(`${pod}:8000`));
}

function valueOf(target: ScrapeTarget, at: EpochMs, name: string, labels: Record<string, string> = {}): number {
  const lines = sampleLines(target.textAt(at)).filter((line) => {
    return line.name === name && Object.entries(labels).every(([label, value]) => line.labels[label] === value);
  });
  return lines[0]!.value;
}

function linesMin({ labels }: ScrapeTarget): number {
  return labels['job'] === 'ipmi' ? 8 : labels['job'] === 'kube-state-metrics' ? 38 : 100;
}

describe('the texts', () => {
  test('read line by line on every target', () => {
    for (const target of targets.filter((candidate) => candidate.standingAt(anchor) === 'up')) {
      expect(sampleLines(target.textAt(anchor)).length).toBeGreaterThan(linesMin(target));
    }
  });

  test('name each series once', () => {
    for (const target of targets.filter((candidate) => candidate.standingAt(anchor) === 'up')) {
      const text = target.textAt(anchor);
      expect(valuesOf(text).size).toBe(sampleLines(text).length);
    }
  });

  test('of a GPU node carry labels in the order of the exporter and six decimals on ratios and watts', () => {
    const text = targetOf('dal-b200-01:9400').textAt(anchor);
    const line = text.split('\n').find((candidate) => candidate.startsWith('DCGM_FI_DEV_POWER_USAGE{gpu="3"'));
    expect(line).toMatch(
      /^DCGM_FI_DEV_POWER_USAGE\{gpu="3",UUID="GPU-[-0-9a-f]{36}",pci_bus_id="00000000:61:00\.0",device="nvidia3",modelName="NVIDIA B200",Hostname="dal-b200-01",DCGM_FI_DRIVER_VERSION="580\.105\.08",container="vllm",namespace="inference",pod="kimi-k2-[0-9a-f]{4}-0"\} \d+\.\d{6}$/,
    );
    expect(new Set(text.match(/^# TYPE \S+/gm)).size).toBe(30);
  });

  test('are the same bytes for the same seed and others for another', () => {
    const again = scrapeTargetsOf(createWorld({ seed: 7, anchor }));
    const other = scrapeTargetsOf(createWorld({ seed: 8, anchor }));
    expect(again.map((target) => target.textAt(anchor))).toEqual(targets.map((target) => target.textAt(anchor)));
    expect(other[0]!.textAt(anchor)).not.toBe(targets[0]!.textAt(anchor));
  });

  test('do not depend on what was asked before', () => {
    const fresh = scrapeTargetsOf(createWorld({ seed: 7, anchor }));
    const engine = targets.findIndex((target) => target.labels['job'] === 'vllm');
    targets[engine]!.textAt(hoursFrom(-70));
    expect(targets[engine]!.textAt(hoursFrom(-3))).toBe(fresh[engine]!.textAt(hoursFrom(-3)));
  });
});

describe('counters', () => {
  test('never fall between scrapes, a millisecond or hours apart', () => {
    const instants = [-3, -2.5, -2, -1, -0.5, 0].flatMap((hours) =>
      [0, 0.001, 7, 29.999, 30].map((s) => plusSeconds(hoursFrom(hours), s)),
    );
    const isCounter = /(_total|_bucket|_count|_sum|ENERGY_CONSUMPTION)$/;
    for (const target of [...engineTargets('deepseek-r1'), targetOf('ash-nvl72-01-t03:9400')]) {
      let before = new Map<string, number>() as ReadonlyMap<string, number>;
      for (const instant of instants) {
        const now = valuesOf(target.textAt(instant));
        for (const [series, value] of now) {
          if (isCounter.test(series.replace(/\[.*/, '')))
            expect(value, series).toBeGreaterThanOrEqual(before.get(series) ?? 0);
        }
        before = now;
      }
    }
  });

  test('of histograms rise with the bound and end at the number of finished requests', () => {
    const lines = sampleLines(engineTargets('gpt-oss-120b')[0]!.textAt(anchor));
    const buckets = lines.filter((line) => line.name === 'vllm:time_to_first_token_seconds_bucket');
    expect(buckets).toHaveLength(23);
    expect(buckets.map((bucket) => bucket.value)).toEqual(
      buckets.map((bucket) => bucket.value).toSorted((a, b) => a - b),
    );
    const finished = lines
      .filter((line) => line.name === 'vllm:request_success_total')
      .reduce((sum, line) => sum + line.value, 0);
    expect(buckets.at(-1)!.value).toBe(finished);
    expect(lines.find((line) => line.name === 'vllm:e2e_request_latency_seconds_count')!.value).toBe(finished);
  });

  test('of prompt tokens add up over their sources', () => {
    const lines = sampleLines(engineTargets('kimi-k2')[0]!.textAt(anchor));
    const sum = (name: string) =>
      lines.filter((line) => line.name === name).reduce((total, line) => total + line.value, 0);
    expect(sum('vllm:prompt_tokens_by_source_total')).toBe(sum('vllm:prompt_tokens_total'));
    expect(sum('vllm:prompt_tokens_cached_total')).toBeGreaterThan(0.3 * sum('vllm:prompt_tokens_total'));
    expect(sum('vllm:prompt_tokens_cached_total')).toBeLessThan(0.7 * sum('vllm:prompt_tokens_total'));
  });

  test('of energy are the integral of the power shown', () => {
    const from = hoursFrom(-8);
    for (const instance of ['dal-b200-05:9400', 'dal-b200-07:9400', 'ash-nvl72-01-t01:9400']) {
      const target = targetOf(instance);
      const energy = (at: EpochMs) => valueOf(target, at, 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', { gpu: '2' }) / 1000;
      let joules = 0;
      for (let second = 0.5; second < 600; second++) {
        joules += valueOf(target, plusSeconds(from, second), 'DCGM_FI_DEV_POWER_USAGE', { gpu: '2' });
      }
      const counted = energy(plusSeconds(from, 600)) - energy(from);
      expect(Math.abs(joules / counted - 1)).toBeLessThan(0.001);
    }
  });
});

describe('truth', () => {
  test('of tokens is the difference of the counters where no process restarted', () => {
    const [from, to] = [plusSeconds(hoursFrom(-4), 3.217), plusSeconds(hoursFrom(-1), 17.9)];
    const { tokensByPod } = truthOf(world, from, to);
    for (const engine of world.engines.filter((candidate) => candidate.story.goneStep === undefined)) {
      const target = targetOf(`${engine.pod}:8000`);
      const grown = (name: string) => valueOf(target, to, name) - valueOf(target, from, name);
      expect(tokensByPod.get(engine.pod)).toEqual({
        input: grown('vllm:prompt_tokens_total'),
        cached: grown('vllm:prefix_cache_hits_total'),
        output: grown('vllm:generation_tokens_total'),
        requests: grown('vllm:e2e_request_latency_seconds_count'),
      });
    }
  });

  test('of tokens counts each life of a restarted process from its own zero', () => {
    const pod = engineTargets('gpt-oss-120b')[1]!.labels['pod']!;
    const downAt = hoursFrom(-9);
    const [from, to] = [plusSeconds(downAt, -600), plusSeconds(downAt, 900)];
    const target = targetOf(`${pod}:8000`);
    const output = (at: EpochMs) => valueOf(target, at, 'vllm:generation_tokens_total');
    const last = output(plusSeconds(downAt, -0.001)) - output(from);
    const counted = truthOf(world, from, to).tokensByPod.get(pod)!.output;
    expect(counted - last - output(to)).toBeLessThanOrEqual(1 + 0.001 * 4000);
    expect(counted).toBeGreaterThanOrEqual(last + output(to));
  });

  test('of joules is the difference of the energy counters', () => {
    const [from, to] = [hoursFrom(-2), plusSeconds(hoursFrom(-1), 11.5)];
    const { joulesByGpu } = truthOf(world, from, to);
    const node = world.nodes[4]!;
    const target = targetOf(`${node.name}:9400`);
    for (const gpu of node.gpus) {
      const energy = (at: EpochMs) =>
        valueOf(target, at, 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', { UUID: gpu.uuid }) / 1000;
      expect(joulesByGpu.get(gpu.uuid)!).toBeCloseTo(energy(to) - energy(from), 1);
    }
  });
});

describe('the story', () => {
  test('a restart refuses, then loads, then counts from zero with a new start time', () => {
    const target = engineTargets('gpt-oss-120b')[1]!;
    const downAt = hoursFrom(-9);
    const standings = [-1, 10, 31, 239, 240].map((seconds) => target.standingAt(plusSeconds(downAt, seconds)));
    expect(standings).toEqual(['up', 'refused', 'loading', 'loading', 'up']);
    const [before, after] = [plusSeconds(downAt, -1), plusSeconds(downAt, 300)];
    expect(valueOf(target, after, 'process_start_time_seconds')).toBe(downAt / 1000 + 30);
    expect(valueOf(target, after, 'vllm:generation_tokens_total')).toBeLessThan(
      valueOf(target, before, 'vllm:generation_tokens_total') / 1000,
    );
  });

  test('a small engine restarts for 90 seconds at seven minutes past every hour after the anchor', () => {
    const [small] = world.engines.filter((engine) => engine.story.restartsHourly === true);
    const target = targetOf(`${small!.pod}:8000`);
    for (const hour of [0, 1, 30]) {
      const downAt = plusSeconds(hoursFrom(hour), 420);
      const standings = [-1, 0, 30, 89, 90].map((seconds) => target.standingAt(plusSeconds(downAt, seconds)));
      expect(standings).toEqual(['up', 'refused', 'loading', 'loading', 'up']);
    }
    expect(target.standingAt(plusSeconds(hoursFrom(-1), 430))).toBe('up');
  });

  test('a lost GPU shows XID 79, then leaves the scrape while its neighbours stay', () => {
    const target = targetOf('dal-h100-02:9400');
    const gpusAt = (at: EpochMs) => {
      const lines = sampleLines(target.textAt(at)).filter((line) => line.name === 'DCGM_FI_DEV_XID_ERRORS');
      return lines.map((line) => `${line.labels['gpu']}:${line.value}`).join(' ');
    };
    const lostAt = hoursFrom(-7);
    expect(gpusAt(plusSeconds(lostAt, -1))).toBe('0:0 1:0 2:0 3:0 4:0 5:0 6:0 7:0');
    expect(gpusAt(plusSeconds(lostAt, 30))).toBe('0:0 1:0 2:0 3:0 4:0 5:79 6:0 7:0');
    expect(gpusAt(plusSeconds(lostAt, 60))).toBe('0:0 1:0 2:0 3:0 4:0 6:0 7:0');
    const standings = engineTargets('llama-3.3-70b').map((engine) => engine.standingAt(anchor));
    expect(standings.filter((standing) => standing === 'absent')).toHaveLength(1);
  });

  test('the update that helps gives 12 % more tokens at the same concurrency and changes the fingerprint', () => {
    const [target] = engineTargets('deepseek-r1');
    const pace = (at: EpochMs) => {
      const later = plusSeconds(at, 3 * 3600);
      const grown = (name: string) => valueOf(target!, later, name) - valueOf(target!, at, name);
      const seconds = grown('vllm:inter_token_latency_seconds_sum');
      return grown('vllm:inter_token_latency_seconds_count') / seconds;
    };
    const [before, after] = [hoursFrom(-13 * 24 - 4), hoursFrom(-6 * 24 - 4)];
    expect(pace(after) / pace(before)).toBeGreaterThan(1.08);
    expect(pace(after) / pace(before)).toBeLessThan(1.16);
    expect(target!.textAt(before)).not.toContain('vllm:engine_sleep_state');
    expect(target!.textAt(after)).toContain('vllm:engine_sleep_state');
  });

  test('names each change with its truth, and each lies 8 whole days from both ends but the recent one', () => {
    const changes = trueChangesOf(world);
    expect(changes.map(({ model, pool, what }) => `${model} ${pool} ${what}`)).toEqual([
      'qwen3-coder-480b code power-limit',
      'qwen3-235b general release',
      'llama-3.3-70b general release',
      'deepseek-r1 reasoning release',
      'gpt-oss-120b general launch',
      'kimi-k2 reasoning release',
    ]);
    const of = (model: string) => changes.find((change) => change.model === model)!;
    expect(of('deepseek-r1')).toMatchObject({ speedFactor: 1.12, loadFactor: 1, replicas: 10 });
    expect(of('deepseek-r1').savedShare).toBeCloseTo(0.10714, 5);
    expect(of('llama-3.3-70b')).toMatchObject({ speedFactor: 1, loadFactor: 1.35, savedShare: 0 });
    const day = 86_400_000;
    for (const model of ['qwen3-235b', 'llama-3.3-70b', 'deepseek-r1']) {
      expect((anchor - of(model).lastAt) / day).toBeGreaterThan(8.9);
      // Engines start at some time of the world's first day.
      expect((of(model).firstAt - hoursFrom(-19 * 24)) / day).toBeGreaterThan(8.9);
    }
    expect((anchor - of('kimi-k2').firstAt) / 3_600_000).toBe(26);
  });

  test('an update that comes as load grows changes nothing at equal load', () => {
    const at = trueChangesOf(world).find(({ model }) => model === 'llama-3.3-70b')!.firstAt;
    const week = 7 * 86_400;
    const outputOf = (from: EpochMs) => {
      const { tokensByPod } = truthOf(world, from, plusSeconds(from, 86_400));
      const engines = world.engines.filter(({ model, story }) => model.name === 'llama-3.3-70b' && !story.goneStep);
      return engines.reduce((sum, { pod }) => sum + tokensByPod.get(pod)!.output, 0);
    };
    // The same day of the week before and after.
    const ratio = outputOf(plusSeconds(at, 86_400)) / outputOf(plusSeconds(at, 86_400 - week));
    expect(ratio).toBeGreaterThan(1.25);
    expect(ratio).toBeLessThan(1.45);
  });

  test('other launch arguments show in the metrics of the restarted engine, and a lower power limit on its boards', () => {
    const target = engineTargets('gpt-oss-120b')[3]!;
    const launchAt = (days: number) =>
      sampleLines(target.textAt(hoursFrom(-days * 24))).filter(({ name }) => name === 'vllm:cache_config_info');
    expect(launchAt(7).map(({ labels }) => labels['cache_dtype'])).toEqual(['auto']);
    expect(launchAt(5).map(({ labels }) => labels['cache_dtype'])).toEqual(['fp8']);
    const limit = (days: number) =>
      valueOf(targetOf('ash-nvl72-01-t12:9400'), hoursFrom(-days * 24), 'DCGM_FI_DEV_POWER_MGMT_LIMIT');
    expect([12.1, 11.9].map(limit)).toEqual([1200, 1100]);
  });

  test('idle nodes have no pod and sit at the floor; quiet replicas keep their pod and count nothing', () => {
    const idle = sampleLines(targetOf('dal-b200-07:9400').textAt(anchor));
    expect(idle.every((line) => line.labels['pod'] === undefined)).toBe(true);
    expect(idle.filter((line) => line.name === 'DCGM_FI_DEV_POWER_USAGE').every((line) => line.value < 155)).toBe(true);
    const { tokensByPod } = truthOf(world, hoursFrom(-5), anchor);
    const quiet = engineTargets('qwen3-coder-480b').map((target) => tokensByPod.get(target.labels['pod']!)!.output);
    expect(quiet.filter((output) => output === 0)).toHaveLength(3);
    const tray = sampleLines(targetOf('ash-nvl72-01-t12:9400').textAt(anchor));
    expect(tray.find((line) => line.name === 'DCGM_FI_DEV_FB_USED')!.value).toBeGreaterThan(100_000);
    expect(tray[0]!.labels['pod']).toMatch(/^qwen3-coder-480b-/);
  });

  test('power stays under the cap at the busiest hour, where kimi-k2 says it is held back', () => {
    const noon = epochMs(Date.parse('2026-11-23T20:30:00Z'));
    for (const target of targets.filter((candidate) => candidate.labels['job'] === 'dcgm-exporter')) {
      const lines = sampleLines(target.textAt(noon));
      const values = (name: string) => lines.filter((line) => line.name === name).map((line) => line.value);
      expect(Math.max(...values('DCGM_FI_DEV_POWER_USAGE'))).toBeLessThan(values('DCGM_FI_DEV_POWER_MGMT_LIMIT')[0]!);
      if (target.labels['node'] === 'dal-b200-01') expect(values('DCGM_FI_DEV_CLOCKS_EVENT_REASONS')).toContain(4);
    }
  });
});

describe('power around the boards', () => {
  const boardWatts = (instance: string, at: EpochMs) =>
    sampleLines(targetOf(instance).textAt(at))
      .filter((line) => line.name === 'DCGM_FI_DEV_POWER_USAGE')
      .map((line) => line.value);
  const bmcWatts = (node: string, at: EpochMs) =>
    sampleLines(targetOf(`${node}-bmc`).textAt(at)).find((line) => line.name === 'ipmi_dcmi_power_consumption_watts')
      ?.value;

  test('a BMC reads its boards and the rest of the server, which grows with the work and stays plausible', () => {
    for (const hours of [-40, -20, -6, 0]) {
      for (const node of ['dal-b200-01', 'dal-b200-05', 'dal-b200-07']) {
        const boards = boardWatts(`${node}:9400`, hoursFrom(hours)).reduce((sum, watts) => sum + watts, 0);
        const rest = bmcWatts(node, hoursFrom(hours))! - boards;
        expect(rest).toBeGreaterThan(1100);
        expect(rest).toBeLessThan(2700);
      }
    }
    expect(bmcWatts('dal-b200-07', anchor)).toBeLessThan(2600);
  });

  test('one BMC does not answer for two hours, and says so', () => {
    const silent = (hours: number) => bmcWatts('dal-b200-03', hoursFrom(hours)) === undefined;
    expect([-3.01, -3, -1.01, -1].map(silent)).toEqual([false, true, true, false]);
    expect(valueOf(targetOf('dal-b200-03-bmc'), hoursFrom(-2), 'ipmi_up', { collector: 'dcmi' })).toBe(0);
  });

  test('a tray tells the power of its two modules, each that of two GPUs, a Grace and memory', () => {
    const target = targetOf('ash-nvl72-01-t16:9400');
    const gpus = boardWatts('ash-nvl72-01-t16:9400', anchor);
    for (const socket of [0, 1]) {
      const module = valueOf(target, anchor, 'DCGM_FI_DEV_MODULE_POWER_UTIL_CURRENT', { cpu: String(socket) });
      const rest = module - gpus[2 * socket]! - gpus[2 * socket + 1]!;
      expect(rest).toBeGreaterThan(130);
      expect(rest).toBeLessThan(140);
      expect(valueOf(target, anchor, 'DCGM_FI_DEV_CPU_POWER_UTIL_CURRENT', { cpu: String(socket) })).toBeLessThan(
        rest / 2,
      );
    }
  });

  test('without meters only GPUs and engines are served', () => {
    const plain = scrapeTargetsOf(world, { meters: false });
    expect(plain.some((target) => target.labels['job'] === 'ipmi')).toBe(false);
    expect(plain.some((target) => target.textAt(anchor).includes('MODULE_POWER'))).toBe(false);
  });
});
