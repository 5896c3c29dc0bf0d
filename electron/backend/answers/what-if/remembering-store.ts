import type { Store } from '#backend/store/store.ts';

/**
 * A store that answers a question it was asked before as it did then. Prices are compared over the same facts: a fact that
 * arrives between two readings must not look like a change of price.
 */
export function rememberingStore(store: Store): Store {
  const known = new Map<string, Promise<unknown>>();
  const once =
    <Query, Answer>(name: string, ask: (query: Query) => Promise<Answer>) =>
    (query: Query): Promise<Answer> => {
      const key = `${name} ${JSON.stringify(query)}`;
      const before = known.get(key) as Promise<Answer> | undefined;
      if (before !== undefined) return before;
      const answer = ask(query);
      known.set(key, answer);
      return answer;
    };
  return {
    ...store,
    gpuFacts: once('gpuFacts', (query) => store.gpuFacts(query)),
    powerFacts: once('powerFacts', (query) => store.powerFacts(query)),
    engineFacts: once('engineFacts', (query) => store.engineFacts(query)),
    meterFacts: once('meterFacts', (query) => store.meterFacts(query)),
    seats: once('seats', (window) => store.seats(window)),
    meters: once('meters', (window) => store.meters(window)),
    engineSpans: once('engineSpans', (window) => store.engineSpans(window)),
  };
}
