import { Stop } from "./stop.ts";

/** The one word of a verb that takes a zone. */
export const readZoneName = (verb: string, [name, more]: readonly string[]): string => {
  if (name === undefined) throw new Stop("unreadable", `${verb} needs a zone, such as us; kubectl get rz lists them.`);
  if (more !== undefined) throw new Stop("unreadable", `"${more}" is one word too many; ${verb} takes one zone.`);
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    throw new Stop("unreadable", `"${name}" cannot be a zone's name; kubectl get rz lists them.`);
  return name;
};

/** That a zone is not there, and what to do; `or` goes on after the way to list them. */
export const noSuchZone = (name: string, or = ""): Stop =>
  new Stop("unanswered", `zone ${name} does not exist; kubectl get rz lists them${or}.`);
