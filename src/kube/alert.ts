/** One alert of a PrometheusRule. `forTime`: how long the expression must hold, e.g. `2m`. */
export function warningAlert(name: string, expr: string, forTime: string, summary: string): object {
  return { alert: name, expr, for: forTime, labels: { severity: 'warning' }, annotations: { summary } };
}
