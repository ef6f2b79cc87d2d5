import { registerHooks } from 'node:module';

/** From the sources, and from the published package, where the bundle is flat. */
const entryOf = (name: string): string =>
  import.meta.url.endsWith('.ts')
    ? new URL(`../${name}.ts`, import.meta.url).href
    : new URL(`./${name}.js`, import.meta.url).href;

const entries: ReadonlyMap<string, string> = new Map([
  ['millrace', entryOf('index')],
  ['millrace/plugin', entryOf('index')],
  ['millrace/testing', entryOf('testing')],
]);

let isRegistered = false;

/**
 * Changes how every module that is loaded afterwards finds others, so that a plugin file works wherever it lies, with
 * nothing installed beside it: `import … from 'millrace'` (or `millrace/plugin`, `millrace/testing`) means the package that is running, and a `.ts` file is an ES
 * module whatever the `type` of the package.json above it. Idempotent; cannot be undone.
 */
export function resolveOwnPackage(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      const entry = entries.get(specifier);
      if (entry !== undefined) return { url: entry, shortCircuit: true };
      const found = next(specifier, context);
      return found.url.endsWith('.ts') ? { ...found, format: 'module-typescript' } : found;
    },
  });
}
