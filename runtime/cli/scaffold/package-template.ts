/** The tests of a new connector: the conformance kit. */
export const testModule = `import { test } from 'node:test';
import { conformance } from 'millrace/testing';
import { description } from './conformance.ts';

// The conformance kit: resume, SIGKILL, order, bad records, stop and more, with a broker in memory.
for (const { name, notApplicable, run } of conformance(description)) {
  test(name, { skip: notApplicable ?? false }, run);
}
`;

/** `NAME` and `KIND` stand for those of the connector. */
export const readme = `# NAME

A KIND for [Millrace](https://www.npmjs.com/package/millrace).

| file | what |
| --- | --- |
| index.ts | the KIND |
| conformance.ts | how the conformance kit exercises it |
| index.test.ts | its tests: the kit, and yours |

    npm install
    npm test                # Node.js runs TypeScript as it is
    npm run kit             # the kit with a report; --only resume,sigkill for some of it

To try it, name it in a pipeline file beside this folder's \`index.ts\` in a folder \`plugins\`, or publish it:

    npm publish             # compiles to dist: Node.js runs no TypeScript in node_modules

Whoever installs the package beside a pipeline file, or in a folder that \`millrace start --plugin-path\` or \`plugin.path\` names, has the KIND
\`NAME\`. The manifest in package.json ("millrace") says so: keep name, version and aliases there as they are in the plugin.
`;
