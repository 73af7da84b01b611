import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { verbs } from "../../../src/cli/verbs.ts";
import { command } from "./command.ts";

const zone = (name: string): string =>
  `apiVersion: domicile.dev/v1alpha1\nkind: ResidencyZone\nmetadata: {name: ${name}}\nspec: {enforcement: Enforce, nodes: {provider: OCI, regions: [us-ashburn-1]}}\n`;

const bomb = (): string =>
  ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    .concat(Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(", ")}]`))
    .join("\n");

const mergeBomb = (): string =>
  ["a0: &a0 {k0: {x: 1}}"]
    .concat(
      Array.from(
        { length: 30 },
        (_, at) => `a${at + 1}: &a${at + 1} {<<: [*a${at}, *a${at}], l${at}: *a${at}, r${at}: *a${at}}`,
      ),
    )
    .join("\n");

let folder: string;
const file = (name: string, content: string): void => writeFileSync(join(folder, name), content);
before(() => {
  folder = mkdtempSync(join(tmpdir(), "domicile-cli-"));
  file("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: api-0, namespace: kube-system}\nspec: {}\n");
  file("two-zones.yaml", `${zone("us")}---\n${zone("eu")}`);
  file("homeless.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: api-0, namespace: payments}\nspec: {}\n");
});
after(() => rmSync(folder, { recursive: true }));

/** A command line that cannot be understood, and the sentence that says so. */
const lines: Readonly<Record<string, readonly [args: string, says: RegExp]>> = {
  "no verb": ["", /^domicile: a verb is missing: domicile help lists them\.\n$/],
  "a verb that is misspelt": ["explian pod a/b", /"explian" is no verb; did you mean explain\?/],
  "a verb that is nothing": ["frobnicate", /"frobnicate" is no verb; domicile help lists all verbs\./],
  "a verb called as a part of every object is": ["constructor", /"constructor" is no verb/],
  "help on what is no verb": ["help frobnicate", /"frobnicate" is no verb/],
  "an option that is misspelt": ["nodes us --contxt x", /--contxt is no option here; did you mean --context\?/],
  "an option that is nothing": ["version --fast", /--fast is no option here; there are --output, --help\./],
  "an option without its value": ["nodes us --context", /--context needs a value: NAME, context of the kubeconfig\./],
  "a switch with a value": ["version --help=yes", /--help is a switch and takes no value; leave out "=yes"\./],
  "an option given twice": ["nodes us --context a --context b", /--context is given twice; give it once\./],
  "a format there is none of": ["version -o xml", /-o xml is no format; there are json and yaml\./],
  "a format that every object has": ["version -o constructor", /-o constructor is no format/],
  "version of something": ["version 1", /version takes nothing; leave out "1"\./],
  "check without files": ["check", /-f is missing: a file, a directory, or - for stdin\./],
  "check with a word": ["check app.yaml", /check takes no "app\.yaml"; give files by -f\./],
  "explain without an object": ["explain", /explain needs an object, such as pod payments\/api-0, or files by -f\./],
  "explain of a kind that is misspelt": [
    "explain deploymnt web",
    /"deploymnt" is nothing that Domicile places; did you mean/,
  ],
  "explain of a kind that is nothing": [
    "explain configmap/x",
    /"configmap" is nothing that Domicile places; there are pod, /,
  ],
  "explain of a kind without a name": ["explain pod", /"pod" names no object; write pod NAME or pod NAMESPACE\/NAME\./],
  "explain of a name with too many parts": ["explain pod a/b/c", /"pod a\/b\/c" names no object/],
  "explain of a name that no object has": ["explain pod UPPER", /"UPPER" cannot be a name in Kubernetes/],
  "explain of a name that climbs": ["explain pod ../secrets", /"\.\." cannot be a name in Kubernetes/],
  "explain of two objects": ["explain pod a b", /"b" is one word too many; ask about one object\./],
  "explain in two namespaces": [
    "explain pod shop/a -n payments",
    /in namespace shop and -n says payments; leave one out\./,
  ],
  "explain of files and an object": [
    "explain pod a -f x.yaml",
    /with -f explain takes no "pod"; leave one of them out\./,
  ],
  "a connection with one end": ["explain --from a/b", /--to is missing: a connection has two ends\./],
  "a connection and a pod": [
    "explain pod a/b --from a/b --to c/d:1",
    /explain takes no "pod"; leave one of them out\./,
  ],
  "a connection between addresses": ["explain --from 10.0.0.1 --to 10.0.0.2:1", /neither --from nor --to is a pod/],
  "a connection to no port": ["explain --from a/b --to 10.0.0.2", /--to 10\.0\.0\.2 names no port; write it as/],
  "a connection to port 0": ["explain --from a/b --to 10.0.0.2:0", /--to 10\.0\.0\.2:0 names no port/],
  "a connection to port 70000": ["explain --from a/b --to c/d:70000/udp", /names no port; write it as/],
  "a connection to an address that is none": ["explain --from a/b --to 10.0.0.256:1", /--to: "?10\.0\.0\.256/],
  "a connection to IPv6 without brackets": [
    "explain --from a/b --to 2001:db8::1:443",
    /in brackets, as \[2001:db8::1\]:443/,
  ],
  "a connection to three words": ["explain --from a/b --to a/b/c:1", /--to a\/b\/c is neither an address nor a pod/],
  "a connection from a name that no pod has": ["explain --from A/b --to a/b:1", /--from A\/b is neither/],
  "attest without a key": ["attest --node a", /--key is missing: file with the private key in PEM\./],
  "attest with a word": ["attest node-1", /attest takes no "node-1"; everything is given by options\./],
  "preflight without a zone": ["preflight", /preflight needs a zone, such as us; kubectl get rz lists them\./],
  "preflight of two zones": ["preflight us eu", /"eu" is one word too many; preflight takes one zone\./],
  "audit of two zones": ["audit us eu", /"eu" is one word too many; audit takes one zone\./],
  "egress without a zone": ["egress", /egress needs a zone, such as us; kubectl get rz lists them\./],
  "plan of no files": ["plan", /-f is missing: a file, a directory, or - for stdin\./],
  "plan of a zone": ["plan us", /plan takes no "us"; give files by -f\./],
  "graph of two zones": ["graph us eu", /"eu" is one word too many; graph takes one zone\./],
  "graph in a language there is none of": [
    "graph us -o svg",
    /-o svg is no format; there are mermaid, dot, json and yaml\./,
  ],
  "probe without a zone": ["probe", /probe needs a zone, such as us; kubectl get rz lists them\./],
  "probe with a timeout that is none": ["probe us --timeout soon", /--timeout soon is no duration from 1s to 5m/],
  "probe with one that is too long": ["probe us --timeout 6m", /--timeout 6m is no duration from 1s to 5m/],
  "nodes without a zone": ["nodes", /nodes needs a zone, such as us; kubectl get rz lists them\./],
  "nodes of two zones": ["nodes us eu", /"eu" is one word too many; nodes takes one zone\./],
  "nodes of a name that no zone has": ["nodes ../us", /"\.\.\/us" cannot be a zone's name/],
};

for (const [what, [args, says]] of Object.entries(lines))
  test(`a command line is answered with one sentence and the exit code for it: ${what}`, async () => {
    const words = args.split(" ").filter((word) => word !== "");
    const { code, out, err } = await command(words);
    assert.match(err, says);
    assert.equal(err.split("\n").length, 2, err);
    // Of a plan 2 says that something opens, and nothing else.
    assert.deepEqual({ code, out }, { code: words[0] === "plan" ? 3 : 2, out: "" });
  });

test("every verb has a command line that is answered so", () => {
  const tried = new Set(Object.values(lines).map(([args]) => args.split(" ")[0]));
  assert.deepEqual(
    Object.keys(verbs).filter((verb) => !tried.has(verb)),
    [],
  );
});

/** Writes what is asked about, and gives the arguments of check. */
const files: Readonly<Record<string, readonly [write: () => readonly string[], says: RegExp]>> = {
  "that does not exist": [
    () => ["-f", join(folder, "none.yaml")],
    /none\.yaml cannot be read: it does not exist; check the path\./,
  ],
  "that is an empty directory": [
    () => (mkdirSync(join(folder, "empty")), ["-f", join(folder, "empty")]),
    /holds no file that ends with \.yaml, \.yml, \.json/,
  ],
  "whose links go in a circle": [
    () => (symlinkSync("circle.yaml", join(folder, "circle.yaml")), ["-f", join(folder, "circle.yaml")]),
    /its links go in a circle/,
  ],
  "of 100 MB": [
    () => (file("long.yaml", ""), truncateSync(join(folder, "long.yaml"), 1e8), ["-f", join(folder, "long.yaml")]),
    /long\.yaml is longer than 8 MiB; split it\./,
  ],
  "of aliases that unfold to millions": [
    () => (file("bomb.yaml", bomb()), ["-f", join(folder, "bomb.yaml")]),
    /its aliases unfold to more than anybody needs/,
  ],
  "of merged aliases that unfold to millions": [
    () => (file("merge.yaml", mergeBomb()), ["-f", join(folder, "merge.yaml")]),
    /its aliases unfold to more than anybody needs/,
  ],
  "that nests 100,000 deep": [
    () => (file("deep.yaml", `a: ${"[".repeat(100_000)}`), ["-f", join(folder, "deep.yaml")]),
    /is no YAML that can be read/,
  ],
  "that nests 100,000 deep as JSON": [
    () => (file("deep.json", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`), ["-f", join(folder, "deep.json")]),
    /is no (YAML that can be read|Kubernetes object)/,
  ],
  "that is a template": [
    () => (file("chart.yaml", "metadata:\n  {{ include }}: [\n"), ["-f", join(folder, "chart.yaml")]),
    /if it is a template, render it first \(helm template … \| … -f -\)\./,
  ],
  "with a key twice": [
    () => (file("twice.yaml", "kind: Pod\nkind: Pod\n"), ["-f", join(folder, "twice.yaml")]),
    /twice\.yaml is no YAML that can be read: .*unique at line 2/,
  ],
  "of bytes that are no text": [
    () => (
      writeFileSync(join(folder, "bytes.yaml"), Buffer.from([0, 255, 254, 1, 2])),
      ["-f", join(folder, "bytes.yaml")]
    ),
    /bytes\.yaml is no /,
  ],
  "that is empty": [
    () => (file("nothing.yaml", "# nothing\n---\n"), ["-f", join(folder, "nothing.yaml")]),
    /nothing\.yaml holds no object, so nothing was judged; give manifests\./,
  ],
  "of a zone in which there is none": [
    () => ["-f", join(folder, "pod.yaml"), "--zone", join(folder, "pod.yaml")],
    /--zone \S+pod\.yaml holds no ResidencyZone; give a zone's file\./,
  ],
  "that is a list": [
    () => (file("list.yaml", "- 1\n- 2\n"), ["-f", join(folder, "list.yaml")]),
    /list\.yaml is no Kubernetes object: it is no mapping; give manifests only\./,
  ],
  "without a kind": [
    () => (file("values.yaml", "replicas: 3\n"), ["-f", join(folder, "values.yaml")]),
    /values\.yaml is no Kubernetes object: it has no kind;/,
  ],
  "without an apiVersion": [
    () => (file("noversion.yaml", "kind: Pod\n"), ["-f", join(folder, "noversion.yaml")]),
    /it has no apiVersion;/,
  ],
  "whose pod has no text for a node": [
    () => (
      file(
        "number.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: kube-system}\nspec: {nodeName: 3}\n",
      ),
      ["-f", join(folder, "number.yaml")]
    ),
    /no Pod that the API server would take: spec\.nodeName is not a string; mend it\./,
  ],
  "whose template is a text": [
    () => (
      file(
        "text.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: kube-system}\nspec: {template: x}\n",
      ),
      ["-f", join(folder, "text.yaml")]
    ),
    /no Deployment that the API server would take: spec\.template is not an object; mend it\./,
  ],
  "whose namespace could be in either of two zones": [
    () => ["-f", join(folder, "homeless.yaml"), "--zone", join(folder, "two-zones.yaml")],
    /which zone namespace payments belongs to, and --zone gives us, eu; give its Namespace among the files\./,
  ],
};

