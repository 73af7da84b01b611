/**
 * Annotations of a Service of type LoadBalancer: a label selector for the nodes that a balancer sends to. Which of the
 * two is read hangs on oci.oraclecloud.com/load-balancer-type; without it every node is sent to.
 * Source: https://docs.oracle.com/en-us/iaas/Content/ContEng/Tasks/contengcreatingloadbalancer_topic-Summaryofannotations.htm
 */
export const backendAnnotations = [
  "oci.oraclecloud.com/node-label-selector",
  "oci-network-load-balancer.oraclecloud.com/node-label-selector",
] as const;
