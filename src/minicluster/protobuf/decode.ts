import type { StructType } from '../schema/type.ts';
import { badRequest } from '../api/failure.ts';

/** Placeholder signature of this slice: protobuf bodies are refused until their field numbers are there. */
export function protobufJson(_bytes: Uint8Array, type: StructType): unknown {
  throw badRequest(`protobuf is not supported for ${type.go}`);
}
