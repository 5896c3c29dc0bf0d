import type { BackendApi, CallFailure, CheckedInput } from '#shared/contract/backend-api.ts';
import type { SnapshotComparison } from '#shared/contract/snapshot-comparison-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { overlapOf } from '#shared/time/time-range.ts';
import type { AnswerContext } from './answers/answer-context.ts';
import { compareFleets, type FleetSide } from './answers/compare/compare-fleets.ts';
import type { Fleet } from './open-fleet.ts';
import { snapshotPath, type SnapshotHost } from './snapshot-calls.ts';

type Options = {
  readonly fleet: () => Fleet;
  readonly snapshots: SnapshotHost;
  readonly contextOf: (fleet: Fleet) => AnswerContext;
};

type Side = CheckedInput['compareSnapshots']['first'];
type Opened = FleetSide & { readonly close: () => Promise<void> };

/** Opens each file as a fleet of its own beside the one that is shown, compares, and closes what it opened. */
export function createSnapshotComparison(options: Options): BackendApi['compareSnapshots'] {
  return async (input): Promise<Result<SnapshotComparison, CallFailure>> => {
    const first = await openSide(options, input.first);
    if (!first.ok) return first;
    try {
      const second = await openSide(options, input.second);
      if (!second.ok) return second;
      try {
        return succeed(await compareFleets(first.value, second.value, input));
      } finally {
        await second.value.close();
      }
    } finally {
      await first.value.close();
    }
  };
}

async function openSide({ fleet, snapshots, contextOf }: Options, side: Side): Promise<Result<Opened, CallFailure>> {
  if (side.kind === 'shown') {
    const shown = fleet();
    const name = shown.snapshot === null ? 'the live fleet' : 'the snapshot that is shown';
    return held(sideOf(shown, { name, window: side.window, context: contextOf(shown) }), async () => {});
  }
  const path = await snapshotPath(snapshots.dataFolder, side.name);
  if (path === null) return notPossible(`There is no snapshot called ${side.name}.`);
  const opened = await snapshots.open(path);
  if (!opened.ok) return notPossible(`${side.name} is refused: ${opened.failure}.`);
  const { name, window } = side;
  return await held(sideOf(opened.value, { name, window, context: contextOf(opened.value) }), () =>
    opened.value.close(),
  );
}

function sideOf(
  { config, snapshot, clock }: Fleet,
  { name, window, context }: { name: string; window: Side['window']; context: AnswerContext },
): FleetSide {
  const whole = snapshot?.window ?? { from: clock.now(), to: clock.now() };
  return { name, fleetName: config().fleetName, about: snapshot, context, asked: window ?? whole };
}

/** Refuses a window of which the file holds nothing. */
async function held(side: FleetSide, close: () => Promise<void>): Promise<Result<Opened, CallFailure>> {
  if (side.about === null || overlapOf(side.asked, side.about.window) !== null) return succeed({ ...side, close });
  await close();
  return notPossible(`The window that was asked for lies outside of ${side.name}.`);
}

function notPossible(message: string): Result<never, CallFailure> {
  return fail({ kind: 'not-possible', message });
}
