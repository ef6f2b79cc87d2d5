import {
  array,
  bool,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Describes the log directories of a broker and the sizes in them. Null `topics` mean all. */
export const describeLogDirsRequest = request({
  apiKey: 35,
  name: 'DescribeLogDirsRequest',
  versions: '1-5',
  flexible: '2+',
  listeners: ['broker'],
  fields: {
    topics: array(
      {
        topic: string({ mapKey: true }),
        partitions: array(int32()),
      },
      { nullable: true },
    ),
  },
});

/** {@link describeLogDirsRequest}, decoded. */
export type DescribeLogDirsRequest = MessageOf<typeof describeLogDirsRequest>;

/** The answer to {@link describeLogDirsRequest}. */
export const describeLogDirsResponse = response({
  apiKey: 35,
  name: 'DescribeLogDirsResponse',
  versions: '1-5',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16({ versions: '3+', ignorable: true }),
    results: array({
      errorCode: int16(),
      logDir: string(),
      topics: array({
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          partitionSize: int64(),
          offsetLag: int64(),
          isFutureKey: bool(),
        }),
      }),
      totalBytes: int64({ versions: '4+', default: -1, ignorable: true }),
      usableBytes: int64({ versions: '4+', default: -1, ignorable: true }),
      isCordoned: bool({ versions: '5+', default: false, ignorable: true }),
    }),
  },
});

/** {@link describeLogDirsResponse}, decoded. */
export type DescribeLogDirsResponse = MessageOf<typeof describeLogDirsResponse>;
