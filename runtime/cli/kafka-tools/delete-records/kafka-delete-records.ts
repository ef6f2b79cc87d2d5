import { requiredConnection, withAdmin } from '../connection-options.ts';
import { ToolError } from '../errors.ts';
import { javaText } from '../java-error.ts';
import { readPartitionFile } from '../json-file.ts';
import { defineTool, given, tellTwice } from '../tool.ts';

const options = {
  ...requiredConnection,
  'offset-json-file': {
    describe:
      'REQUIRED: A JSON file with the offset of the first record that stays, -1 for none:\n{"partitions": [{"topic": "orders", "partition": 1, "offset": 1}], "version": 1}',
    value: { type: 'String', label: 'JSON file' },
    isRequired: true,
  },
} as const;

/** `kafka-delete-records`: deletes what is before an offset of each partition. */
export const kafkaDeleteRecords = defineTool<keyof typeof options>({
  name: 'kafka-delete-records',
  summary: 'This tool helps to delete records of the given partitions down to the specified offset.',
  options,
  async run(args, context) {
    const { out, platform } = context;
    const offsets = readPartitionFile(given(args.text('offset-json-file')), platform.files, ['offset']);
    const names = offsets.map(({ topic, partition }) => `${topic}-${partition}`);
    const repeated = new Set(names.filter((name, at) => names.indexOf(name) !== at));
    if (repeated.size > 0) {
      throw new ToolError(
        `Offset json file contains duplicate topic partitions: ${[...repeated].join(', ')}`,
        'org.apache.kafka.tools.AdminCommandFailedException',
      );
    }
    await withAdmin(args, context, async (admin) => {
      await out.line('Executing records delete operation');
      const deleted = await admin.deleteRecords(offsets);
      await out.line('Records delete operation completed:');
      for (const [at, { lowWatermark, error }] of deleted.entries()) {
        const result = error === undefined ? `low_watermark: ${lowWatermark}` : `error: ${javaText(error)}`;
        await out.line(`partition: ${names[at]}\t${result}`);
      }
    });
    return 0;
  },
  fail: tellTwice,
});
