import { sendObject } from './present.ts';
import { wanted } from './body.ts';
import { bodyObject, checkName, type SpecialResource, writeRequest } from './resource.ts';
import { writeOptions } from './query.ts';

/** `namespaces/finalize`: replaces the finalizers in spec; the last one gone, so is a namespace that was deleted. */
export const finalizeNamespace: SpecialResource = {
  PUT: async (call) => {
    const { exchange, route, shown, how, ports } = call;
    const { name = '' } = route;
    const bytes = await exchange.body();
    const options = writeOptions(exchange.query, 'UpdateOptions');
    const object = bodyObject(call, bytes, wanted(shown.kind, shown.version), options);
    checkName(object, name);
    const { object: written } = ports.rest.update(writeRequest(call, options), name, 'other', (present) => ({
      ...present,
      metadata: { ...present.metadata, resourceVersion: object.metadata.resourceVersion ?? '' },
      spec: object['spec'] ?? {},
    }));
    sendObject(exchange, shown, written, how);
  },
};
