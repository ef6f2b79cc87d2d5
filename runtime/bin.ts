#!/usr/bin/env node
// Checked before anything else is loaded, so that an old Node.js gives one clear line, not a syntax error.
const required = [24, 15] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > required[0] || (major === required[0] && minor >= required[1])) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error(
    `millrace needs Node.js ${required.join('.')} or newer; this is ${process.versions.node}. Try: npm install node@${required[0]}`,
  );
  process.exitCode = 78; // EX_CONFIG
}
