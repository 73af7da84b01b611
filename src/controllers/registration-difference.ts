import { isDeepStrictEqual } from "node:util";
import { digestAnnotation, fieldManagers } from "../api/names.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { Registered } from "./registered.ts";

type Fields = Readonly<Record<string, unknown>>;
type Change = { readonly entry: string; readonly what: string };

/** What of a stored object is not as compiled: each field with what was found in it, as sentences without a stop. */
export const differences = (live: KubeObject, wanted: Registered): readonly string[] => {
  const { metadata } = live;
  return [
    ...(wanted.spec === undefined
      ? webhookChanges(entriesOf(live["webhooks"]), entriesOf(wanted.webhooks))
      : specChanges((live["spec"] ?? {}) as Fields, wanted.spec as Fields)),
    ...(wanted.chart !== undefined || isDeepStrictEqual(metadata.ownerReferences ?? [], wanted.metadata.ownerReferences)
      ? []
      : ["metadata.ownerReferences was changed"]),
    ...Object.entries(wanted.metadata.labels).flatMap(([key, value]) =>
      metadata.labels?.[key] === value ? [] : [`metadata.labels[${key}] was changed`],
    ),
    ...(metadata.annotations?.[digestAnnotation] === wanted.metadata.annotations[digestAnnotation]
      ? []
      : [`metadata.annotations[${digestAnnotation}] was changed`]),
  ];
};

/** Who wrote last besides us, by the name the writer gave for itself and the time; undefined where nothing tells. */
export const lastWriter = ({ metadata }: KubeObject): string | undefined => {
  const others = (metadata.managedFields ?? []).filter(
    ({ manager }) => manager !== fieldManagers.registration && manager !== fieldManagers.chart,
  );
  const last = others.toSorted((a, b) => (a.time ?? "").localeCompare(b.time ?? "")).at(-1);
  return last?.manager === undefined ? undefined : `${last.manager} at ${last.time ?? "an unknown time"}`;
};

const webhookChanges = (live: readonly Fields[], wanted: readonly Fields[]): readonly string[] => [
  ...grouped(entryChanges(live, wanted)),
  ...(reordered(live, wanted) ? ["webhooks were put into another order"] : []),
];

/** Expressions are too long for an event, so a field of a policy is only named, unless it is a short word. */
const specChanges = (live: Fields, wanted: Fields): readonly string[] =>
  [...new Set([...Object.keys(live), ...Object.keys(wanted)])]
    .filter((field) => !isDeepStrictEqual(live[field], wanted[field]))
    .map((field) => `spec.${field} ${turned(live[field], wanted[field])}`);

const entriesOf = (webhooks: unknown): readonly Fields[] =>
  Array.isArray(webhooks) ? (webhooks as readonly Fields[]) : [];

const entryChanges = (live: readonly Fields[], wanted: readonly Fields[]): readonly Change[] => {
  const found = new Map(live.map((entry) => [String(entry["name"]), entry]));
  const known = new Set(wanted.map(({ name }) => String(name)));
  const changes = wanted.flatMap((entry): readonly Change[] => {
    const name = String(entry["name"]);
    const now = found.get(name);
    if (now === undefined) return [{ entry: name, what: " was taken away" }];
    const before = flat(now);
    const after = flat(entry);
    return [...new Set([...before.keys(), ...after.keys()])]
      .filter((field) => !isDeepStrictEqual(before.get(field), after.get(field)))
      .map((field) => ({ entry: name, what: `.${field} ${turned(before.get(field), after.get(field))}` }));
  });
  const added = [...found.keys()].filter((name) => !known.has(name));
  return [...changes, ...added.map((entry) => ({ entry, what: " was added" }))];
};

const reordered = (live: readonly Fields[], wanted: readonly Fields[]): boolean =>
  live.length === wanted.length &&
  live.some(({ name }, index) => name !== wanted[index]?.["name"]) &&
  entryChanges(live, wanted).length === 0;

/** The fields of an entry, those of clientConfig one by one: its service and its authority are two things. */
const flat = (entry: Fields): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(entry).flatMap(([field, value]) =>
      field === "clientConfig"
        ? Object.entries(value as Fields).map(([inner, of]) => [`clientConfig.${inner}`, of] as const)
        : [[field, value] as const],
    ),
  );

/** Only short words are shown: selectors, certificates and expressions would fill an event. */
const longestShown = 40;
const shows = (value: unknown): value is string | number =>
  typeof value === "number" || (typeof value === "string" && value.length <= longestShown);

const turned = (before: unknown, after: unknown): string =>
  shows(before) && shows(after) ? `was ${before} and is ${after} again` : "was changed";

/** A sentence holds so many names and an event so many sentences. */
const shown = 3;

/** One sentence for all entries in which the same was done. */
const grouped = (changes: readonly Change[]): readonly string[] => {
  const byWhat = Map.groupBy(changes, ({ what }) => what);
  return [...byWhat].map(([what, same]) => `webhooks[${some(same.map(({ entry }) => entry))}]${what}`);
};

/** The first of many, and how many more there are. */
export const some = (all: readonly string[], separator = ", "): string =>
  all.length <= shown ? all.join(separator) : `${all.slice(0, shown).join(separator)} and ${all.length - shown} more`;
