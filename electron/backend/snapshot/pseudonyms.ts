import type { ExportedDimensions } from '#backend/store/store.ts';
import type { CostBook, CostBookRevision, PricePlace } from '#shared/model/cost-book.ts';
import type { FleetEvent } from '#shared/model/fact.ts';

/** What names a fleet: replaced together, so that the same thing has the same pseudonym everywhere. */
export type NamedParts = {
  readonly dimensions: ExportedDimensions;
  readonly events: readonly FleetEvent[];
  readonly book: CostBook;
};

type Alias = (name: string) => string;
type Place = 'site' | 'rack' | 'pool' | 'node';

/**
 * The same fleet under other names: places, GPUs, engines, pods, tenants and models become `node-1`, `model-2`, numbered in
 * the order of their names, so that nothing of a name is left, not even its length. Images, settings and notes, which can
 * hold anything, are left out. What things are (product, engine kind, version, driver) stays.
 */
export function withPseudonyms({ dimensions, events, book }: NamedParts): NamedParts {
  const { seats, spans, meters } = dimensions;
  const located = [...seats, ...spans, ...meters].map(({ value }) => value);
  const place: Readonly<Record<Place, Alias>> = {
    site: aliasesOf(
      'site',
      located.map((one) => one.site),
    ),
    rack: aliasesOf(
      'rack',
      located.map((one) => one.rack),
    ),
    pool: aliasesOf(
      'pool',
      located.map((one) => one.pool),
    ),
    node: aliasesOf(
      'node',
      located.map((one) => one.node),
    ),
  };
  const gpu = aliasesOf(
    'GPU',
    seats.map(({ value }) => value.gpu),
  );
  const engine = aliasesOf(
    'engine',
    spans.map(({ value }) => value.engine),
  );
  const model = aliasesOf('model', [...spans.map(({ value }) => value.model), ...book.revisions.flatMap(modelsOf)]);
  const tenant = aliasesOf(
    'tenant',
    spans.map(({ value }) => value.tenant),
  );
  const located4 = <Located extends Readonly<Record<Place, string | null>>>(one: Located) => ({
    ...one,
    site: orNull(one.site, place.site),
    rack: orNull(one.rack, place.rack),
    pool: orNull(one.pool, place.pool),
    node: orNull(one.node, place.node),
  });
  const spanKey = new Map(spans.map(({ id, value }) => [value.key, `span-${id}`]));
  return {
    dimensions: {
      ...dimensions,
      seats: seats.map(({ id, value }) => ({
        id,
        value: { ...located4(value), key: `seat-${id}`, gpu: gpu(value.gpu), domain: null, tray: null },
      })),
      spans: spans.map(({ id, value }) => ({
        id,
        value: {
          ...located4(value),
          key: `span-${id}`,
          engine: engine(value.engine),
          model: model(value.model),
          tenant: orNull(value.tenant, tenant),
          pod: null,
          image: null,
          settings: null,
        },
      })),
      placements: dimensions.placements.map(({ id, value }) => ({
        id,
        value: {
          ...value,
          key: `placement-${id}`,
          members: value.members.map((member) => ({
            ...member,
            engineSpan: member.engineSpan === null ? null : (spanKey.get(member.engineSpan) ?? null),
          })),
        },
      })),
      meters: meters.map(({ id, value }) => ({
        id,
        value: { ...located4(value), key: `meter-${id}`, meter: `meter-${id}` },
      })),
    },
    events: events.map((event) => ({
      ...event,
      subject: event.kind.replaceAll('-', ' '),
      model: orNull(event.model, model),
      node: orNull(event.node, place.node),
      message: event.kind.replaceAll('-', ' '),
    })),
    book: { revisions: book.revisions.map((revision) => withoutNames(revision, place, model)) },
  };
}

function withoutNames(
  revision: CostBookRevision,
  place: Readonly<Record<Place, Alias>>,
  model: Alias,
): CostBookRevision {
  const named = (where: PricePlace): PricePlace =>
    Object.fromEntries(
      (['site', 'pool', 'rack', 'node'] as const).flatMap((name) => {
        const value = where[name];
        return value === undefined ? [] : [[name, place[name](value)] as const];
      }),
    );
  const noted = <Priced extends { readonly provenance: CostBookRevision['energy']['provenance'] }>(
    priced: Priced,
  ): Priced => ({
    ...priced,
    provenance: { ...priced.provenance, note: '' },
  });
  const modelOf = (name: string): string => (name === '*' ? name : model(name));
  return {
    ...revision,
    hardware: revision.hardware.map((price) => noted({ ...price, where: named(price.where) })),
    energy: noted(revision.energy),
    siteEnergy: revision.siteEnergy.map(({ site, energy }) => ({ site: place.site(site), energy: noted(energy) })),
    currencies: revision.currencies.map(noted),
    modelWeights: revision.modelWeights.map((one) => ({ ...one, model: modelOf(one.model) })),
    tokenPrices: revision.tokenPrices.map((one) => noted({ ...one, model: modelOf(one.model) })),
    serviceLevels: revision.serviceLevels.map((one) => ({ ...one, model: modelOf(one.model) })),
  };
}

function modelsOf({ modelWeights, tokenPrices, serviceLevels }: CostBookRevision): string[] {
  return [...modelWeights, ...tokenPrices, ...serviceLevels].map(({ model }) => model).filter((name) => name !== '*');
}

function orNull(name: string | null, alias: Alias): string | null {
  return name === null ? null : alias(name);
}

/** A name that nobody listed is one that no fact has: it gets no number, so that it tells nothing either. */
function aliasesOf(kind: string, names: readonly (string | null)[]): Alias {
  const known = [...new Set(names.filter((name) => name !== null))].toSorted();
  const aliases = new Map(known.map((name, index) => [name, `${kind}-${index + 1}`]));
  return (name) => aliases.get(name) ?? `${kind}-0`;
}
