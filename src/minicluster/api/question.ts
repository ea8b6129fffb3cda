import type { KubeObject } from '../../contracts/kube-client.ts';
import { wanted } from './body.ts';
import { withMeta } from './objects.ts';
import { bodyObject, type Call, checkNamespace, type SpecialResource } from './resource.ts';
import { writeOptions } from './query.ts';
import { sendValue } from './present.ts';

/** A resource that only answers: reads the question, and sends it back with what `answer` adds. */
export function question(
  answer: (object: KubeObject, call: Call) => Readonly<Record<string, unknown>>,
): SpecialResource {
  return {
    POST: async (call) => {
      const { exchange, shown, how } = call;
      const bytes = await exchange.body();
      const options = writeOptions(exchange.query, 'CreateOptions');
      const object = bodyObject(call, bytes, wanted(shown.kind, shown.version), options);
      checkNamespace(call, object);
      const named = object.metadata.name === '' ? withMeta(object, { name: undefined as never }) : object;
      sendValue(exchange, 201, { ...named, ...answer(object, call) }, how);
    },
  };
}
