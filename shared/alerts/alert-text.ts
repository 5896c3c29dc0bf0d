import type { Alert, AlertRule, AlertSubject, Notice, RuleTest, WatchScope } from '#shared/model/alert.ts';
import { FIGURE_UNITS, FIGURE_WORDS, type FigureName } from '#shared/model/figure-name.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { formatDuration } from '#shared/units/format-time.ts';

/** Alerts and rules as plain sentences: one wording for the screen, notifications, webhooks and the command line. */

export function alertTitle({ subject, beneath }: Alert, kind: Notice['kind'] = 'opened'): string {
  const more = beneath.length === 0 ? '' : `, and ${beneath.length} more from the same cause`;
  const said = subjectTitle(subject);
  if (kind === 'resolved') return `Over: ${said}`;
  return kind === 'reminder' ? `Still: ${said}${more}` : said + more;
}

/** What is wrong, in a few words. */
export function subjectTitle(subject: AlertSubject): string {
  switch (subject.kind) {
    case 'silent-source':
      return subject.silent >= subject.targets
        ? `${subject.source} is silent`
        : `${subject.silent} of ${subject.targets} targets of ${subject.source} are silent`;
    case 'budget':
      return subject.state === 'spent'
        ? `Budget ${subject.name} is used up`
        : `Budget ${subject.name} will likely be exceeded`;
    case 'figure':
      return `${FIGURE_WORDS[subject.figure]}${ofScope(subject.scope)} ${figureTrouble(subject)}`;
  }
}

function figureTrouble({ test, value, usual, figure }: Extract<AlertSubject, { readonly kind: 'figure' }>): string {
  if (test.kind === 'limit') return `is ${test.comparison} ${amountText(figure, test.limit)}`;
  const isBelow = (value ?? 0) < (usual ?? 0);
  return `is unusually ${isBelow ? 'low' : 'high'}`;
}

/** The value beside what it is held against. */
export function subjectDetail(subject: AlertSubject): string {
  switch (subject.kind) {
    case 'silent-source':
      return subject.reason;
    case 'budget': {
      const amount = usdText(subject.usd);
      const budget = `budget ${usdText(subject.usdPerMonth)}`;
      return subject.state === 'spent'
        ? `${amount} spent, ${budget}`
        : `${amount} forecast for the month's end, ${budget}`;
    }
    case 'figure': {
      const value = subject.value === null ? 'not known now' : amountText(subject.figure, subject.value);
      const against =
        subject.test.kind === 'limit'
          ? `limit ${amountText(subject.figure, subject.test.limit)}`
          : `usual at this hour ${subject.usual === null ? 'not known' : amountText(subject.figure, subject.usual)}`;
      return `${value} over the last ${formatDuration(subject.windowMinutes * 60)}, ${against}`;
    }
  }
}

/** A message's body: the detail, then what is explained by the same cause. */
export function alertBody({ subject, beneath }: Alert): string {
  const names = beneath.map((one) => subjectTitle(one.subject));
  const listed =
    names.length === 0 ? '' : ` Same cause: ${names.slice(0, 5).join('; ')}${names.length > 5 ? ' …' : ''}.`;
  return `${subjectDetail(subject)}.${listed}`;
}

/** A rule as a sentence. */
export function ruleSentence(rule: AlertRule): string {
  const over = `over the last ${formatDuration(rule.windowMinutes * 60)}`;
  const held = rule.forMinutes === 0 ? 'at once' : `for at least ${formatDuration(rule.forMinutes * 60)}`;
  return `${FIGURE_WORDS[rule.figure]}${ofScope(rule.scope)} ${testWords(rule.test, rule.figure)} ${over}, ${held}`;
}

function testWords(test: RuleTest, figure: FigureName): string {
  if (test.kind === 'limit') return `is ${test.comparison} ${amountText(figure, test.limit)}`;
  const direction = { above: 'above', below: 'below', either: 'away from' }[test.direction];
  const effect = formatWithUnit(test.effectLeast, 'ratio', { decimals: 0 });
  return `is far ${direction} what is usual at its hour of the week, by at least ${effect},`;
}

function ofScope(scope: WatchScope): string {
  const words = scopeText(scope);
  return words === null ? '' : ` of ${words}`;
}

/** What a scope is called; null for the whole fleet. */
export function scopeText(scope: WatchScope): string | null {
  const parts = Object.entries(scope).flatMap(([name, value]) =>
    value === undefined ? [] : [value === null ? `no ${name}` : `${name} ${value}`],
  );
  return parts.length === 0 ? null : parts.join(', ');
}

/** A value of a figure with its unit. */
export function amountText(figure: FigureName, value: number): string {
  return formatWithUnit(value, FIGURE_UNITS[figure], { currency: 'before' });
}

function usdText(value: number): string {
  return formatWithUnit(value, 'USD', { currency: 'before' });
}
