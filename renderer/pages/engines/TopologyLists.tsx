import { useState } from 'react';
import type { Topology } from '#shared/model/topology.ts';
import { gpusFromText } from './engine-rows.ts';
import styles from './EnginesPage.module.css';
import { RuleList } from './RuleList.tsx';
import type { SaveTopology } from './use-topology.ts';

type TopologyListsProps = {
  readonly topology: Topology;
  /** An engine that is to be mapped: it stands in the form already. */
  readonly mapped: string | null;
  readonly save: SaveTopology;
};

/** What the operator says and nobody tells: it wins over labels and over all that is worked out. */
export function TopologyLists({ topology, mapped, save }: TopologyListsProps) {
  return (
    <section className={styles['topology']}>
      <h2>What you say of this fleet</h2>
      <p>
        It wins over labels and over all that is worked out, from the next poll on. A name may hold * for any letters;
        the first line that fits counts.
      </p>
      <PlacementList topology={topology} mapped={mapped} save={save} />
      <RoleList topology={topology} save={save} />
      <TreeList topology={topology} save={save} />
    </section>
  );
}

function PlacementList({ topology, mapped, save }: TopologyListsProps) {
  const { placements } = topology;
  const put = (list: Topology['placements']): void => save.mutate({ ...topology, placements: list });
  return (
    <RuleList
      title="GPUs of engines"
      fields={[
        { label: 'Engine, pod or address', value: mapped ?? '', isFocused: mapped !== null },
        { label: 'Machine' },
        { label: 'GPUs: all, or indexes and UUIDs', value: 'all' },
      ]}
      rows={placements.map(({ engine, node, gpus }) => [engine, node, gpus === 'all' ? 'all' : gpus.join(', ')])}
      isBusy={save.isPending}
      onRemove={(index) => put(placements.filter((_, place) => place !== index))}
      onAdd={([engine = '', node = '', text = '']) => {
        const gpus = gpusFromText(text);
        if (gpus !== null) put([...placements, { engine, node, gpus }]);
      }}
    />
  );
}

const ROLES = ['prefill', 'decode', 'both'] as const;

function RoleList({ topology, save }: Omit<TopologyListsProps, 'mapped'>) {
  const { roles } = topology;
  const [role, setRole] = useState<(typeof ROLES)[number]>('prefill');
  const put = (list: Topology['roles']): void => save.mutate({ ...topology, roles: list });
  return (
    <RuleList
      title="Prefill and decode"
      fields={[{ label: 'Engine, pod or address' }]}
      choice={{ label: 'Works on', values: ROLES, value: role, onChoose: setRole }}
      rows={roles.map((entry) => [entry.engine, entry.role])}
      isBusy={save.isPending}
      onRemove={(index) => put(roles.filter((_, place) => place !== index))}
      onAdd={([engine = '']) => put([...roles, { engine, role }])}
    />
  );
}

function TreeList({ topology, save }: Omit<TopologyListsProps, 'mapped'>) {
  const { tree } = topology;
  const put = (list: Topology['tree']): void => save.mutate({ ...topology, tree: list });
  const known = (text: string): string | null => (text === '' ? null : text);
  return (
    <RuleList
      title="Where machines stand"
      fields={[
        { label: 'Machine' },
        { label: 'Site', isOptional: true },
        { label: 'Rack', isOptional: true },
        { label: 'Pool', isOptional: true },
      ]}
      rows={tree.map(({ node, site, rack, pool }) => [node, site ?? '', rack ?? '', pool ?? ''])}
      isBusy={save.isPending}
      onRemove={(index) => put(tree.filter((_, place) => place !== index))}
      onAdd={([node = '', site = '', rack = '', pool = '']) =>
        put([...tree, { node, site: known(site), rack: known(rack), pool: known(pool) }])
      }
    />
  );
}
