import { SERVICE, servingHosts } from '../../src/metrics-server/manifests.ts';
import { SERVING_SECRET } from '../../src/metrics-server/pod-manifests.ts';
import type { ChartText } from './chart-files.ts';
import { Holes } from './holes.ts';
import { metricsServerParts } from './metrics-server.ts';
import { MetricsServerValuesSchema } from './metrics-server-values.ts';
import { inText, templates } from './template.ts';

/** charts/metrics-server: for any cluster, no lab needed. */
export function metricsServerChart(): ChartText {
  const holes = new Holes();
  return {
    name: 'metrics-server',
    description:
      'The metrics server of metrics-lab: external and custom metrics for HorizontalPodAutoscalers of any cluster',
    values: MetricsServerValuesSchema,
    templates: templates(metricsServerParts(holes), holes),
    helpers: helpers(inText(servingHosts(holes.release.namespace).at(-1) ?? '', holes)),
    notes: NOTES,
    introduction: INTRODUCTION,
  };
}

/** The certificate is made once and taken from the cluster afterwards; within one rendering all of it comes from one making. */
function helpers(host: string): string {
  return `{{- define "metrics-lab.make-serving" }}
{{- if not (hasKey .Values "made") }}
{{- $known := (lookup "v1" "Secret" .Release.Namespace "${SERVING_SECRET}").data | default dict }}
{{- if hasKey $known "ca.crt" }}
{{- $_ := set .Values "made" (dict "ca" (index $known "ca.crt" | b64dec) "cert" (index $known "tls.crt" | b64dec) "key" (index $known "tls.key" | b64dec)) }}
{{- else }}
{{- $ca := genCA "metrics-server-ca" 3650 }}
{{- $pair := genSignedCert "metrics-server" (list "127.0.0.1") (list "localhost" (printf "%s" (include "metrics-lab.serving-host" .))) 3650 $ca }}
{{- $_ := set .Values "made" (dict "ca" $ca.Cert "cert" $pair.Cert "key" $pair.Key) }}
{{- end }}
{{- end }}
{{- end }}
{{- define "metrics-lab.serving-host" }}${host}{{ end }}
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
{{- if regexMatch "://[^/?#\\"@]*:[^/?#\\"@]*@" $text }}
{{- fail "a URL in metrics, prometheus or forward holds a password: put the URL into a Secret, name that in secrets, and write urlFile: /etc/metrics-lab/SECRET/KEY" }}
{{- end }}
{{- if regexMatch "(?i)\\"(authorization|proxy-authorization|cookie|x-api-key)\\":" $text }}
{{- fail "a header in metrics, prometheus or forward holds a secret: use bearerTokenFile or passwordFile: /etc/metrics-lab/SECRET/KEY" }}
{{- end }}
{{- if eq .Values.tls.mode "existing" }}{{ required "tls.mode is existing: say in tls.secretName which Secret holds the certificate" .Values.tls.secretName }}
{{- else }}${SERVING_SECRET}
{{- end }}
{{- end }}
`;
}

const NOTES = `The metrics server serves {{ if eq .Values.apis "both" }}external and custom{{ else }}{{ .Values.apis }}{{ end }} metrics to the HPAs of this cluster.

Is it there?
  kubectl get apiservices -l metricslab.dev/lab={{ .Release.Name }}
  helm test {{ .Release.Name }} --namespace {{ .Release.Namespace }}
{{- if not (or .Values.metrics .Values.prometheus .Values.forward) }}

It has no metrics yet: give it some in the values metrics, prometheus or forward.
{{- end }}
{{- range .Values.metrics }}
  kubectl get --raw '/apis/external.metrics.k8s.io/v1beta1/namespaces/{{ .namespace | default $.Release.Namespace }}/{{ .name }}'
{{- end }}
`;

const INTRODUCTION = `\`\`\`
npm run image -- REGISTRY/metrics-lab:TAG     # there is no published image: build one, and push it to where your cluster pulls from
helm install metrics charts/metrics-server --namespace metrics --create-namespace \\
  --set image.repository=REGISTRY/metrics-lab,image.tag=TAG --values my-metrics.yaml
helm test metrics --namespace metrics
\`\`\`

\`\`\`yaml
# my-metrics.yaml: the length of a Redis list for the HPAs of the namespace shop
secrets: [shop-redis]
metrics:
  - name: queue_length
    namespace: shop
    labels: { queue: jobs }
    source: { type: redis, key: jobs, value: length, urlFile: /etc/metrics-lab/shop-redis/url }
\`\`\`

A changed \`metrics\`, \`prometheus\` or \`forward\` is taken over without a restart as soon as the kubelet has updated the ConfigMap in the pods. The
chart puts nothing secret into a ConfigMap and refuses values that would: passwords and tokens are files of \`secrets\`. The pods keep to the Pod
Security Standard \`restricted\`. The roles are the least that works; a test takes each rule away and sees it missed.

The release is the only one of its kind in a cluster, as an APIService exists once. One that belongs to somebody else (KEDA, prometheus-adapter) makes
\`helm install\` fail before anything is changed: choose the other API with \`apis\`, or let this server pass on theirs with \`forward\`.

With two replicas or more an update drops no query: a pod that is told to stop answers for five more seconds and closes its connections in turn.
${SERVICE} is the name of the Service. With \`tls.mode: self-made\` the certificate is made by Helm and kept in the Secret \`${SERVING_SECRET}\`; to renew it, delete
that Secret and run \`helm upgrade\`.
`;
