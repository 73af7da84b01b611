import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../../src/ops/config.ts";

const env = { POD_NAME: "domicile-0" };

const problems = (argv: readonly string[], environment: Readonly<Record<string, string>> = env): readonly string[] => {
  const parsed = parseConfig(["--namespace=domicile-system", ...argv], environment);
  assert.ok(!parsed.ok, "it was accepted");
  return parsed.problems;
};

test("a namespace and a pod's name are enough", () => {
  const parsed = parseConfig(["--namespace", "domicile-system"], env);
  assert.ok(parsed.ok);
  assert.equal(parsed.config.namespace, "domicile-system");
  assert.equal(parsed.config.podName, "domicile-0");
  assert.deepEqual([parsed.config.webhookPort, parsed.config.opsPort, parsed.config.logLevel], [8443, 8080, "info"]);
});

test("durations are written as for cert-manager, and are milliseconds", () => {
  const parsed = parseConfig(["--namespace=domicile-system", "--ca-duration=1h30m", "--leaf-duration=90s"], env);
  assert.ok(parsed.ok);
  assert.deepEqual([parsed.config.caDuration, parsed.config.leafDuration], [5_400_000, 90_000]);
});

test("E6 the cluster's own blocks may be stated by kind, and what is not stated is found", () => {
  const parsed = parseConfig(
    ["--namespace=domicile-system", "--pod-networks=10.244.0.0/16,fd00::/48", "--node-networks=192.168.0.0/16"],
    env,
  );
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.config.stated, { pods: ["10.244.0.0/16", "fd00::/48"], nodes: ["192.168.0.0/16"] });
});

const wrong: Readonly<Record<string, readonly [argv: readonly string[], said: RegExp]>> = {
  "an unknown flag": [["--zone=us"], /--zone is not a flag/],
  "a word that is no flag": [["serve"], /"serve" is not a flag/],
  "a flag without its value": [["--lease"], /--lease needs a value/],
  "a port beyond 65535": [["--webhook-port=65536"], /--webhook-port must be a whole number from 1 to 65535/],
  "port zero": [["--ops-port=0"], /--ops-port must be/],
  "a port in words": [["--ops-port=http"], /and is "http"/],
  "a duration without a unit": [["--leaf-duration=3600"], /--leaf-duration must be a duration .*and is "3600"/],
  "a leaf that is gone before it is used": [["--leaf-duration=4s"], /from 5s to 87600h/],
  "an authority for a century": [["--ca-duration=876000h"], /from 5s to 87600h/],
  "a leaf that outlives its authority": [["--ca-duration=24h", "--leaf-duration=9h"], /at least three times/],
  "an unknown source of certificates": [["--cert-source=vault"], /one of domicile, external/],
  "a switch that is neither on nor off": [["--webhooks=yes"], /--webhooks must be on: .*off/],
  "nothing that would hold a pod": [["--webhooks=off", "--native-policies=off"], /are both off.*turn one on/],
  "a block with host bits": [["--service-networks=10.0.0.1/24"], /--service-networks must be blocks .*10\.0\.0\.1\/24/],
  "an unknown log level": [["--log-level=loud"], /--log-level must be one of trace/],
};

for (const [name, [argv, said]] of Object.entries(wrong)) {
  test(`${name} is refused with a sentence`, () => {
    const found = problems(argv);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", said);
  });
}

test("everything that is wrong is said at once", () => {
  assert.equal(problems(["--zone=us", "--ops-port=x", "--log-level=loud"], {}).length, 4);
});
