import type { Quickstart } from './quickstart.ts';

const address = {
  type: 'struct',
  fields: {
    city: { type: 'template', text: 'City_{##}' },
    state: { type: 'template', text: 'State_{##}' },
    zipcode: { type: 'long', min: 10000, max: 99999 },
  },
};

/** Orders, products and payments. */
export const shopQuickstarts: Readonly<Record<string, Quickstart>> = {
  orders: {
    keyField: 'orderid',
    fields: {
      ordertime: { type: 'timestamp', start: '2017-02-21', end: '2018-02-22', of: 'long' },
      orderid: { type: 'sequence', start: 0, of: 'int' },
      itemid: { type: 'template', text: 'Item_{1-999}' },
      orderunits: { type: 'double', min: 0.1, max: 10 },
      address,
    },
  },
  inventory: {
    keyField: 'id',
    fields: {
      id: { type: 'sequence', start: 0 },
      quantity: { type: 'int', min: 1, max: 5000 },
      productid: { type: 'long', min: 1, max: 100 },
    },
  },
  product: {
    keyField: 'id',
    fields: {
      id: { type: 'sequence', start: 0 },
      name: { type: 'template', text: 'Product_{1-999}' },
      description: 'sentence',
      price: { type: 'double', min: 1, max: 500, decimals: 2 },
    },
  },
  purchases: {
    keyField: 'id',
    fields: {
      id: { type: 'sequence', start: 0 },
      item_type: { type: 'choice', values: 'book,coffee,headphones,lamp,notebook,shoes,toy' },
      quantity: { type: 'int', min: 1, max: 20 },
      price_per_unit: { type: 'decimal', min: '0.50', max: '250.00', scale: 2 },
    },
  },
  transactions: {
    keyField: 'transaction_id',
    fields: {
      transaction_id: { type: 'sequence', start: 1 },
      card_id: { type: 'long', min: 1, max: 25 },
      user_id: { type: 'template', text: 'User_{1-9}' },
      purchase_id: { type: 'sequence', start: 0 },
      store_id: { type: 'int', min: 1, max: 7 },
    },
  },
  stores: {
    keyField: 'store_id',
    fields: {
      store_id: { type: 'sequence', start: 1, count: 7, of: 'int' },
      city: 'city',
      state: 'state',
    },
  },
  credit_cards: {
    keyField: 'card_id',
    fields: {
      card_id: { type: 'sequence', start: 1, count: 25 },
      card_number: { type: 'template', text: '4000-{####}-{####}-{####}' },
      cvv: { type: 'int', min: 100, max: 999 },
      expiration_date: { type: 'template', text: '{10-12}/{25-39}' },
    },
  },
  ratings: {
    keyField: 'rating_id',
    fields: {
      rating_id: { type: 'sequence', start: 1 },
      user_id: { type: 'int', min: 1, max: 20 },
      stars: { type: 'int', min: 1, max: 5 },
      route_id: { type: 'int', min: 1, max: 10000 },
      rating_time: { type: 'timestamp', start: '2024-01-01', step: '1s', of: 'long' },
      channel: { type: 'choice', values: 'web,ios,android,iOS-test' },
      message: 'sentence',
    },
  },
  stock_trades: {
    keyField: 'symbol',
    fields: {
      side: { type: 'choice', values: 'BUY,SELL' },
      quantity: { type: 'int', min: 1, max: 5000 },
      symbol: { type: 'choice', values: 'ZBZX,ZJZZT,ZTEST,ZVV,ZVZZT,ZWZZT,ZXZZT' },
      price: { type: 'int', min: 5, max: 1000 },
      account: { type: 'choice', values: 'ABC123,LMN456,XYZ789' },
      userid: { type: 'template', text: 'User_{1-9}' },
    },
  },
  shoes: {
    keyField: 'id',
    fields: {
      id: { type: 'uuid', pool: 100, space: 'shoe' },
      brand: 'company',
      name: { type: 'template', text: '{??}-Runner {100-999}' },
      sale_price: { type: 'int', min: 2000, max: 20000 },
      rating: { type: 'double', min: 1, max: 5, decimals: 1 },
    },
  },
  shoe_orders: {
    keyField: 'order_id',
    fields: {
      order_id: { type: 'sequence', start: 1000, of: 'int' },
      product_id: { type: 'uuid', pool: 100, space: 'shoe' },
      customer_id: { type: 'uuid', pool: 200, space: 'shoe customer' },
      ts: { type: 'timestamp', start: '2024-01-01', step: '100s' },
    },
  },
};
