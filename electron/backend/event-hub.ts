import type { BackendEvents, EventTopic } from '#shared/contract/backend-events.ts';

/** Carries events from where they happen to whoever listens, inside one process. */
export type EventHub = {
  emit<Topic extends EventTopic>(topic: Topic, event: BackendEvents[Topic]): void;
  subscribe<Topic extends EventTopic>(topic: Topic, hear: (event: BackendEvents[Topic]) => void): () => void;
};

export function createEventHub(): EventHub {
  const listeners: { readonly [Topic in EventTopic]: Set<(event: BackendEvents[Topic]) => void> } = {
    'facts-arrived': new Set(),
    'source-health-changed': new Set(),
    'cost-book-changed': new Set(),
    'fleet-changed': new Set(),
    'alerts-changed': new Set(),
  };
  return {
    emit: (topic, event) => {
      for (const hear of listeners[topic]) hear(event);
    },
    subscribe: (topic, hear) => {
      listeners[topic].add(hear);
      return () => {
        listeners[topic].delete(hear);
      };
    },
  };
}
