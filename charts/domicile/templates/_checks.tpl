{{- /* What a schema cannot say: values that do not go together. Each sentence says what to do instead. */}}
{{- define "domicile.checks" -}}
{{- if and (eq .Values.image.tag "latest") (not .Values.image.digest) }}
{{- fail "image.tag: latest is whatever was pushed last, so replicas that start at different times run different code. Name a version, or set image.digest." }}
{{- end }}
{{- if eq (int .Values.webhook.port) (int .Values.opsPort) }}
{{- fail (printf "webhook.port and opsPort are both %d, and one process cannot serve both on one port. Change one of them." (int .Values.opsPort)) }}
{{- end }}
{{- if not (or .Values.webhook.enabled .Values.nativePolicies.enabled) }}
{{- fail "webhook.enabled and nativePolicies.enabled are both false, so nothing would hold a pod in its zone. Set one of them to true." }}
{{- end }}
{{- if and .Values.certManager.enabled (not .Values.webhook.enabled) }}
{{- fail "certManager.enabled: without webhooks Domicile has no use for a certificate. Set certManager.enabled to false, or webhook.enabled to true." }}
{{- end }}
{{- if and .Values.hostNetwork .Values.networkPolicy.enabled }}
{{- fail "hostNetwork and networkPolicy.enabled: pods in their nodes' network are outside every NetworkPolicy, so it would hold nothing. Set one of them to false, and close the ports in the nodes' own firewall." }}
{{- end }}
{{- range .Values.extraArgs }}
{{- $flag := regexFind "^--[a-z-]+" . }}
{{- range include "domicile.args" $ | fromYamlArray }}
{{- if eq $flag (regexFind "^--[a-z-]+" .) }}
{{- fail (printf "extraArgs: the chart sets %s itself, so that ports, Services and roles agree with it. Use the value for it." $flag) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What the chart tells the process, as a list. */}}
{{- define "domicile.args" -}}
- --namespace=$(POD_NAMESPACE)
- --service-account={{ .Values.serviceAccount.name }}
- --service-name={{ include "domicile.service" . }}
- --deployment={{ include "domicile.name" . }}
- --owner-cluster-role={{ include "domicile.owner" . }}
- --native-owner-cluster-role={{ include "domicile.nativeOwner" . }}
- --webhooks={{ ternary "on" "off" .Values.webhook.enabled }}
- --native-policies={{ ternary "on" "off" .Values.nativePolicies.enabled }}
- --lease={{ include "domicile.lease" . }}
- --cert-secret={{ include "domicile.tlsSecret" . }}
- --cert-source={{ if .Values.certManager.enabled }}external{{ else }}domicile{{ end }}
- --former-cert-secret={{ include "domicile.formerTlsSecret" . }}
- --webhook-port={{ .Values.webhook.port }}
- --webhook-timeout-seconds={{ .Values.webhook.timeoutSeconds }}
- --ops-port={{ .Values.opsPort }}
{{- with .Values.clusterNetworks.pods }}
- --pod-networks={{ join "," . }}
{{- end }}
{{- with .Values.clusterNetworks.services }}
- --service-networks={{ join "," . }}
{{- end }}
{{- with .Values.clusterNetworks.nodes }}
- --node-networks={{ join "," . }}
{{- end }}
- --log-level={{ .Values.logLevel }}
{{- end }}
