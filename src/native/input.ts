/** What native policies are compiled from. */
export type NativeInput = {
  /**
   * Every zone, in order. Undefined where a webhook judges whether a zone is there: it hears of a new one at once, and API
   * servers heed another policy only a second later, so whoever makes a zone and its namespace in one go would be refused.
   */
  readonly zones: readonly string[] | undefined;
  /** The zones that name namespaces in spec.namespaces, in order, and those namespaces. */
  readonly named: readonly { readonly zone: string; readonly namespaces: readonly string[] }[];
  /** The zones that approve RemoteClusters, in order, and those clusters. */
  readonly approvals: readonly { readonly zone: string; readonly clusters: readonly string[] }[];
  /** Zones that only warn or count, in order. */
  readonly lenient: readonly string[];
  /** Zones that let anybody connect in, in order. */
  readonly open: readonly string[];
  /**
   * Zones that list something of a kind in spec.exposure, in order, by that: `Ingress`, or of Services `Service NodePort`.
   */
  readonly exposing: Readonly<Record<string, readonly string[]>>;
  /** Zones that are not there and for which a namespace is sealed all the same, in order. */
  readonly gone: readonly string[];
  /** Zones that enforce and keep their nodes to themselves, in order. */
  readonly exclusive: readonly string[];
  /** The schedulers of zones that do not trust Kubernetes' own alone, by zone, in order. */
  readonly schedulers: Readonly<Record<string, readonly string[]>>;
  /** Namespaces that can never join a zone: Kubernetes', Domicile's own and the zones' DNS namespaces. */
  readonly exempt: readonly string[];
};
