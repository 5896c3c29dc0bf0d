import { useEffect, useState } from 'react';

type CopyButtonProps = {
  readonly text: string;
  readonly label: string;
  readonly className?: string | undefined;
};

/** How long "Copied" stands before the button says again what it does, ms. */
const COPIED_MS = 1600;

/** Puts a text into the clipboard, and says that it did. */
export function CopyButton({ text, label, className }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <button
      type="button"
      className={className}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      {isCopied ? 'Copied' : label}
    </button>
  );
}
