import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";

// Loaded before a program: writes the address of every module that the program loads into the file that LOADED names.

const file = process.env["LOADED"] ?? "";

registerHooks({
  load: (url, context, next) => {
    appendFileSync(file, `${url}\n`);
    return next(url, context);
  },
});
