import { dayNoise, detectableSaving } from './detectable-effect.ts';
import { intensityDistribution, type IntensityDistribution } from './intensity-distribution.ts';
import { loadRegression, type LoadRegression } from './load-regression.ts';
import { missingEvidence, type MissingEvidence } from './missing-evidence.ts';
import { strataTable, type StratumSummary } from './strata-table.ts';
import { standardRules, updateSavings, type UpdateSavings } from './update-savings.ts';
import { workRowsOf, type Spending, type WindowsOfSides } from './work-window.ts';

/** Windows of a deployment about a change, and of one that did not change meanwhile. */
export type ComparedWindows = {
  readonly changed: WindowsOfSides;
  readonly control: WindowsOfSides | null;
};

/** All that the windows about a change tell of it. */
export type ChangeAssessment = {
  /** GPU time per weighted token: what the verdict is about. */
  readonly gpuTime: UpdateSavings;
  /** Board energy per weighted token at equal strata; null saving where it was not measured on both sides. */
  readonly energy: Pick<UpdateSavings, 'saving' | 'coverage'>;
  /** A sensitivity. */
  readonly regression: LoadRegression | null;
  readonly strata: readonly StratumSummary[];
  readonly distribution: IntensityDistribution | null;
  /** What a verdict needs and is not there yet; null where nothing is missing. */
  readonly missing: MissingEvidence | null;
  /** The smallest saving that as many days of such noise find four times of five; null where the noise is not known. */
  readonly detectable: number | null;
};

/**
 * Assesses a change from its windows. A control that cannot be compared itself is left out: then the design is a plain
 * before-after. Source: economics reference, section 5.2.
 */
export function assessChange({ changed, control }: ComparedWindows, seed: number): ChangeAssessment {
  const gpuTime = savingsOf({ changed, control }, 'gpu-seconds', seed);
  const rules = standardRules('before-after', seed);
  const rows = { before: workRowsOf(changed.before, 'gpu-seconds'), after: workRowsOf(changed.after, 'gpu-seconds') };
  const strata = strataTable(rows, gpuTime.supportedStrata);
  const noise = dayNoise(rows.before, rules.support);
  const { saving, coverage } = savingsOf({ changed, control }, 'joules', seed, 0);
  return {
    gpuTime,
    energy: { saving, coverage },
    regression: loadRegression(changed),
    strata,
    distribution: intensityDistribution(changed, strata),
    missing: missingEvidence(gpuTime, rules.verdict),
    detectable:
      noise === null ? null : detectableSaving(noise, { before: gpuTime.daysBefore, after: gpuTime.daysAfter }),
  };
}

function savingsOf({ changed, control }: ComparedWindows, of: Spending, seed: number, draws?: number): UpdateSavings {
  const rowsOf = ({ before, after }: WindowsOfSides) => ({
    before: workRowsOf(before, of),
    after: workRowsOf(after, of),
  });
  const rules = { ...standardRules('before-after', seed), ...(draws === undefined ? {} : { draws }) };
  const alone = () => updateSavings({ changed: rowsOf(changed), control: null }, rules);
  if (control === null) return alone();
  const beside = updateSavings(
    { changed: rowsOf(changed), control: rowsOf(control) },
    { ...rules, design: 'control-pool' },
  );
  return beside.effect === null ? alone() : beside;
}
