import { registerHooks } from 'node:module';

const packageName = 'millrace';

/** From the sources, and from the published package, where the bundle is flat. */
const entry = import.meta.url.endsWith('.ts')
  ? new URL('../index.ts', import.meta.url).href
  : new URL('./index.js', import.meta.url).href;

let isRegistered = false;

/**
 * Changes how every module that is loaded afterwards finds others, so that a plugin file works wherever it lies, with
 * nothing installed beside it: `import … from 'millrace'` means the package that is running, and a `.ts` file is an ES
 * module whatever the `type` of the package.json above it. Idempotent; cannot be undone.
 */
export function resolveOwnPackage(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === packageName) return { url: entry, shortCircuit: true };
      const found = next(specifier, context);
      return found.url.endsWith('.ts') ? { ...found, format: 'module-typescript' } : found;
    },
  });
}
