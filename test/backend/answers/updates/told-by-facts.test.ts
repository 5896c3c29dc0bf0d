import { expect, it } from 'vitest';
import { powerLimitLevels } from '#backend/answers/updates/told-by-facts.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { at, FLEET, gpuFact, SEATS } from '../../store/store-facts.ts';

it('a GPU that is lost does not lower the power limit of its node', async () => {
  const store = createMemoryStore();
  const [one, other] = SEATS.filter(({ node }) => node === SEATS[0]!.node);
  const facts = [0, 1, 2].flatMap((hour) => {
    const start = at(hour * 3600);
    const watched = {
      start,
      seconds: 60,
      observedSeconds: 60,
      state: 'serving',
      powerLimitWattSeconds: 42_000,
    } as const;
    const lost = { ...watched, state: 'unhealthy', powerLimitWattSeconds: null } as const;
    return [gpuFact({ ...watched, seat: one!.key }), gpuFact({ ...(hour < 2 ? watched : lost), seat: other!.key })];
  });
  await store.append({ ...FLEET, gpuFacts: facts });
  expect(await powerLimitLevels(store)).toEqual([{ node: one!.node, from: at(0), watts: 700 }]);
});
