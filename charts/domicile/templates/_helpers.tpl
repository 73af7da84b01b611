{{- /* Names are fixed: one installation per cluster, for the webhook configurations have fixed names too. */}}
{{- define "domicile.name" -}}domicile{{- end }}
{{- define "domicile.service" -}}domicile-webhook{{- end }}
{{- /* Two Secrets, so that cert-manager and Domicile never write the same one when certManager.enabled changes. */}}
{{- define "domicile.tlsSecret" -}}
domicile-webhook-{{ if .Values.certManager.enabled }}certificate{{ else }}tls{{ end }}
{{- end }}
{{- define "domicile.formerTlsSecret" -}}
domicile-webhook-{{ if .Values.certManager.enabled }}tls{{ else }}certificate{{ end }}
{{- end }}
{{- define "domicile.lease" -}}domicile{{- end }}
{{- define "domicile.owner" -}}domicile-webhooks{{- end }}
{{- define "domicile.nativeOwner" -}}domicile-native-policies{{- end }}

{{- /* The one identity that may write Domicile's labels and policies. */}}
{{- define "domicile.user" -}}
system:serviceaccount:{{ .Release.Namespace }}:{{ .Values.serviceAccount.name }}
{{- end }}

{{- define "domicile.selector" -}}
app.kubernetes.io/name: domicile
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "domicile.labels" -}}
{{- with .Values.commonLabels }}
{{- toYaml . }}
{{ end -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: domicile
{{ include "domicile.selector" . }}
{{- end }}

{{- define "domicile.image" -}}
{{- $how := "image.repository is required, because the project publishes no image. Build and push one:  docker build -t REGISTRY/domicile:VERSION . && docker push REGISTRY/domicile:VERSION  and then install with  --set image.repository=REGISTRY/domicile" }}
{{- $repository := required ($how | replace "VERSION" .Chart.AppVersion) .Values.image.repository }}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}
