/** What `kubectl logs` asks the kubelet for. */
export interface LogQuery {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Epoch ms; lines that arrived earlier are left out. */
  readonly since?: number;
  readonly tailLines?: number;
  readonly limitBytes?: number;
}

/** The query of `/containerLogs` (v1.PodLogOptions), or what is wrong with it. `now` is epoch ms. */
export function parseLogQuery(query: URLSearchParams, now: number): LogQuery | { readonly problem: string } {
  const number = (name: string): number | undefined | 'bad' => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    return /^\d+$/.test(text) ? Number(text) : 'bad';
  };
  const [tailLines, limitBytes, sinceSeconds] = [number('tailLines'), number('limitBytes'), number('sinceSeconds')];
  if (tailLines === 'bad') return { problem: 'invalid tailLines: must be a number greater than or equal to 0' };
  if (limitBytes === 'bad' || limitBytes === 0) return { problem: 'invalid limitBytes: must be greater than 0' };
  if (sinceSeconds === 'bad' || sinceSeconds === 0) return { problem: 'invalid sinceSeconds: must be greater than 0' };
  const sinceTime = query.get('sinceTime');
  const sinceAt = sinceTime === null || sinceTime === '' ? undefined : Date.parse(sinceTime);
  if (Number.isNaN(sinceAt)) return { problem: `invalid sinceTime: "${sinceTime}" is not RFC 3339` };
  const since = sinceSeconds === undefined ? sinceAt : now - sinceSeconds * 1000;
  return {
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    ...(since === undefined ? {} : { since }),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  };
}

function isTrue(text: string | null): boolean {
  return text !== null && text !== '' && text !== '0' && text.toLowerCase() !== 'false';
}
