import { after, before, describe } from "node:test";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { accountTests } from "./account.ts";
import { definitionTests } from "./definitions.ts";
import { installGuards, removeGuards, type People } from "./guards.ts";
import { networkPolicyTests } from "./network-policies.ts";
import { nodeEvidenceTests } from "./node-evidence.ts";
import { nodeLabelTests } from "./node-labels.ts";
import { nodeTaintTests } from "./node-taints.ts";
import { roleTests } from "./roles.ts";
import { sealedLabelTests } from "./sealed-label.ts";

let cluster: Cluster;
let people: People;

before(async () => {
  cluster = await connect();
  people = await installGuards(cluster);
});

after(async () => {
  await removeGuards(cluster);
  await cluster.close();
});

const theCluster = (): Cluster => cluster;
const thePeople = (): People => people;

describe("native policy: node labels, with Domicile away", () => nodeLabelTests(theCluster, thePeople));
describe("native policy: node taints, with Domicile away", () => nodeTaintTests(theCluster, thePeople));
describe("native policy: what nodes say of themselves, with Domicile away", () =>
  nodeEvidenceTests(theCluster, thePeople));
describe("native policy: the sealed label, with Domicile away", () => sealedLabelTests(thePeople));
describe("native policy: our definitions, with Domicile away", () => definitionTests(thePeople));
describe("native policy: what Domicile's own account may write", () => accountTests(thePeople));
describe("RBAC: the roles of Domicile's service account", () => roleTests(thePeople));
// Last, for it ends with an uninstall.
describe("native policy: our NetworkPolicies, with Domicile away", () => networkPolicyTests(theCluster, thePeople));
