/**
 * Most bytes of one review. etcd takes requests of 1.5 MB; JSON may be twice its stored form, so the API server
 * takes objects up to 3 MB. A review holds at most two (object and oldObject), and the rest of it is below 1 MB.
 * controller-runtime derives its 7 MiB in the same way.
 */
export const bodyLimit = 7 * 1024 * 1024;

/** The API server keeps idle connections to webhooks for 90 s: it must be the one to close them, or requests race. */
export const keepAliveMs = 100_000;

/**
 * From a connection's first moment, or a request's first byte, to the end of the request. Our webhooks time out at
 * 2 s: who is slower has given up. Node counts no idle time between requests, so this may be below the keep-alive.
 */
export const requestMs = 10_000;

/** Not above requestMs: Node swaps the two when it is, and a slow body would then have the longer time. */
export const headersMs = requestMs;

/** How often Node looks for connections past those limits. */
export const checkEveryMs = 1_000;

/**
 * An API server holds a connection for each request it has under way, a few hundred at the very most, and keeps 25.
 * This is room for several, and each costs about 50 KiB.
 */
export const maxConnections = 1_000;

/** Probes and Prometheus need a handful. */
export const maxOpsConnections = 100;

/** Bytes of a body that is nothing special: a pod has some 3 KB. As many connections as there may be may each send one. */
export const smallBody = 64 * 1024;

/** Bytes of all larger bodies together that are on their way or wait for their turn. */
export const largeBodies = 32 * 1024 * 1024;

/**
 * Most values in one larger body. 7 MiB of the smallest ones would be 200 MB when parsed, and a second of doing nothing
 * else; the largest pod that etcd takes, of ordinary fields, has a tenth of this.
 */
export const mostValues = 250_000;

/** Most characters of one message, and of all warnings of one answer: the API server cuts warnings at 4096. */
export const messageLimit = 4_096;
