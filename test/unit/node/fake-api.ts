import type { KubeClient, PatchType } from '../../../src/contracts/kube-client.ts';
import { LabError } from '../../../src/errors/lab-error.ts';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** An API server that remembers what it was asked; `answer` decides about each call: a value, or an HTTP status to refuse with. */
export class FakeApi implements KubeClient {
  readonly server = 'https://fake';
  readonly calls: Call[] = [];
  answer: (call: Call) => unknown = () => ({});
  /** Calls under way at the same time, at most. */
  most = 0;
  #active = 0;

  async json(method: string, path: string, body?: unknown): Promise<unknown> {
    const call = { method, path, body };
    this.calls.push(call);
    this.#active += 1;
    this.most = Math.max(this.most, this.#active);
    await new Promise((resolve) => setImmediate(resolve));
    this.#active -= 1;
    const answer = this.answer(call);
    if (typeof answer !== 'number') return answer;
    throw new LabError('ML-KUBE-STATUS', {
      method,
      path,
      code: answer,
      reason: 'Refused',
      message: 'as the test wants',
    });
  }
  patch(path: string, type: PatchType, body: unknown): Promise<unknown> {
    return this.json(`PATCH ${type}`, path, body);
  }
  request(): never {
    throw new Error('not used');
  }
  find(): never {
    throw new Error('not used');
  }
  watch(): never {
    throw new Error('not used');
  }
  stream(): never {
    throw new Error('not used');
  }
  close(): void {}
}
