/** What went in and out of a partition since the start, in the terms of Kafka's BrokerTopicMetrics. */
export interface PartitionTraffic {
  messagesIn: number;
  bytesIn: number;
  bytesOut: number;
  bytesRejected: number;
  produceRequests: number;
  failedProduceRequests: number;
  fetchRequests: number;
  failedFetchRequests: number;
}

/** Nothing yet. */
export function noTraffic(): PartitionTraffic {
  return {
    messagesIn: 0,
    bytesIn: 0,
    bytesOut: 0,
    bytesRejected: 0,
    produceRequests: 0,
    failedProduceRequests: 0,
    fetchRequests: 0,
    failedFetchRequests: 0,
  };
}

/** Adds `traffic` to `total`. */
export function addTraffic(total: PartitionTraffic, traffic: PartitionTraffic): void {
  total.messagesIn += traffic.messagesIn;
  total.bytesIn += traffic.bytesIn;
  total.bytesOut += traffic.bytesOut;
  total.bytesRejected += traffic.bytesRejected;
  total.produceRequests += traffic.produceRequests;
  total.failedProduceRequests += traffic.failedProduceRequests;
  total.fetchRequests += traffic.fetchRequests;
  total.failedFetchRequests += traffic.failedFetchRequests;
}
