import { describe, expect, it } from 'vitest';
import { readCommand } from '#electron/hosts/cli/arguments.ts';
import { COMMANDS } from '#electron/hosts/cli/commands.ts';
import { commandHelp, generalHelp } from '#electron/hosts/cli/help.ts';
import { readWindow } from '#electron/hosts/cli/read-instant.ts';
import { epochMs } from '#shared/time/instant.ts';

const valueOf = (line: string) => {
  const command = readCommand(line.split(' ').filter((word) => word !== ''));
  if (!command.ok) throw new Error(command.failure.message);
  return command.value;
};
const messageOf = (line: string) => {
  const command = readCommand(line.split(' '));
  return command.ok ? 'was accepted' : command.failure.message;
};

describe('reading the command line', () => {
  it('fills in what is left out', () => {
    expect(valueOf('now')).toEqual({ kind: 'now', data: null, snapshot: null, isJson: false, basis: 'billed' });
    expect(valueOf('cost')).toMatchObject({ by: 'model', from: 'now-24h', to: 'now', basis: 'billed', isJson: false });
    expect(valueOf('serve')).toMatchObject({
      port: 0,
      config: null,
      pricePerGpuHour: null,
      isInMemory: false,
      opensBrowser: true,
    });
  });

  it('reads options in either form', () => {
    expect(valueOf('cost --by pool --from=now-7d --basis output --json')).toMatchObject({
      by: 'pool',
      from: 'now-7d',
      basis: 'output',
      isJson: true,
    });
  });

  it('takes the GPUs of this machine as a source, alone or beside others', () => {
    expect(valueOf('serve --local-gpus --poll-seconds 5')).toMatchObject({
      config: { pollSeconds: 5, sources: [{ kind: 'local-gpus', name: 'GPUs of this machine', via: 'auto' }] },
    });
    expect(valueOf('serve --local-gpus --scrape host:8000')).toMatchObject({
      config: { sources: [{ kind: 'scrape' }, { kind: 'local-gpus' }] },
    });
    expect(messageOf('serve --local-gpus --sample')).toContain('--sample goes with no other source');
  });

  it('takes the files and addresses of probe, and options among them', () => {
    expect(valueOf('probe a.prom --json http://node-1:9400/metrics')).toEqual({
      kind: 'probe',
      format: null,
      inputs: ['a.prom', 'http://node-1:9400/metrics'],
      isJson: true,
    });
  });

  it('says what would be right when something is wrong', () => {
    expect(messageOf('costs')).toContain('tokenwatt help lists them');
    expect(messageOf('now --bases output')).toContain("Unknown option '--bases'");
    expect(messageOf('now --basis tokens')).toBe('--basis is one of output, total, billed');
    expect(messageOf('cost --by colour')).toContain('--by is one of fleet, site');
    expect(messageOf('probe --json')).toContain('wants files');
    expect(messageOf('now extra')).toContain('extra');
    expect(messageOf('serve --port 70000')).toContain('port');
    expect(messageOf('serve --port x')).toContain('port');
    expect(messageOf('serve --price-per-gpu-hour -1')).not.toBe('was accepted');
    expect(messageOf('serve --price-per-gpu-hour=0')).toContain('price-per-gpu-hour');
    expect(messageOf('serve --poll-seconds 5')).toContain('--poll-seconds goes with');
    expect(messageOf('serve --sample --scrape a:1')).toContain('--sample');
    expect(messageOf('serve --scrape ftp://host/metrics')).toContain('sources');
  });

  it('does not take names that every object has for commands', () => {
    expect(messageOf('constructor')).toContain('there is no command');
    expect(messageOf('help __proto__')).toContain('there is no command');
  });

  it('shows help wherever it is asked for', () => {
    expect(valueOf('')).toEqual({ kind: 'help', command: null });
    expect(valueOf('--help')).toEqual({ kind: 'help', command: null });
    expect(valueOf('cost --help')).toEqual({ kind: 'help', command: 'cost' });
    expect(valueOf('help serve')).toEqual({ kind: 'help', command: 'serve' });
    expect(valueOf('--version')).toEqual({ kind: 'version' });
  });
});

describe('the sources of serve', () => {
  const configOf = (line: string) => {
    const command = valueOf(line);
    return command.kind === 'serve' ? command.config : null;
  };

  it('take a bare host and port for an exporter', () => {
    expect(
      configOf('serve --scrape node-1:9400 --scrape https://node-2:8000/v1/metrics --poll-seconds 5'),
    ).toMatchObject({
      pollSeconds: 5,
      sources: [
        {
          kind: 'scrape',
          targets: [{ url: 'http://node-1:9400/metrics' }, { url: 'https://node-2:8000/v1/metrics' }],
        },
      ],
    });
  });

  it('ask a Prometheus for the present only where no exporter gives it', () => {
    const alone = configOf('serve --prometheus http://prometheus:9090');
    expect(alone?.sources).toMatchObject([{ kind: 'prometheus', use: 'live' }]);
    const beside = configOf('serve --prometheus http://prometheus:9090 --discovery http://127.0.0.1:1/sd');
    expect(beside?.sources).toMatchObject([{ kind: 'discovery' }, { kind: 'prometheus', use: 'history' }]);
  });

  it('refuse credentials in an address, and do not repeat them', () => {
    const message = messageOf('serve --scrape http://user:hunter2@node-1:9400');
    expect(message).toContain('credentials');
    expect(message).not.toContain('hunter2');
  });
});

describe('the window of cost', () => {
  const now = epochMs(Date.parse('2026-11-24T12:00:00Z'));
  const windowOf = (from: string, to: string) => {
    const window = readWindow({ from, to }, now);
    return window.ok
      ? [new Date(window.value.from).toISOString(), new Date(window.value.to).toISOString()]
      : window.failure.message;
  };

  it('reads times relative to now and times with a zone', () => {
    expect(windowOf('now-24h', 'now')).toEqual(['2026-11-23T12:00:00.000Z', '2026-11-24T12:00:00.000Z']);
    expect(windowOf('now-90m', 'now-30s')).toEqual(['2026-11-24T10:30:00.000Z', '2026-11-24T11:59:30.000Z']);
    expect(windowOf('2026-11-01', '2026-11-24T14:00+02:00')).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-24T12:00:00.000Z',
    ]);
  });

  it('refuses times that mean something else on every machine, and windows that end before they begin', () => {
    expect(windowOf('2026-11-01T00:00', 'now')).toContain('with its zone');
    expect(windowOf('yesterday', 'now')).toContain('--from yesterday');
    expect(windowOf('now', 'now+1h')).toContain('--to now+1h');
    expect(windowOf('now', 'now')).toBe('the window must end after it begins');
  });
});

describe('help', () => {
  it('names every command and every exit code', () => {
    const text = generalHelp();
    for (const name of Object.keys(COMMANDS)) expect(text).toContain(`  ${name}`);
    for (const code of [0, 1, 2, 3, 4, 5]) expect(text).toMatch(new RegExp(`^  ${code}  `, 'm'));
  });

  it('shows examples that are themselves right', () => {
    for (const [name, { examples }] of Object.entries(COMMANDS)) {
      expect(examples.length, name).toBeGreaterThan(0);
      for (const example of examples) {
        const words = example
          .replace(/^.*; | [<>] .*$/g, '')
          .split(' ')
          .slice(1);
        expect(readCommand(words), example).toMatchObject({ ok: true });
      }
      expect(commandHelp(name as keyof typeof COMMANDS)).toContain(examples[0]);
    }
  });
});
