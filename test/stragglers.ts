import { after } from "node:test";

// A closing hook that failed may leave sockets open that keep its file's process alive for ever, and no limit of Node's
// reaches that: --test-timeout ends tests, and --test-force-exit loses results that are still on their way.

/** Longer than the slowest closing hook, which uninstalls and waits for namespaces to go. */
const longestClosingMs = 5 * 60_000;

// Only in the process of a file; the runner loads this too.
if (process.env["NODE_TEST_CONTEXT"] !== undefined)
  after(() => {
    const end = (): void => {
      console.error(
        "test/stragglers.ts: all tests of this file are done, and something keeps its process alive; ended",
      );
      process.exit();
    };
    setTimeout(end, longestClosingMs).unref();
  });
