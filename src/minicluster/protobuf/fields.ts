/**
 * Field numbers of the types that clients send as protobuf (k8s.io/api generated.proto): names in the order of their numbers,
 * from 1 on, `-` where there is none. By Go name.
 */
const NUMBERS: Readonly<Record<string, string>> = {
  'v1.ObjectMeta':
    'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers - - managedFields',
  'v1.OwnerReference': 'kind - name uid apiVersion controller blockOwnerDeletion',
  'v1.ManagedFieldsEntry': 'manager operation apiVersion time - fieldsType fieldsV1 subresource',
  'v1.LabelSelector': 'matchLabels matchExpressions',
  'v1.LabelSelectorRequirement': 'key operator values',
  'v1.DeleteOptions': 'gracePeriodSeconds preconditions orphanDependents propagationPolicy dryRun',
  'v1.Preconditions': 'uid resourceVersion',
  'v1.Namespace': 'metadata spec status',
  'v1.NamespaceSpec': 'finalizers',
  'v1.NamespaceStatus': 'phase conditions',
  'v1.ConfigMap': 'metadata data binaryData immutable',
  'v1.Secret': 'metadata data type stringData immutable',
  'v1.ServiceAccount': 'metadata secrets imagePullSecrets automountServiceAccountToken',
  'v1.LocalObjectReference': 'name',
  'v1.ObjectReference': 'kind namespace name uid apiVersion resourceVersion fieldPath',
  'v1.Binding': 'metadata target',
  'v1.Eviction': 'metadata deleteOptions',
  'v1.Service': 'metadata spec status',
  'v1.ServiceSpec':
    'ports selector clusterIP type externalIPs - sessionAffinity loadBalancerIP loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig - - ipFamilyPolicy clusterIPs ipFamilies allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution',
  'v1.ServicePort': 'name protocol port targetPort nodePort appProtocol',
  'v1.ServiceStatus': 'loadBalancer conditions',
  'v1.LoadBalancerStatus': 'ingress',
  'v1.Pod': 'metadata spec status',
  'v1.PodStatus':
    'phase conditions message reason hostIP podIP startTime containerStatuses qosClass initContainerStatuses nominatedNodeName podIPs ephemeralContainerStatuses resize resourceClaimStatuses hostIPs observedGeneration',
  'v1.PodTemplateSpec': 'metadata spec',
  'v1.PodSpec':
    'volumes containers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount nodeName hostNetwork hostPID hostIPC securityContext imagePullSecrets hostname subdomain affinity schedulerName initContainers automountServiceAccountToken tolerations hostAliases priorityClassName priority dnsConfig shareProcessNamespace readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints ephemeralContainers setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride',
  'v1.Container':
    'name image command args workingDir ports env resources volumeMounts livenessProbe readinessProbe lifecycle terminationMessagePath imagePullPolicy securityContext stdin stdinOnce tty envFrom terminationMessagePolicy volumeDevices startupProbe resizePolicy restartPolicy restartPolicyRules',
  'v1.ContainerPort': 'name hostPort containerPort protocol hostIP',
  'v1.EnvVar': 'name value valueFrom',
  'v1.ResourceRequirements': 'limits requests claims',
  'v1.Toleration': 'key operator value effect tolerationSeconds',
  'v1.Event':
    'metadata involvedObject reason message source firstTimestamp lastTimestamp count type eventTime series action related reportingComponent reportingInstance',
  'v1.EventSource': 'component host',
  'v1.EventSeries': 'count lastObservedTime',
  'v1.Lease': 'metadata spec',
  'v1.LeaseSpec': 'holderIdentity leaseDurationSeconds acquireTime renewTime leaseTransitions strategy preferredHolder',
  'v1.Deployment': 'metadata spec status',
  'v1.DeploymentSpec':
    'replicas selector template strategy minReadySeconds revisionHistoryLimit paused - progressDeadlineSeconds',
  'v1.DeploymentStrategy': 'type rollingUpdate',
  'v1.RollingUpdateDeployment': 'maxUnavailable maxSurge',
  'v1.DeploymentStatus':
    'observedGeneration replicas updatedReplicas availableReplicas unavailableReplicas conditions readyReplicas collisionCount terminatingReplicas',
  'v1.Scale': 'metadata spec status',
  'v1.ScaleSpec': 'replicas',
  'v1.ScaleStatus': 'replicas selector',
  'v1.CrossVersionObjectReference': 'kind name apiVersion',
  'v1.HorizontalPodAutoscaler': 'metadata spec status',
  'v1.HorizontalPodAutoscalerSpec': 'scaleTargetRef minReplicas maxReplicas targetCPUUtilizationPercentage',
  'v1.HorizontalPodAutoscalerStatus':
    'observedGeneration lastScaleTime currentReplicas desiredReplicas currentCPUUtilizationPercentage',
  'v2.CrossVersionObjectReference': 'kind name apiVersion',
  'v2.HorizontalPodAutoscaler': 'metadata spec status',
  'v2.HorizontalPodAutoscalerSpec': 'scaleTargetRef minReplicas maxReplicas metrics behavior',
  'v2.HorizontalPodAutoscalerStatus':
    'observedGeneration lastScaleTime currentReplicas desiredReplicas currentMetrics conditions',
  'v2.MetricSpec': 'type object pods resource external - containerResource',
  'v2.ResourceMetricSource': 'name target',
  'v2.ContainerResourceMetricSource': 'name target container',
  'v2.PodsMetricSource': 'metric target',
  'v2.ExternalMetricSource': 'metric target',
  'v2.ObjectMetricSource': 'describedObject target metric',
  'v2.MetricIdentifier': 'name selector',
  'v2.MetricTarget': 'type value averageValue averageUtilization',
  'v2.HorizontalPodAutoscalerBehavior': 'scaleUp scaleDown',
  'v2.HPAScalingRules': 'selectPolicy policies stabilizationWindowSeconds tolerance',
  'v2.HPAScalingPolicy': 'type value periodSeconds',
  'v1.SubjectAccessReview': 'metadata spec status',
  'v1.LocalSubjectAccessReview': 'metadata spec status',
  'v1.SelfSubjectAccessReview': 'metadata spec status',
  'v1.SelfSubjectRulesReview': 'metadata spec status',
  'v1.SubjectAccessReviewSpec': 'resourceAttributes nonResourceAttributes user groups extra uid',
  'v1.SelfSubjectAccessReviewSpec': 'resourceAttributes nonResourceAttributes',
  'v1.SelfSubjectRulesReviewSpec': 'namespace',
  'v1.SubjectAccessReviewStatus': 'allowed reason evaluationError denied',
  'v1.SubjectRulesReviewStatus': 'resourceRules nonResourceRules incomplete evaluationError',
  'v1.ResourceAttributes': 'namespace verb group version resource subresource name fieldSelector labelSelector',
  'v1.NonResourceAttributes': 'path verb',
  'v1.TokenReview': 'metadata spec status',
  'v1.TokenReviewSpec': 'token audiences',
  'v1.TokenReviewStatus': 'authenticated user error audiences',
  'v1.UserInfo': 'username uid groups extra',
  'v1.SelfSubjectReview': 'metadata status',
  'v1.SelfSubjectReviewStatus': 'userInfo',
  'v1.TokenRequest': 'metadata spec status',
  'v1.TokenRequestSpec': 'audiences - boundObjectRef expirationSeconds',
  'v1.TokenRequestStatus': 'token expirationTimestamp',
  'v1.BoundObjectReference': 'kind apiVersion name uid',
  'v1.Role': 'metadata rules',
  'v1.ClusterRole': 'metadata rules aggregationRule',
  'v1.PolicyRule': 'verbs apiGroups resources resourceNames nonResourceURLs',
  'v1.AggregationRule': 'clusterRoleSelectors',
  'v1.RoleBinding': 'metadata subjects roleRef',
  'v1.ClusterRoleBinding': 'metadata subjects roleRef',
  'v1.Subject': 'kind apiGroup name namespace',
  'v1.RoleRef': 'apiGroup kind name',
};

/** Name of a field by its number; undefined for a type that is not in the table. */
export function fieldName(goName: string, number: number): string | undefined {
  return table(goName)?.[number - 1];
}

export function isKnown(goName: string): boolean {
  return table(goName) !== undefined;
}

function table(goName: string): readonly string[] | undefined {
  return Object.hasOwn(NUMBERS, goName) ? NUMBERS[goName]?.split(' ') : undefined;
}
