/** The key that Kafka's own converters have and the runtime fills in: what the converter is used for. */
export const converterType = {
  type: 'string',
  enum: ['key', 'value', 'header'],
  importance: 'LOW',
  description: 'What the converter is used for. Set by the runtime.',
} as const;
