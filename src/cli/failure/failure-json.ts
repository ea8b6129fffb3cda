import type { LabError } from '../../errors/lab-error.ts';
import { safeJson } from '../text/json.ts';
import { causesOf } from './causes.ts';

/** An error as scripts read it, one line. */
export function failureJson(error: LabError, stack: boolean): string {
  const { id, exitCode, message: title, why, actions, logFile } = error;
  const body = { id, exitCode, title, why, actions, causes: causesOf(error), logFile: logFile ?? null };
  return safeJson({ error: stack ? { ...body, stack: error.stack ?? '' } : body });
}
