/** The style of the page: the same look as on paper, dark where the reader's system is, and made to be printed. */
export const REPORT_STYLE = `
:root { color-scheme: light; --ink: #14191e; --second: #4a545f; --line: #c3cbd3; --shade: #f2f4f6; --sheet: #ffffff; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 24px; background: var(--sheet); color: var(--ink);
  font: 14px/1.45 system-ui, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums; }
header p, footer p, .note, small { color: var(--second); font-size: 12px; margin: 2px 0; }
header img { max-height: 56px; max-width: 200px; display: block; margin-bottom: 8px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 36px 0 8px; border-top: 1px solid var(--line); padding-top: 16px; }
h3 { font-size: 14px; margin: 18px 0 2px; }
nav ol { columns: 2; padding-left: 20px; } a { color: inherit; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 10px; margin: 12px 0; }
.tile { border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; }
.tile strong { display: block; font-size: 22px; font-weight: 600; } .tile small { display: block; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 13px; margin: 6px 0 12px; }
th, td { padding: 4px 8px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td:not(.n) { min-width: 9em; } th { overflow-wrap: normal; background: var(--shade); color: var(--second); font-weight: 600; position: sticky; top: 0; }
.n { text-align: right; white-space: nowrap; overflow-wrap: normal; } th.n { white-space: normal; } tfoot td { font-weight: 600; background: var(--shade); }
figure { margin: 12px 0; } figure svg { width: 100%; height: auto; max-width: 860px; background: #ffffff; }
dl.measure { margin: 10px 0; } dl.measure dt { font-weight: 600; } dl.measure dd { margin: 0; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } h2 { break-before: page; border: 0; } tr, figure, .tile { break-inside: avoid; } th { position: static; } }
`;
