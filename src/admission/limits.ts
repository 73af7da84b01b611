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

/** An API server keeps a handful of connections to a webhook; this is room for many, and no way to fill the memory. */
export const maxConnections = 1_000;

/** Most characters of one message, and of all warnings of one answer: the API server cuts warnings at 4096. */
export const messageLimit = 4_096;
