import { describe } from 'vitest';
import { haveReal } from '../helpers/real-binaries.ts';
import { haveKind, kindFlags } from '../helpers/real-kind.ts';
import { story } from '../helpers/story.ts';

// The cluster of the rig has no metrics.k8s.io.
describe.skipIf(!haveReal() || !haveKind()).each(['redis', 'beanstalkd'])('kind, %s', (queue) =>
  story(queue, kindFlags(), false),
);
