// @kafkajs/confluent-schema-registry.
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { runPlan } from './registry-transport.mjs';

await runPlan(process.argv[2], { serializer, deserializer, register });

function connect(plan) {
  return new SchemaRegistry({ host: plan.registry });
}

async function serializer(plan, form, version, _location, topic) {
  const registry = connect(plan);
  const { address, customer, referenceName: name } = plan.schemas[form];
  const type = SchemaType[form.toUpperCase()];
  await registry.register({ type, schema: address }, { subject: name });
  const references = [{ name, subject: name, version: 1 }];
  const { id } = await registry.register(
    { type, schema: customer[version], references },
    { subject: `${topic}-value` },
  );
  return (value) => registry.encode(id, value);
}

function register(plan, { schema, references, form }, subject) {
  return connect(plan).register({ type: SchemaType[form.toUpperCase()], schema, references }, { subject });
}

async function deserializer(plan) {
  const registry = connect(plan);
  return (payload) => registry.decode(payload);
}
