import { parseArgs } from "node:util";
import { admissionSection } from "./admission.ts";
import { decideSection } from "./decide.ts";
import { editSection } from "./edit.ts";
import { egressSection } from "./egress.ts";
import { scaleSection } from "./scale.ts";
import { startSection } from "./start.ts";
import type { Size } from "./population.ts";
import { isMet, lineOf, type Measure } from "./measure.ts";
import { webhookSection } from "./webhook.ts";

// Ratios wherever it can be: both sides are measured in turn on the same machine, so that its mood cancels out. Numbers
// of one run are never compared with those of another.

/** A group of numbers. `spread` says what the interval behind each of them is. */
type Section = {
  readonly title: string;
  readonly spread: string;
  readonly run: (most: Size) => AsyncIterable<Measure>;
};

const sections: Readonly<Record<string, Section>> = {
  decide: { title: "deciding, in one process", spread: "lowest and highest of 21 rounds", run: decideSection },
  egress: {
    title: "policies are proved and made, as they grow",
    spread: "lowest and highest of 21 rounds",
    run: egressSection,
  },
  webhook: {
    title: "the webhook over TLS, 3 KB pods and Bindings; the echo on Node as the image starts it, too",
    spread: "95 of 100 samples of the 15 rounds",
    run: webhookSection,
  },
  admission: {
    title: "pod creation through the API server, dryRun=All, 16 in flight",
    spread: "95 of 100 samples of the 15 rounds",
    run: admissionSection,
  },
  start: {
    title: "a process starts, as it ships and from its sources",
    spread: "95 of 100 samples of the 9 rounds",
    run: startSection,
  },
  edit: { title: "a zone of many namespaces is edited", spread: "the first and the last namespace", run: editSection },
  scale: {
    title: "the cluster grows",
    spread: "the lowest and highest, of replicas or of 15 relabels",
    run: scaleSection,
  },
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      nodes: { type: "string", default: "1000" },
      pods: { type: "string", default: "10000" },
    },
  });
  const unknown = values.only.find((name) => sections[name] === undefined);
  if (unknown !== undefined) {
    process.stderr.write(`bench: there is no section ${unknown}, only ${Object.keys(sections).join(", ")}\n`);
    return 2;
  }
  const chosen = Object.entries(sections).filter(([name]) => values.only.length === 0 || values.only.includes(name));
  const most = { nodes: Number(values.nodes), pods: Number(values.pods) };
  const say = values.json ? process.stderr : process.stdout;
  const measured: object[] = [];
  for (const [name, { title, spread, run }] of chosen) {
    say.write(`\n${name}: ${title} (in brackets: ${spread})\n`);
    for await (const measure of run(most)) {
      say.write(`  ${lineOf(measure)}\n`);
      measured.push({ section: name, low: null, high: null, target: null, ...measure, met: isMet(measure) ?? null });
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify(measured, undefined, 2)}\n`);
  return 0;
};

process.exitCode = await main();
