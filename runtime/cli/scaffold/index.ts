import { readme, testModule } from './package-template.ts';
import { sinkConformance, sinkModule } from './sink-template.ts';
import { sourceConformance, sourceModule } from './source-template.ts';

/** What a new connector is to be. */
export interface ConnectorChoice {
  readonly name: string;
  readonly kind: 'source' | 'sink';
}

/** The files of a package with a small connector, by name. Its tests pass as it is. */
export function connectorPackage({ name, kind }: ConnectorChoice): ReadonlyMap<string, string> {
  const isSource = kind === 'source';
  return new Map([
    ['package.json', json(packageOf(name, kind))],
    ['index.ts', (isSource ? sourceModule : sinkModule).replace('NAME', name)],
    ['conformance.ts', isSource ? sourceConformance : sinkConformance],
    ['index.test.ts', testModule],
    ['tsconfig.json', json(compilerOptions)],
    ['.gitignore', 'node_modules\ndist\n'],
    ['README.md', readme.replaceAll('NAME', name).replaceAll('KIND', kind)],
  ]);
}

function json(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function packageOf(name: string, kind: string): object {
  return {
    name,
    version: '0.1.0',
    description: `A ${kind} for Millrace.`,
    type: 'module',
    keywords: ['millrace-plugin'],
    // What is here is known before the module is loaded.
    millrace: { plugins: [{ kind, name, entry: './dist/index.js' }] },
    exports: { '.': './dist/index.js' },
    files: ['dist'],
    engines: { node: '>=24.15' },
    scripts: {
      test: 'node --test',
      kit: 'millrace plugin test index.ts',
      build: 'tsc',
      prepack: 'npm run build',
    },
    peerDependencies: { millrace: '>=0.1.0' },
    devDependencies: { '@types/node': '^24.0.0', millrace: '>=0.1.0', typescript: '>=5.9.0' },
  };
}

const compilerOptions = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
    skipLibCheck: true,
    declaration: true,
    outDir: 'dist',
  },
  // Node.js runs the tests as they are; only the plugin is published.
  files: ['index.ts'],
};
