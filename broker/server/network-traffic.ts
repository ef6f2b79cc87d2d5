/** What went through the connections of one listener since the start. */
export interface ListenerTraffic {
  connectionsOpen: number;
  connectionsCreated: number;
  bytesReceived: number;
  bytesSent: number;
}

/** The traffic of each listener. */
export class NetworkTraffic {
  readonly listeners: Map<string, ListenerTraffic> = new Map();

  of(listener: string): ListenerTraffic {
    const known = this.listeners.get(listener);
    if (known !== undefined) return known;
    const traffic = { connectionsOpen: 0, connectionsCreated: 0, bytesReceived: 0, bytesSent: 0 };
    this.listeners.set(listener, traffic);
    return traffic;
  }
}
