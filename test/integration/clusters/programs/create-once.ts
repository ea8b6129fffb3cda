// `create-once.ts <labDir>`: makes a native cluster in a process of its own, for tests that kill it half way.
import { NativeBench } from '../bench.ts';

await new NativeBench(process.argv[2]).create();
