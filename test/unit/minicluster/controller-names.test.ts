import { expect, test } from 'vitest';
import { CONTROLLER_NAMES } from '../../../src/contracts/controllers.ts';
import { controllerNames } from '../../../src/minicluster/controllers/start.ts';

test('the command line knows every controller by its name', () => {
  expect(CONTROLLER_NAMES.toSorted()).toEqual(['all', 'scheduler', ...controllerNames()].toSorted());
});
