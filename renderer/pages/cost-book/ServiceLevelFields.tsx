import { PLAUSIBLE } from '#shared/cost/plausibility.ts';
import type { ServiceLevel } from '#shared/model/cost-book.ts';
import { AmountField } from './AmountField.tsx';
import { FieldGroup } from './FieldGroup.tsx';
import fields from './Fields.module.css';
import { usualIn } from './usual-range.ts';

type ServiceLevelFieldsProps = {
  readonly level: ServiceLevel;
  readonly path: string;
  readonly onChange: (what: string, patch: Partial<ServiceLevel>) => void;
};

/** Targets first, then the capacity that keeps them, then what giving some back takes. */
export function ServiceLevelFields({ level, path, onChange }: ServiceLevelFieldsProps) {
  return (
    <>
      <FieldGroup title="What is promised" help="A request that misses a target costs all the same, and is no goodput.">
        <div className={fields['row']}>
          <AmountField
            label="Time to first token"
            unit="s"
            path={`${path}.ttftSeconds`}
            value={level.ttftSeconds}
            whenEmpty="no target"
            usual={PLAUSIBLE.ttftSeconds}
            onChange={(ttftSeconds) => onChange('TTFT', { ttftSeconds })}
          />
          <AmountField
            label="Between tokens"
            unit="ms"
            scale={1000}
            path={`${path}.interTokenSeconds`}
            value={level.interTokenSeconds}
            whenEmpty="no target"
            usual={usualIn(PLAUSIBLE.interTokenSeconds, 1000)}
            onChange={(interTokenSeconds) => onChange('inter-token target', { interTokenSeconds })}
          />
        </div>
      </FieldGroup>
      <FieldGroup title="What stays ready" help="Capacity above the demand is not waste where it keeps the promise.">
        <div className={fields['row']}>
          <AmountField
            label="Headroom"
            unit="%"
            scale={100}
            path={`${path}.headroom`}
            value={level.headroom}
            usual={usualIn(PLAUSIBLE.headroom, 100)}
            onChange={(headroom) => onChange('headroom', { headroom: headroom ?? Number.NaN })}
          />
          <AmountField
            label="Look-ahead"
            unit="min"
            scale={1 / 60}
            path={`${path}.lookAheadSeconds`}
            value={level.lookAheadSeconds}
            hint="the time a reload takes"
            onChange={(seconds) => onChange('look-ahead', { lookAheadSeconds: seconds ?? Number.NaN })}
          />
          <AmountField
            label="Replicas that stay"
            unit="replicas"
            path={`${path}.replicasMin`}
            value={level.replicasMin}
            hint="whatever the demand"
            onChange={(replicasMin) => onChange('replicas', { replicasMin: replicasMin ?? Number.NaN })}
          />
          <AmountField
            label="One replica serves"
            unit="w.tok/s"
            path={`${path}.capacityPerReplica`}
            value={level.capacityPerReplica}
            whenEmpty="measured"
            hint="weighted tokens a second"
            onChange={(capacityPerReplica) => onChange('capacity', { capacityPerReplica })}
          />
        </div>
      </FieldGroup>
      <FieldGroup title="What a release takes" help="Too short a lull is not worth the drain and the reload.">
        <div className={fields['row']}>
          <AmountField
            label="Lasts at least"
            unit="h"
            path={`${path}.holdHours`}
            value={level.holdHours}
            onChange={(holdHours) => onChange('hold', { holdHours: holdHours ?? Number.NaN })}
          />
          <AmountField
            label="Lost to drain and reload"
            unit="min"
            scale={60}
            path={`${path}.transitionHours`}
            value={level.transitionHours}
            whenEmpty="measured"
            onChange={(transitionHours) => onChange('transition', { transitionHours })}
          />
        </div>
      </FieldGroup>
    </>
  );
}
