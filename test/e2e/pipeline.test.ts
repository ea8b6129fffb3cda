import { describe } from 'vitest';
import { binDir, haveReal } from '../helpers/real-binaries.ts';
import { story } from '../helpers/story.ts';

describe.skipIf(!haveReal('redis-server', 'beanstalkd')).each(['redis', 'redis-stream', 'beanstalkd'])(
  'native, %s',
  (queue) => story(queue, ['--backend', 'native', '--bin-dir', binDir()]),
);
