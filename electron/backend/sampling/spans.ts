import type { EpochMs } from '#shared/time/instant.ts';

export type Span = { readonly key: string; readonly since: EpochMs; readonly until: EpochMs | null };

/**
 * The spans of one kind of thing over time: seats of GPUs, spans of engines. One thing has one span at any instant; a
 * changed description ends a span and begins the next. Readings may come from the past (backfill): a span then begins
 * earlier, or an older one is put before it.
 */
export type SpanRegistry<Value extends Span> = {
  /** The span of a thing at an instant, made or changed as needed. */
  readonly spanOf: (thing: string, at: EpochMs, described: Omit<Value, keyof Span>) => Value;
  readonly current: (thing: string) => Value | null;
  readonly all: () => readonly Value[];
  /** Spans made or changed since the last call: what the store has to learn. */
  readonly takeChanged: () => readonly Value[];
};

export function createSpanRegistry<Value extends Span>(
  known: readonly Value[],
  thingOf: (value: Value) => string,
  /** How a described thing relates to a span: the same, the same with better knowledge of it, or another. */
  compare: (span: Value, described: Omit<Value, keyof Span>) => 'same' | 'refined' | 'other',
  /** What a span that is better known takes from a description. */
  refine: (span: Value, described: Omit<Value, keyof Span>) => Partial<Value> = (_, described) =>
    withoutNulls(described) as Partial<Value>,
): SpanRegistry<Value> {
  const spansByThing = new Map<string, Value[]>();
  const changed = new Map<string, Value>();
  for (const span of known.toSorted((one, other) => one.since - other.since)) {
    spansByThing.set(thingOf(span), [...(spansByThing.get(thingOf(span)) ?? []), span]);
  }

  const replace = (thing: string, span: Value): Value => {
    const others = (spansByThing.get(thing) ?? []).filter((other) => other.key !== span.key);
    spansByThing.set(
      thing,
      [...others, span].toSorted((one, other) => one.since - other.since),
    );
    changed.set(span.key, span);
    return span;
  };
  /** A key names its span for good, also after the span's beginning has moved: a new span never takes over an old key. */
  const freeKey = (thing: string, since: EpochMs): string => {
    const taken = new Set(spansByThing.get(thing)?.map((span) => span.key));
    let key = `${thing}@${since}`;
    for (let again = 2; taken.has(key); again += 1) key = `${thing}@${since}+${again}`;
    return key;
  };
  const begin = (thing: string, since: EpochMs, until: EpochMs | null, described: Omit<Value, keyof Span>): Value =>
    replace(thing, { ...described, key: freeKey(thing, since), since, until } as Value);

  return {
    spanOf: (thing, at, described) => {
      const spans = spansByThing.get(thing) ?? [];
      const found = spans.find((span) => at >= span.since && (span.until === null || at < span.until));
      if (found !== undefined) {
        const relation = compare(found, described);
        if (relation === 'same') return found;
        if (relation === 'refined') return replace(thing, { ...found, ...refine(found, described) });
        replace(thing, { ...found, until: at });
        const follower = spans.find((span) => span.since === found.until);
        return follower !== undefined && compare(follower, described) !== 'other'
          ? replace(thing, { ...follower, since: at })
          : begin(thing, at, found.until, described);
      }
      const next = spans.find((span) => span.since > at);
      if (next === undefined) return begin(thing, at, null, described);
      return compare(next, described) === 'other'
        ? begin(thing, at, next.since, described)
        : replace(thing, { ...next, since: at });
    },
    current: (thing) => spansByThing.get(thing)?.findLast((span) => span.until === null) ?? null,
    all: () => [...spansByThing.values()].flat(),
    takeChanged: () => {
      const list = [...changed.values()];
      changed.clear();
      return list;
    },
  };
}

/** What a reading does not tell takes nothing away from what is known. */
export function withoutNulls<Described extends object>(described: Described): Partial<Described> {
  return Object.fromEntries(Object.entries(described).filter(([, value]) => value !== null)) as Partial<Described>;
}
