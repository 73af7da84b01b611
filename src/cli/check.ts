import { resolve } from "node:path";
import { neverJoins } from "../zone/exempt.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { judge, makesPods, namespaceOf } from "./judge.ts";
import { judgementLines, summaryLine } from "./judgement.ts";
import { namerOf, unknownNamespace, withManifests } from "./manifest-world.ts";
import { readManifests, type Manifest } from "./manifests.ts";
import { references } from "./references.ts";
import { Stop } from "./stop.ts";
import type { Found, Verb } from "./verb.ts";

/** Judges files without a cluster, for a pipeline: exit code 1 where something would be refused. */
export const check: Verb = {
  says: "Judge manifests without a cluster, as if they were applied to a namespace that is sealed",
  forms: ["-f FILE|DIRECTORY|- [--zone FILE] [-n NAMESPACE]"],
  more: [
    "Files may hold ResidencyZones, RemoteClusters and Namespaces besides what makes pods: they are judged too, and the rest is judged as if they were applied. A namespace of no file belongs to the zone that names it in spec.namespaces, or else to that of `--zone`; without one that is an error, for nothing is guessed. Namespaces are taken for sealed. What only a cluster knows is not judged: its nodes, its own networks, and RemoteClusters of no file, which are noted.",
    "A zone in Warn or Audit refuses nothing, so neither does this; what it would warn of is shown. A file may have 8 MiB, all together 32 MiB.",
  ],
  options: {
    filename: {
      short: "f",
      value: "FILE",
      many: true,
      means: "manifests: a file, a directory with all below it, or - for stdin; may be given several times",
    },
    zone: {
      value: "FILE",
      many: true,
      means: "file with the ResidencyZone (and its RemoteClusters) that namespaces of no manifest belong to",
    },
    namespace: { short: "n", value: "NAME", means: "namespace of objects that name none; without it default" },
  },
  run: async (given, { stdin }) => {
    const [word] = given.words;
    if (word !== undefined) throw new Stop("unreadable", `check takes no "${word}"; give files by -f.`);
    const paths = given.all("filename");
    if (paths.length === 0) throw new Stop("unreadable", "-f is missing: a file, a directory, or - for stdin.");
    const zoneFiles = await readManifests(given.all("zone"), stdin);
    if (given.all("zone").length > 0 && zonesOf(zoneFiles).length === 0)
      throw new Stop(
        "unreadable",
        `--zone ${given.all("zone").join(", ")} holds no ResidencyZone; give a zone's file.`,
      );
    const files = await readManifests(paths, stdin);
    // A file may be given as --zone and lie in the directory of -f as well.
    const once = new Set(zoneFiles.map(({ file }) => resolve(file)));
    const others = files.filter(({ file }) => !once.has(resolve(file)));
    return checked(zoneFiles, others, given.one("namespace") ?? "default");
  },
};

/** What `check` says of manifests; pure. `zoneFiles` are those of --zone. */
export const checked = (zoneFiles: readonly Manifest[], files: readonly Manifest[], fallback: string): Found => {
  const manifests = [...zoneFiles, ...files];
  const described = withManifests({}, manifests, ({ zone }) => zone);
  const world = listed(withHomes(described, zoneFiles, manifests, fallback));
  const { judgements, others } = judge(world, nothing, manifests, fallback);
  const { refused, notes } = references(world);
  const all = [...judgements, ...refused];
  return {
    value: { judgements: all, others, notes },
    lines: [
      ...all.flatMap(judgementLines),
      ...notes.map((note) => `note     ${note}`),
      summaryLine(judgements, others),
    ],
    refused: all.some(({ outcome }) => outcome === "refused"),
  };
};

/**
 * Namespaces that no manifest describes belong to the zone that names them, or else to the zone of --zone; without one
 * nobody knows, and nothing is guessed.
 */
const withHomes = (
  described: Lists,
  zoneFiles: readonly Manifest[],
  manifests: readonly Manifest[],
  fallback: string,
): Lists => {
  const world = listed(described);
  const names = new Set(manifests.filter(makesPods).map((manifest) => namespaceOf(manifest, fallback)));
  const unknown = [...names].filter((name) => !world.namespaces.has(name) && !neverJoins(world, name));
  const named = unknown.flatMap((name) => {
    const zone = namerOf(world, name);
    return zone === undefined ? [] : [unknownNamespace(name, zone)];
  });
  const known = { ...described, namespaces: [...(described.namespaces ?? []), ...named] };
  const homeless = unknown.filter((name) => !named.some((namespace) => namespace.name === name));
  if (homeless.length === 0) return known;
  const zones = zonesOf(zoneFiles);
  const [zone] = zones;
  const which = `no file says which zone namespace ${homeless[0]} belongs to`;
  if (zone === undefined)
    throw new Stop("unreadable", `${which}; give its Namespace among the files, or a zone by --zone.`);
  if (zones.length > 1)
    throw new Stop("unreadable", `${which}, and --zone gives ${zones.join(", ")}; give its Namespace among the files.`);
  return { ...known, namespaces: [...known.namespaces, ...homeless.map((name) => unknownNamespace(name, zone))] };
};

const zonesOf = (manifests: readonly Manifest[]): readonly string[] =>
  (withManifests({}, manifests, () => undefined).zones ?? []).map(({ name }) => name);

const nothing = listed({});
