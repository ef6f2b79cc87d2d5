/** Fields with their generators, and which field is the record key. */
export interface Quickstart {
  readonly key: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Ready-made streams, by the names that users of Kafka Connect's datagen know; their content is our own. */
export const quickstarts = {
  orders: {
    key: 'orderid',
    fields: {
      orderid: 'sequence(1)',
      ordertime: 'timestamp',
      customerid: 'pattern(Customer_##)',
      itemid: 'pattern(Item_###)',
      orderunits: 'double(0.1, 10)',
      total: 'decimal(1, 500, 2)',
      status: 'choice(new|paid|paid|shipped|shipped|shipped|returned)',
      'address.city': 'choice(Lyon|Kraków|Málaga|Tromsø|Ghent|Porto)',
      'address.zipcode': 'int(10000, 99999)',
    },
  },
  users: {
    key: 'userid',
    fields: {
      userid: 'pattern(User_#)',
      registertime: 'timestamp',
      regionid: 'pattern(Region_#)',
      gender: 'choice(FEMALE|MALE|OTHER)',
      phone: 'pattern(+49 30 #######) ?0.2',
    },
  },
  pageviews: {
    key: 'viewtime',
    fields: { viewtime: 'sequence(1, 10)', userid: 'pattern(User_#)', pageid: 'pattern(Page_##)' },
  },
  clickstream: {
    key: 'ip',
    fields: {
      ip: 'pattern(10.0.#.1##)',
      userid: 'int(1, 40)',
      time: 'timestamp',
      method: 'choice(GET|GET|GET|POST|PUT)',
      path: 'choice(/|/cart|/checkout|/images/logo.png|/search?q=tea|/user/settings)',
      status: 'choice(200|200|200|200|302|404|500)',
      bytes: 'int(64, 65536)',
      referrer: 'choice(-|https://www.example.com/|https://search.example.org/?q=streams)',
      agent: 'choice(Mozilla/5.0 (X11; Linux x86_64)|Mozilla/5.0 (Macintosh)|curl/8.5.0)',
    },
  },
  ratings: {
    key: 'rating_id',
    fields: {
      rating_id: 'sequence(1)',
      user_id: 'int(-1, 20)',
      stars: 'int(1, 5)',
      route_id: 'int(1, 10000)',
      rating_time: 'timestamp',
      channel: 'choice(web|iOS|Android|phone)',
      message: 'choice(on time, as always|late again|"worst" seats ever|très bien|thank you!) ?0.3',
    },
  },
  stock_trades: {
    key: 'symbol',
    fields: {
      symbol: 'choice(AAA|BBC|DLR|FGH|KLM|QRS|XYZ)',
      side: 'choice(BUY|SELL)',
      quantity: 'int(1, 5000)',
      price: 'decimal(5, 1000, 4)',
      account: 'pattern(??###)',
      userid: 'pattern(User_#)',
      time: 'timestamp',
    },
  },
  transactions: {
    key: 'transaction_id',
    fields: {
      transaction_id: 'uuid',
      card_id: 'int(1, 200)',
      user_id: 'pattern(User_##)',
      purchase_id: 'sequence(0)',
      store_id: 'int(1, 7)',
      amount: 'decimal(0.01, 2500, 2)',
      is_online: 'boolean(0.4)',
      time: 'timestamp',
    },
  },
  inventory: {
    key: 'id',
    fields: { id: 'sequence(1)', quantity: 'int(0, 100)', productid: 'int(1, 100)' },
  },
  sensors: {
    key: 'sensor',
    fields: {
      sensor: 'pattern(sensor-0#)',
      time: 'timestamp',
      temperature: 'double(-20, 45)',
      humidity: 'double(0, 100) ?0.05',
      'battery.volts': 'double(2.8, 4.2)',
      'battery.is_charging': 'boolean(0.1)',
    },
  },
} as const satisfies Readonly<Record<string, Quickstart>>;

/** A name of a quickstart. */
export type QuickstartName = keyof typeof quickstarts;
