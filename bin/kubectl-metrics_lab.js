#!/usr/bin/env node
// `kubectl metrics-lab …`: the same program, which then reads the current context of the kubeconfig and not that of a lab.
process.env.METRICS_LAB_KUBECTL_PLUGIN = '1';
await import('./metrics-lab.js');
