/** The few pages the server has of its own; the screens come from the renderer. */

/**
 * Opens a link `/open#code`. The code stands in the fragment, which browsers keep to themselves: it is in no request
 * line, referrer or log. The script trades it for a cookie and leaves the address behind.
 */
export const OPEN_PAGE = page(
  'Opening Tokenwatt',
  '<p id="state">Opening Tokenwatt…</p><script type="module" src="/open.js"></script>',
);

export const OPEN_SCRIPT = `
const code = location.hash.slice(1);
history.replaceState(null, '', '/open');
const answer = await fetch('/api/session', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-Tokenwatt': '1' },
  body: JSON.stringify({ code }),
});
// Read to its end first: leaving in the middle of an answer is a failed request in the browser's eyes.
await answer.text();
if (answer.ok) location.replace('/');
else document.getElementById('state').textContent =
  'This link was used before or has lapsed. A new one: npm run -s tokenwatt -- open';
`;

export const SIGN_IN_PAGE = page(
  'Tokenwatt',
  '<p>This browser has not been let in yet. Print a link for it with</p><pre>npm run -s tokenwatt -- open</pre>',
);

export const NOT_BUILT_PAGE = page(
  'Tokenwatt',
  '<p>The screens are not built yet. Build them, then start again:</p><pre>npm run build:renderer</pre>',
);

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 20vh auto; padding: 0 1rem; color-scheme: light dark }
pre { padding: 0.75rem 1rem; border: 1px solid; border-radius: 6px }
</style>
</head>
<body>${body}</body>
</html>
`;
}
