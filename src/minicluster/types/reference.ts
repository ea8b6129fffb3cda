import { struct, type StructType, text } from '../schema/type.ts';

/** core/v1 ObjectReference. */
export const objectReference: StructType = struct(
  'v1.ObjectReference',
  {
    kind: text,
    namespace: text,
    name: text,
    uid: text,
    apiVersion: text,
    resourceVersion: text,
    fieldPath: text,
  },
  true,
);
