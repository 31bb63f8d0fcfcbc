{{- define "botpass.name" -}}
{{- if contains "botpass" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-botpass" (.Release.Name | trunc 42 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "botpass.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/name: botpass
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* Mounts of extraVolumes: for reading, unless one says otherwise. */ -}}
{{- define "botpass.extraMounts" -}}
{{- range . }}
{{- $mount := deepCopy . }}
{{- if not (hasKey $mount "readOnly") }}{{ $_ := set $mount "readOnly" true }}{{ end }}
- {{ $mount | toYaml | nindent 2 | trim }}
{{- end }}
{{- end }}

{{- define "botpass.image" -}}
{{- with .Values.image }}{{ if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end }}
{{- end }}

{{- define "botpass.address" -}}
{{ include "botpass.name" . }}-server.{{ .Release.Namespace }}.svc:{{ .Values.server.service.port }}
{{- end }}

{{- /* server.yaml: what the chart knows, and what values add. */ -}}
{{- define "botpass.config" -}}
{{- $own := dict
  "trust_domain" .Values.trustDomain
  "data_dir" "/var/lib/botpass/data"
  "listen" "0.0.0.0:8443"
  "addresses" (.Values.server.addresses | default (list (include "botpass.address" .)))
  "bots_socket" ""
}}
{{- with .Values.server.metrics }}{{ if .enabled }}{{ $_ := set $own "metrics_listen" (printf "0.0.0.0:%v" (int .port)) }}{{ end }}{{ end }}
{{- $config := deepCopy .Values.server.config }}
{{- with .Values.server.clusterIssuer }}
{{- if .enabled }}
{{- $issuer := dict "name" "cluster" "preset" "kubernetes" "url" .url "ca_file" "/etc/botpass/cluster/ca.crt" "max_token_life" "2h" }}
{{- $attestors := get $config "attestors" | default dict }}
{{- $oidc := get $attestors "oidc" | default dict }}
{{- $_ := set $oidc "issuers" (append (get $oidc "issuers" | default list) $issuer) }}
{{- $_ := set $attestors "oidc" $oidc }}
{{- $_ := set $config "attestors" $attestors }}
{{- end }}
{{- end }}
{{- merge $own $config | toYaml }}
{{- end }}
