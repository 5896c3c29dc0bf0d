const SHOWN_LENGTH_MAX = 120;
/** Shorter header values (`1`, `gzip`) are no secrets, and replacing them would make any text unreadable. */
const SECRET_LENGTH_MIN = 6;

/**
 * Text from a remote machine, made fit for a message: bounded, every character outside printable ASCII escaped (so no
 * line is forged and no terminal is steered), and our own secrets taken out in case the remote sent them back to us.
 */
export function safeText(remote: string, secrets: readonly string[], lengthMax = SHOWN_LENGTH_MAX): string {
  const clean = withoutSecrets(remote, secrets);
  const shown = clean.slice(0, lengthMax);
  const escaped = shown.replaceAll(/[^ -~]/g, (character) => escapeOf(character));
  return clean.length > shown.length ? `${escaped}…` : escaped;
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  // `Bearer abc` is a secret, and `abc` alone is the same secret.
  const parts = secrets.flatMap((secret) => [secret, ...secret.split(/\s+/)]);
  return parts
    .filter((part) => part.length >= SECRET_LENGTH_MIN)
    .flatMap((part) => [part, encodeURIComponent(part)])
    .toSorted((one, other) => other.length - one.length)
    .reduce((cleaned, part) => cleaned.replaceAll(part, '[secret]'), text);
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
