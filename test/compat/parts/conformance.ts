import { conformance as csv } from '../../../connectors/csv/conformance.ts';
import { conformance as datagen } from '../../../connectors/datagen/conformance.ts';
import { sinkConformance, sourceConformance } from '../../../connectors/file/conformance.ts';
import { conformance as http } from '../../../connectors/http/conformance.ts';
import { conformance as jsonl } from '../../../connectors/jsonl/conformance.ts';
import { conformance as sqlite } from '../../../connectors/sqlite/conformance.ts';
import { conformance } from '../../../runtime/testing.ts';
import type { Part } from './part.ts';

const descriptions = [csv, datagen, sourceConformance, sinkConformance, http, jsonl, sqlite];

/** Where in a call a process is killed: another moment than in the last run. `CONFORMANCE_SEED` repeats one. */
const seed = Number(process.env['CONFORMANCE_SEED'] ?? Date.now() % 1_000_000_000);

/** The built-in connectors are killed at every boundary of a commit. `npm test` does the rest of the kit. */
export const conformanceKit: Part = {
  name: 'conformance',
  tools: [],
  isOurs: true,
  checks: () =>
    descriptions.flatMap((description) =>
      conformance(description, { seed })
        .filter(({ name }) => name.startsWith('sigkill'))
        .map(({ name, run }) => ({
          name: `${description.plugin.kind} ${description.plugin.name}: ${name} (CONFORMANCE_SEED=${seed})`,
          gates: true,
          run,
        })),
    ),
};
