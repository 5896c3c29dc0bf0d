import { describe, expect, it } from 'vitest';
import { grouped, type Firing } from '#shared/alerts/grouping.ts';
import type { AlertSubject } from '#shared/model/alert.ts';
import type { FigureName } from '#shared/model/figure-name.ts';
import { epochMs } from '#shared/time/instant.ts';

const MINUTE = 60_000;
const T0 = 1_764_000_000_000;

type Part = { readonly at?: number; readonly nodes?: readonly string[] | null; readonly isBlind?: boolean };

function firing(key: string, subject: AlertSubject, { at = 0, nodes = null, isBlind = false }: Part = {}): Firing {
  return { key, subject, since: epochMs(T0 + at * MINUTE), nodes: nodes === null ? null : new Set(nodes), isBlind };
}

function figure(name: FigureName, comparison: 'above' | 'below', part?: Part): Firing {
  const test = { kind: 'limit', comparison, limit: 1 } as const;
  const subject = {
    kind: 'figure',
    figure: name,
    scope: {},
    basis: 'billed',
    windowMinutes: 15,
    test,
    value: 2,
    usual: null,
  } as const;
  return firing(`${name} ${comparison} ${part?.nodes?.join() ?? ''}`, subject, part);
}

function silence(source: string, part?: Part): Firing {
  return firing(source, { kind: 'silent-source', source, silent: 1, targets: 4, reason: 'refused' }, part);
}

function budget(state: 'spent' | 'forecast', id = 'b'): Firing {
  return firing(`${id} ${state}`, { kind: 'budget', budget: id, name: id, scope: {}, state, usdPerMonth: 10, usd: 12 });
}

/** `head < beneath, beneath`. */
function shape(firings: readonly Firing[]): string[] {
  return grouped(firings).map(({ head, beneath }) =>
    beneath.length === 0 ? head.key : `${head.key} < ${beneath.map(({ key }) => key).join(', ')}`,
  );
}

describe('what has one cause', () => {
  it('is one alert: a silent source explains coverage, power and cost of its nodes', () => {
    const all = [
      figure('cost-per-million-tokens', 'above', { at: 3, nodes: ['n1', 'n2'] }),
      figure('power', 'below', { at: 1, nodes: ['n1'] }),
      figure('coverage', 'below', { at: 2 }),
      silence('dcgm', { at: 4, nodes: ['n1'] }),
    ];
    expect(shape(all)).toEqual(['dcgm < coverage below , cost-per-million-tokens above n1,n2, power below n1']);
  });

  it('is told by nodes: silence elsewhere explains nothing here', () => {
    const all = [silence('dcgm', { nodes: ['n1'] }), figure('power', 'below', { nodes: ['n7'] })];
    expect(shape(all)).toEqual(['dcgm', 'power below n7']);
  });

  it('is told by time: silence that came long after explains nothing before', () => {
    const all = [figure('power', 'below', { at: 0 }), silence('dcgm', { at: 45 })];
    expect(shape(all)).toEqual(['dcgm', 'power below ']);
  });

  it.each([
    [['throughput below', 'cost-per-million-tokens above'], 'less work makes dearer tokens'],
    [['throughput below', 'idle-spend-rate above', 'efficiency below'], 'and idles more, and does less per joule'],
    [['coverage below', 'throughput below'], 'what is not watched seems not to work'],
    [['spend-rate above', 'spend above'], 'a rate explains its sum'],
    [['power above', 'energy above'], 'power explains energy'],
  ])('%s: %s', (movements) => {
    const all = movements.map((movement) => {
      const [name, comparison] = movement.split(' ') as [FigureName, 'above' | 'below'];
      return figure(name, comparison);
    });
    expect(grouped(all.toReversed())).toHaveLength(1);
    expect(grouped(all.toReversed())[0]!.head.key).toBe(all[0]!.key);
  });

  it('is the same figure twice, the older one first', () => {
    const all = [figure('power', 'above', { at: 5, nodes: ['n1'] }), figure('power', 'above', { at: 2 })];
    expect(shape(all)).toEqual(['power above  < power above n1']);
  });

  it('is not the same figure the other way, nor two that have nothing to do with each other', () => {
    expect(shape([figure('throughput', 'above'), figure('coverage', 'below')])).toHaveLength(2);
    expect(shape([figure('power', 'above'), figure('idle-share', 'above')])).toHaveLength(2);
  });

  it('is a budget that is used up, and its own forecast alone', () => {
    expect(shape([budget('forecast'), budget('spent'), budget('forecast', 'other')])).toEqual([
      'b spent < b forecast',
      'other forecast',
    ]);
  });

  it('is never owed money: silence does not explain spend', () => {
    expect(shape([silence('dcgm'), figure('spend', 'above')])).toEqual(['dcgm', 'spend above ']);
  });
});

describe('what is hardly observed', () => {
  it('is no alert of its own', () => {
    expect(shape([figure('power', 'below', { isBlind: true })])).toEqual([]);
  });

  it('stands beneath what explains it', () => {
    expect(shape([figure('power', 'below', { isBlind: true }), silence('dcgm')])).toEqual(['dcgm < power below ']);
  });
});

describe('a cause that is about to be certain', () => {
  const causes = [silence('dcgm')];

  it('is waited for by what it would explain', () => {
    expect(
      grouped([figure('power', 'below'), figure('spend', 'above')], {
        causes,
        heldKeys: new Set(),
        openKeys: new Set(),
      }),
    ).toMatchObject([{ head: { key: 'spend above ' } }]);
  });

  it('has ended, and is still seen: it is waited for too', () => {
    const heldKeys = new Set(['power below ']);
    expect(grouped([figure('power', 'below')], { causes: [], heldKeys, openKeys: new Set() })).toEqual([]);
    expect(grouped([figure('power', 'below')], { causes: [], heldKeys, openKeys: heldKeys })).toHaveLength(1);
  });

  it('takes back no alert that is open', () => {
    const openKeys = new Set(['power below ']);
    expect(grouped([figure('power', 'below')], { causes, heldKeys: new Set(), openKeys })).toHaveLength(1);
  });
});
