import type { Quickstart } from './quickstart.ts';

const user = {
  registertime: { type: 'timestamp', start: '2016-09-15', end: '2018-03-03', of: 'long' },
  userid: { type: 'template', text: 'User_{1-9}' },
  regionid: { type: 'template', text: 'Region_{1-9}' },
  gender: { type: 'choice', values: 'MALE,FEMALE,OTHER' },
};

/** People and what they do on web sites, and devices. */
export const webQuickstarts: Readonly<Record<string, Quickstart>> = {
  users: { keyField: 'userid', fields: user },
  users_: {
    keyField: 'userid',
    fields: {
      ...user,
      interests: {
        type: 'array',
        min: 1,
        max: 3,
        items: { type: 'choice', values: 'Game,Movies,News,Sport,Travel' },
      },
      contactinfo: {
        type: 'map',
        fields: { phone: 'phone', city: 'city', state: 'state', zipcode: 'zipcode' },
      },
    },
  },
  pageviews: {
    keyField: 'viewtime',
    fields: {
      viewtime: { type: 'sequence', start: 1, step: 10 },
      userid: { type: 'template', text: 'User_{1-9}' },
      pageid: { type: 'template', text: 'Page_{10-99}' },
    },
  },
  clickstream: {
    keyField: 'ip',
    fields: {
      ip: 'ip',
      userid: { type: 'int', min: 1, max: 40 },
      remote_user: { type: 'constant', value: '-' },
      time: { type: 'timestamp', start: '2024-01-01', step: '10ms', of: 'string' },
      _time: { type: 'timestamp', start: '2024-01-01', step: '10ms', of: 'long' },
      request: {
        type: 'choice',
        values:
          'GET /index.html HTTP/1.1,GET /images/logo-small.png HTTP/1.1,GET /site/login.html HTTP/1.1,' +
          'GET /site/user_status.html HTTP/1.1,POST /api/cart HTTP/1.1',
      },
      status: { type: 'choice', values: '200,302,404,405,406,407', weights: '10,2,2,1,1,1' },
      bytes: { type: 'choice', values: '278,1289,2048,4006,4096,14096' },
      referrer: { type: 'constant', value: '-' },
      agent: 'user_agent',
    },
  },
  clickstream_users: {
    keyField: 'user_id',
    fields: {
      user_id: { type: 'sequence', start: 1, count: 40, of: 'int' },
      username: { type: 'template', text: '{first_name}_{###}' },
      registered_at: { type: 'timestamp', start: '2014-10-01', end: '2018-02-22', of: 'long' },
      first_name: 'first_name',
      last_name: 'last_name',
      city: 'city',
      level: { type: 'choice', values: 'Gold,Silver,Platinum' },
    },
  },
  clickstream_codes: {
    keyField: 'code',
    fields: {
      code: { type: 'choice', of: 'int', values: '200,302,404,405,406,407' },
      definition: { type: 'template', text: 'Status code {code}' },
    },
  },
  shoe_customers: {
    keyField: 'id',
    fields: {
      id: { type: 'uuid', pool: 200, space: 'shoe customer' },
      first_name: 'first_name',
      last_name: 'last_name',
      email: 'email',
      phone: 'phone',
      street_address: 'street',
      state: 'state',
      zip_code: 'zipcode',
      country: 'country',
    },
  },
  shoe_clickstream: {
    keyField: 'user_id',
    fields: {
      product_id: { type: 'uuid', pool: 100, space: 'shoe' },
      user_id: { type: 'uuid', pool: 200, space: 'shoe customer' },
      view_time: { type: 'int', min: 10, max: 120 },
      page_url: { type: 'template', text: 'https://www.example.com/product/{??###}' },
      ip: 'ip',
      ts: { type: 'timestamp', start: '2024-01-01', step: '1s' },
    },
  },
  device_information: {
    keyField: 'device_ip',
    fields: {
      device_ip: { type: 'template', text: '192.0.2.{1-254}' },
      device_name: { type: 'template', text: 'device-{???}-{###}' },
      owner: 'name',
    },
  },
};
