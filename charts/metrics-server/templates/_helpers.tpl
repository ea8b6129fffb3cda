{{- /* Written by `npm run generate` from the builders in src/; changes here are overwritten. */ -}}
{{- define "metrics-lab.make-serving" }}
{{- if not (hasKey .Values "made") }}
{{- $known := (lookup "v1" "Secret" .Release.Namespace "metrics-lab-metrics-server-serving").data | default dict }}
{{- if hasKey $known "ca.crt" }}
{{- $_ := set .Values "made" (dict "ca" (index $known "ca.crt" | b64dec) "cert" (index $known "tls.crt" | b64dec) "key" (index $known "tls.key" | b64dec)) }}
{{- else }}
{{- $ca := genCA "metrics-server-ca" 3650 }}
{{- $pair := genSignedCert "metrics-server" (list "127.0.0.1") (list "localhost" (printf "%s" (include "metrics-lab.serving-host" .))) 3650 $ca }}
{{- $_ := set .Values "made" (dict "ca" $ca.Cert "cert" $pair.Cert "key" $pair.Key) }}
{{- end }}
{{- end }}
{{- end }}
{{- define "metrics-lab.serving-host" }}metrics-lab-metrics-server.{{ $.Release.Namespace }}.svc{{ end }}
{{- define "metrics-lab.serving-ca" }}{{ $_ := include "metrics-lab.make-serving" . }}{{ .Values.made.ca }}{{ end }}
{{- define "metrics-lab.serving-cert" }}{{ $_ := include "metrics-lab.make-serving" . }}{{ .Values.made.cert }}{{ end }}
{{- define "metrics-lab.serving-key" }}{{ $_ := include "metrics-lab.make-serving" . }}{{ .Values.made.key }}{{ end }}
{{- define "metrics-lab.ca-bundle" }}
{{- if eq .Values.tls.mode "self-made" }}{{ include "metrics-lab.serving-ca" . }}
{{- else if eq .Values.tls.mode "existing" }}{{ .Values.tls.caBundle }}
{{- end }}
{{- end }}
{{- define "metrics-lab.serving-secret" }}
{{- /* What is in the values stands in a ConfigMap, which more people may read than a Secret. */ -}}
{{- $text := list .Values.metrics .Values.prometheus .Values.forward | toJson }}
{{- if regexMatch "://[^/?#\"@]*:[^/?#\"@]*@" $text }}
{{- fail "a URL in metrics, prometheus or forward holds a password: put the URL into a Secret, name that in secrets, and write urlFile: /etc/metrics-lab/SECRET/KEY" }}
{{- end }}
{{- if regexMatch "(?i)\"(authorization|proxy-authorization|cookie|x-api-key)\":" $text }}
{{- fail "a header in metrics, prometheus or forward holds a secret: use bearerTokenFile or passwordFile: /etc/metrics-lab/SECRET/KEY" }}
{{- end }}
{{- if eq .Values.tls.mode "existing" }}{{ required "tls.mode is existing: say in tls.secretName which Secret holds the certificate" .Values.tls.secretName }}
{{- else }}metrics-lab-metrics-server-serving
{{- end }}
{{- end }}
{{- define "metrics-lab.metrics-lab-metrics-server-serving.tls.crt" }}{{ include "metrics-lab.serving-cert" $ }}{{ end }}
{{- define "metrics-lab.metrics-lab-metrics-server-serving.tls.key" }}{{ include "metrics-lab.serving-key" $ }}{{ end }}
{{- define "metrics-lab.metrics-lab-metrics-server-serving.ca.crt" }}{{ include "metrics-lab.serving-ca" $ }}{{ end }}