for (const [what, [write, says]] of Object.entries(files))
  test(`check answers with one sentence and exit code 2 for a file ${what}`, async () => {
    const { code, out, err } = await command(["check", ...write()]);
    assert.match(err, says);
    assert.equal(err.split("\n").length, 2, err);
    assert.ok(err.length < 1_000, err);
    assert.deepEqual({ code, out }, { code: 2, out: "" });
  });

test("what comes from a pipe that brought nothing is no success", async () => {
  const { code, err } = await command(["check", "-f", "-"], "");
  assert.match(err, /^domicile: stdin holds no object, so nothing was judged; give manifests\.\n$/);
  assert.equal(code, 2);
});

test("stdin that never ends is read to its bound", async () => {
  let read = 0;
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) yield ((read += 1), Buffer.alloc(1024 * 1024, 32));
  };
  const { code, err } = await command(["check", "-f", "-"], endless());
  assert.match(err, /stdin is longer than 8 MiB; split it\./);
  assert.deepEqual({ code, read }, { code: 2, read: 9 });
});

test("what a file calls itself does not reach the terminal's controls", async () => {
  const name = "api\\u001b[2J";
  const { out } = await command(
    ["check", "-f", "-"],
    `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "${name}", "namespace": "kube-system"}}`,
  );
  assert.match(out, /Pod kube-system\/api\?\[2J/);
});
