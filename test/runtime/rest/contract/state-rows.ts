import { deepStrictEqual } from 'node:assert/strict';
import type { ContractRow } from './contract-api.ts';

const workerAndVersion = '"worker_id":"[^"]+","version":"[^"]+"';

/** Status, tasks and what changes them. */
export const stateRows: readonly ContractRow[] = [
  {
    name: 'GET /connectors/{c}/status: keys in order; 404',
    async run(api) {
      const { name } = await api.runningSource();
      const pattern = new RegExp(
        `^\\{"name":"${name}","connector":\\{"state":"RUNNING",${workerAndVersion}\\},` +
          `"tasks":\\[\\{"id":0,"state":"RUNNING",${workerAndVersion}\\}\\],"type":"source"\\}$`,
      );
      await api.expect('GET', `/connectors/${name}/status`, 200, pattern);
      await api.refuse('GET', '/connectors/nope/status', 404, 'No status found for connector nope');
    },
  },
  {
    name: 'GET /connectors/{c}/tasks: ids and configs; 404',
    async run(api) {
      const { name, config } = await api.runningSource();
      const { text } = await api.expect('GET', `/connectors/${name}/tasks`, 200);
      const [task, ...more] = JSON.parse(text);
      deepStrictEqual(
        [Object.keys(task), task.id, more],
        [['id', 'config'], { connector: name, task: 0 }, []],
      );
      // D2: ours has the source partitions of the task beside the connector's config.
      const { 'source.partitions': own, ...rest } = task.config;
      const taskClass = 'org.apache.kafka.connect.file.FileStreamSourceTask';
      deepStrictEqual(rest, { ...config, name, 'task.class': taskClass });
      await api.refuse('GET', '/connectors/nope/tasks', 404, 'Connector nope not found');
      await api.refuse('GET', `/connectors/${name}/tasks-config`, 404, 'HTTP 404 Not Found');
    },
  },
  {
    name: 'GET /connectors/{c}/tasks/{n}/status: a task; 404 for others and for what is no number',
    async run(api) {
      const { name } = await api.runningSource();
      const path = `/connectors/${name}/tasks`;
      await api.expect(
        'GET',
        `${path}/0/status`,
        200,
        new RegExp(`^\\{"id":0,"state":"RUNNING",${workerAndVersion}\\}$`),
      );
      await api.refuse('GET', `${path}/9/status`, 404, `No status found for task ${name}-9`);
      await api.refuse('GET', `${path}/-1/status`, 404, `No status found for task ${name}--1`);
      await api.refuse('GET', `${path}/x/status`, 404, 'HTTP 404 Not Found');
      await api.refuse('GET', `${path}/99999999999/status`, 404, 'HTTP 404 Not Found');
      await api.refuse('GET', '/connectors/nope/tasks/0/status', 404, 'No status found for task nope-0');
    },
  },
  {
    name: 'POST /connectors/{c}/tasks/{n}/restart: 204; 404',
    async run(api) {
      const { name } = await api.runningSource();
      await api.expect('POST', `/connectors/${name}/tasks/0/restart`, 204, '');
      await api.running(name);
      await api.refuse('POST', `/connectors/${name}/tasks/7/restart`, 404, `Unknown task: ${name}-7`);
      await api.refuse('POST', '/connectors/nope/tasks/0/restart', 404, 'Unknown connector: nope');
      await api.refuse('POST', `/connectors/${name}/tasks/x/restart`, 404, 'HTTP 404 Not Found');
    },
  },
  {
    name: 'POST /connectors/{c}/restart: 204; 404',
    async run(api) {
      const { name } = await api.runningSource();
      for (const query of ['', '?includeTasks=false', '?includeTasks=maybe', '?onlyFailed']) {
        await api.expect('POST', `/connectors/${name}/restart${query}`, 204, '');
        await api.running(name);
      }
      await api.refuse('POST', '/connectors/nope/restart', 404, 'Unknown connector: nope');
    },
  },
  {
    name: 'POST /connectors/{c}/restart?includeTasks&onlyFailed: 202 with the plan; 404',
    async run(api) {
      const { name } = await api.runningSource();
      const path = `/connectors/${name}/restart`;
      await api.expect('POST', `${path}?includeTasks=true`, 202, /"RESTARTING".*"id":0,"state":"RESTARTING"/);
      await api.running(name);
      const untouched = /"connector":\{"state":"RUNNING".*"id":0,"state":"RUNNING"/;
      await api.expect('POST', `${path}?onlyFailed=true&includeTasks=TRUE`, 202, untouched);
      const unknown = 'Unknown connector: nope';
      await api.refuse('POST', '/connectors/nope/restart?includeTasks=true', 404, unknown);
    },
  },
  {
    name: 'PUT /connectors/{c}/pause and /resume: 202, again and again; 404',
    async run(api) {
      const { name } = await api.runningSource();
      for (let round = 0; round < 2; round++) await api.expect('PUT', `/connectors/${name}/pause`, 202, '');
      await api.until('it pauses', `/connectors/${name}/status`, /"PAUSED".*"id":0,"state":"PAUSED"/);
      for (let round = 0; round < 2; round++) await api.expect('PUT', `/connectors/${name}/resume`, 202, '');
      await api.running(name);
      await api.refuse('PUT', '/connectors/nope/pause', 404, 'Unknown connector nope');
      await api.refuse('PUT', '/connectors/nope/resume', 404, 'Unknown connector nope');
    },
  },
  {
    name: 'PUT /connectors/{c}/stop: 204, no tasks, the config stays; 404',
    async run(api) {
      const { name, config } = await api.runningSource();
      await api.stopped(name);
      await api.stopped(name);
      await api.expect('GET', `/connectors/${name}/tasks`, 200, '[]');
      await api.expect('GET', `/connectors/${name}`, 200, {
        name,
        config: { ...config, name },
        tasks: [],
        type: 'source',
      });
      await api.expect('PUT', `/connectors/${name}/resume`, 202, '');
      await api.running(name);
      await api.refuse('PUT', '/connectors/nope/stop', 404, 'Unknown connector nope');
    },
  },
  {
    name: 'POST /connectors/{c}/tasks and PUT /connectors/{c}/fence: only for signed requests of workers',
    async run(api) {
      const missing = 'Internal request missing required signature';
      await api.refuse('POST', '/connectors/c/tasks', 400, missing, { body: '[]' });
      await api.refuse('PUT', '/connectors/c/fence', 400, missing);
    },
  },
  {
    name: 'GET /connectors/{c}/topics and PUT …/reset: 200 and 202, for unknown connectors too',
    async run(api) {
      const { name } = await api.runningSource();
      const path = `/connectors/${name}/topics`;
      await api.until(
        'the topic is known',
        path,
        new RegExp(`^\\{"${name}":\\{"topics":\\["${name}"\\]\\}\\}$`),
      );
      await api.expect('PUT', `${path}/reset`, 202, '');
      await api.until('the topic is forgotten', path, /"topics":\[\]/);
      await api.expect('GET', '/connectors/nope/topics', 200, '{"nope":{"topics":[]}}');
      await api.expect('PUT', '/connectors/nope/topics/reset', 202, '');
    },
  },
];
