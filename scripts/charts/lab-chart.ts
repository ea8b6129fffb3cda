import { queuePodUrl } from '../../src/workload/queue-manifests.ts';
import type { ChartText } from './chart-files.ts';
import { Holes } from './holes.ts';
import { labParts, labSpec, metricsServerValuesFor } from './lab.ts';
import { LabValuesSchema } from './lab-values.ts';
import { inText, templates, yamlTemplate } from './template.ts';

/** charts/lab: queue, producer, consumer and HPA. */
export function labChart(): ChartText {
  const holes = new Holes();
  return {
    name: 'lab',
    description:
      'Queue, producer, consumers and a HorizontalPodAutoscaler on the length of the queue, as `metrics-lab up` makes them',
    values: LabValuesSchema,
    templates: templates(labParts(holes), holes),
    helpers: helpers(holes),
    notes: notes(holes),
    introduction: INTRODUCTION,
  };
}

/** Password and token are made once and taken from the cluster afterwards. */
function helpers(holes: Holes): string {
  const url = (kind: 'redis' | 'beanstalkd') =>
    inText(queuePodUrl(labSpec(holes, kind), holes.made('password')), holes);
  return `{{- define "metrics-lab.make-secrets" }}
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
{{- else if eq .Values.queue.kind "beanstalkd" }}${url('beanstalkd')}
{{- else }}${url('redis')}
{{- end }}
{{- end }}
`;
}

function notes(holes: Holes): string {
  const values = (kind: 'redis' | 'redis-stream' | 'beanstalkd', byPrometheus = false) =>
    yamlTemplate(metricsServerValuesFor(holes, kind, byPrometheus), holes);
  return `Publish work:
  TOKEN=$(kubectl get secret queue --namespace {{ .Release.Namespace }} -o jsonpath={.data.token} | base64 -d)
  kubectl port-forward service/producer 8080:80 --namespace {{ .Release.Namespace }} &
  curl -X POST -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/publish/10

The HPA reads its metric from a metrics server that serves this queue. Values of charts/metrics-server for it
(helm install metrics charts/metrics-server --namespace {{ .Release.Namespace }} --values FILE):
--- FILE
{{- if .Values.prometheus.enabled }}
${values('redis', true)}
{{- else if eq .Values.queue.kind "beanstalkd" }}
${values('beanstalkd')}
{{- else if eq .Values.queue.kind "redis-stream" }}
${values('redis-stream')}
{{- else }}
${values('redis')}
{{- end }}
---
`;
}

const INTRODUCTION = `\`\`\`
npm run image -- REGISTRY/metrics-lab:TAG
kubectl create namespace lab
kubectl label namespace lab pod-security.kubernetes.io/enforce=restricted
helm install lab charts/lab --namespace lab --set image.repository=REGISTRY/metrics-lab,image.tag=TAG
helm get notes lab --namespace lab | sed -n '/^--- FILE/,/^---$/{//!p}' > metrics.yaml
helm install metrics charts/metrics-server --namespace lab --values metrics.yaml \\
  --set image.repository=REGISTRY/metrics-lab,image.tag=TAG
helm test lab --namespace lab
\`\`\`

One lab for a namespace: its objects have the names that they have with \`metrics-lab up\`. Its data goes with the pod of the queue. The metrics server is a
chart of its own, \`metrics-server\`, as a cluster has one for all; the notes of the release print its values for this lab.

With \`prometheus.enabled\` the HPA scales on a metric of the Service \`exporter\`: queue → exporter → Prometheus → metrics server with a rule in the format of
prometheus-adapter. That Prometheus has no login; a NetworkPolicy lets only the pods of the metrics server in. In a cluster with the Prometheus operator
there are \`serviceMonitor\`, \`prometheusRule\` and \`dashboard\` besides.
`;
