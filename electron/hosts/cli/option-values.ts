/** Options as typed: a text, a list of texts, or true. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** What was wrong with the arguments, as a sentence that says what would be right. */
export type WrongUse = { readonly message: string };

/** The text of an option that takes one, or null when it was not given. */
export function textOf(values: OptionValues, option: string): string | null {
  const value = values[option];
  return typeof value === 'string' ? value : null;
}
