import { isDeepStrictEqual } from "node:util";
import { defaultSchedulers } from "../api/zone-schedulers.ts";
import type { Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import { chartPolicies } from "../native/chart.ts";
import { nativePolicies } from "../native/compile.ts";
import type { NativeInput } from "../native/input.ts";
import { pinPolicy } from "../native/pin.ts";
import { bindingOf, type NativePolicy } from "../native/policy.ts";
import { isExclusive } from "../zone/exclusive.ts";
import { namedByZone } from "../zone/named-namespaces.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import { digestOf } from "./registration-digest.ts";

/** All that native policies hang on. */
export type NativeSource = {
  readonly input: NativeInput;
  /** The user that is Domicile's own service account. */
  readonly user: string;
  /** Whether native policy pins pods, since no webhook does. */
  readonly pins: boolean;
};

/** One object as compiled: what it says, without what we write of its metadata. */
export type Compiled = {
  readonly resource: Resource;
  readonly name: string;
  readonly spec: object;
  readonly maker: "chart" | "domicile";
};

/** Every native policy, each with its binding after it, those of the chart first, and a short digest of them all. */
export type CompiledAll = { readonly all: readonly Compiled[]; readonly hash: string };

/** Compiles every native policy. */
export const compileNative = ({ input, user, pins }: NativeSource): CompiledAll => {
  const all = [
    ...bound("chart", chartPolicies(user)),
    ...bound("domicile", nativePolicies(input, user)),
    ...pin(pins, input),
  ];
  const specs = all.map(({ spec }) => spec);
  return { all, hash: digestOf(specs, []).slice(0, 12) };
};

const bound = (maker: Compiled["maker"], policies: readonly NativePolicy[]): readonly Compiled[] =>
  policies.flatMap((policy): readonly Compiled[] => [
    { resource: resources.nativePolicies, name: policy.name, spec: policy.spec, maker },
    { resource: resources.nativeBindings, name: policy.name, spec: bindingOf(policy), maker },
  ]);

const pin = (pins: boolean, input: NativeInput): readonly Compiled[] => {
  if (!pins) return [];
  const { name, spec } = pinPolicy(input);
  return [
    { resource: resources.mutatingPolicies, name, spec, maker: "domicile" },
    { resource: resources.mutatingBindings, name, spec: { policyName: name }, maker: "domicile" },
  ];
};

/**
 * Remembers what was compiled last: every look at a zone asks, and what the policies hang on seldom changes. Equal
 * sources give the same value.
 */
export const rememberNative = (compile = compileNative): typeof compileNative => {
  let known: { readonly source: NativeSource; readonly compiled: CompiledAll } | undefined;
  return (source) => {
    if (known === undefined || !isDeepStrictEqual(known.source, source)) known = { source, compiled: compile(source) };
    return known.compiled;
  };
};

/** What native policies are compiled from as the World stands; `webhooks` says whether those judge too. */
export const nativeInput = (world: World, exempt: readonly string[], webhooks: boolean): NativeInput => {
  const zones = [...world.zones.values()];
  const seals = [...world.namespaces.values()].flatMap(({ sealed }) => sealed ?? []);
  return {
    zones: webhooks ? undefined : zones.map(({ name }) => name).toSorted(),
    named: namedByZone(world),
    approvals: zones
      .filter(({ approves }) => approves.length > 0)
      .map(({ name, approves }) => ({ zone: name, clusters: approves.toSorted() }))
      .toSorted((a, b) => (a.zone < b.zone ? -1 : 1)),
    lenient: zones.flatMap(({ name, enforcement }) => (enforcement === "Enforce" ? [] : [name])).toSorted(),
    exclusive: zones.flatMap((zone) => (isExclusive(zone) ? [zone.name] : [])).toSorted(),
    open: zones
      .flatMap(({ name, parsed }) => (parsed.ok && parsed.value.ingress.isolation === "Open" ? [name] : []))
      .toSorted(),
    exposing: exposingZones(zones),
    schedulers: Object.fromEntries(
      zones
        .filter(({ schedulers }) => !isDeepStrictEqual(schedulers, defaultSchedulers))
        .map(({ name, schedulers }) => [name, schedulers.toSorted()] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    gone: [...new Set(seals)].filter((zone) => !world.zones.has(zone)).toSorted(),
    exempt,
  };
};

const exposingZones = (zones: readonly ZoneRecord[]): NativeInput["exposing"] => {
  const listed = zones.flatMap(({ name, parsed }) =>
    (parsed.ok ? parsed.value.exposure : []).map(({ kind, type }) => ({
      zone: name,
      what: type === undefined ? kind : `${kind} ${type}`,
    })),
  );
  return Object.fromEntries(
    [...Map.groupBy(listed, ({ what }) => what)]
      .map(([what, entries]) => [what, [...new Set(entries.map(({ zone }) => zone))].toSorted()] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
};
