#!/usr/bin/env node
// Plain JavaScript, so that an older Node can say what is missing instead of failing to read TypeScript.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  await import('./main.ts');
} else {
  console.error(
    `tokenwatt: Node ${process.versions.node} is too old to run this from source; write "npm run -s tokenwatt -- ${process.argv.slice(2).join(' ')}", which brings its own.`,
  );
  process.exitCode = 1;
}
