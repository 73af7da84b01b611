import { ensureCertificates, type Bundle } from "../admission/certificates.ts";
import type { Secret } from "../admission/secret.ts";
import { makeLoop } from "../controllers/loop.ts";
import { startInformer } from "../kube/informer.ts";
import { resources } from "../kube/resources.ts";
import { sharedSecret } from "../kube/shared-secret.ts";
import { clock } from "../ops/clock.ts";
import type { Parts } from "./parts.ts";
import { tellReconcile, tellWatch } from "./tell.ts";

/** The certificates of this replica as they are now. */
export type Certified = {
  /** Undefined until the first were read or made. */
  readonly bundle: () => Bundle | undefined;
  /** Resolves when there are certificates and `served` has taken them. */
  readonly first: Promise<void>;
  /** Hears when the authority changed; gives the way to end it. */
  readonly renewed: (hear: () => void) => () => void;
  /** Works until the signal aborts. */
  readonly run: () => Promise<void>;
};

const lookMs = 3_600_000;
const key = "certificates";

/** Keeps certificates in the shared Secret and has `serve` take each bundle, until the signal aborts. */
export const certify = (parts: Parts, serve: (bundle: Bundle) => Promise<void>, signal: AbortSignal): Certified => {
  const { config, metrics, transport } = parts;
  const place = { namespace: config.namespace, name: config.certSecretName };
  const shared = sharedSecret(transport, place);
  const first = Promise.withResolvers<void>();
  const hearers = new Set<() => void>();
  let bundle: Bundle | undefined;

  const loop = makeLoop({
    name: key,
    sleep: clock.sleep,
    jitter: clock.random,
    observe: (event) => tellReconcile(parts, event),
    reconcile: async () => {
      const before = bundle?.caBundle;
      bundle = await ensureCertificates({ ...shared, read: () => shared.read<Secret>() }, clock.now, {
        service: config.serviceName,
        namespace: config.namespace,
        secret: config.certSecretName,
      });
      if (bundle.caBundle !== before) for (const hear of hearers) hear();
      metrics.certificateExpires(bundle.notAfter);
      await serve(bundle);
      first.resolve();
      return { kind: "again", afterMs: lookMs };
    },
  });

  const secret = startInformer<string>(
    {
      transport,
      resource: resources.secrets,
      project: ({ metadata }) => metadata.resourceVersion,
      timers: clock,
      report: (resource, problem) => tellWatch(parts, resource.plural, problem),
      selection: { namespace: config.namespace, fieldSelector: `metadata.name=${config.certSecretName}` },
    },
    signal,
  );
  secret.store.subscribe(() => loop.ask(key));
  loop.ask(key);

  return {
    bundle: () => bundle,
    first: first.promise,
    renewed: (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    run: () => loop.run(signal),
  };
};
