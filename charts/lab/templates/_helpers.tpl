{{- /* Written by `npm run generate` from the builders in src/; changes here are overwritten. */ -}}
{{- define "metrics-lab.make-secrets" }}
{{- if not (hasKey .Values "made") }}
{{- $known := (lookup "v1" "Secret" .Release.Namespace "queue").data | default dict }}
{{- $token := .Values.producer.token | default (get $known "token" | b64dec) | default (randAlphaNum 32) }}
{{- $password := regexFind ":[^:@/]+@" (get $known "url" | b64dec) | trimPrefix ":" | trimSuffix "@" }}
{{- $_ := set .Values "made" (dict "token" $token "password" (.Values.queue.password | default $password | default (randAlphaNum 32))) }}
{{- end }}
{{- end }}
{{- define "metrics-lab.token" }}{{ $_ := include "metrics-lab.make-secrets" . }}{{ .Values.made.token }}{{ end }}
{{- define "metrics-lab.password" }}{{ $_ := include "metrics-lab.make-secrets" . }}{{ .Values.made.password }}{{ end }}
{{- define "metrics-lab.queue-url" }}
{{- if .Values.queue.url }}{{ .Values.queue.url }}
{{- else if eq .Values.queue.kind "beanstalkd" }}beanstalkd://queue.{{ $.Release.Namespace }}.svc:11300
{{- else }}redis://:{{ include "metrics-lab.password" $ }}@queue.{{ $.Release.Namespace }}.svc:6379
{{- end }}
{{- end }}
{{- define "metrics-lab.queue.url" }}{{ include "metrics-lab.queue-url" $ }}{{ end }}
{{- define "metrics-lab.queue.token" }}{{ include "metrics-lab.token" $ }}{{ end }}
{{- define "metrics-lab.queue-server.redis.conf" }}# Written by metrics-lab; changes are overwritten.
bind 0.0.0.0
protected-mode yes
port 6379
requirepass "{{ include "metrics-lab.password" $ }}"
dir "/data"
daemonize no
appendonly yes
appendfsync always
no-appendfsync-on-rewrite no
save ""
maxmemory-policy noeviction
tcp-backlog 128
logfile ""
{{ end }}
