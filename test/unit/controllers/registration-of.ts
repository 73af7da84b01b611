import { paths } from "../../../src/admission/paths.ts";
import type { Registration } from "../../../src/controllers/webhook-input.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";

/** What webhook configurations are compiled from, for these zones. */
export const registrationOf = (
  zones: Readonly<Record<string, Enforcement>>,
  exempt: readonly string[] = ["domicile-system", "kube-system"],
  named: readonly string[] = [],
  exclusive: readonly string[] = [],
  judgedNatively = false,
): Registration => ({
  zones: new Map(
    Object.entries(zones).map(([name, enforcement]) => [
      name,
      { enforcement, schedulers: ["system:kube-scheduler"], exclusive: exclusive.includes(name) },
    ]),
  ),
  named,
  exempt,
  judgedNatively,
  service: { name: "domicile-webhook", namespace: "domicile-system", port: 443 },
  paths,
  caBundle: "PEM",
  timeoutSeconds: 2,
  user: "system:serviceaccount:domicile-system:domicile",
  owner: { name: "domicile-webhooks", uid: "1" },
});
