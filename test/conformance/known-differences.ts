/**
 * Steps of the corpus that the embedded API answers differently on purpose, with the reason (docs/embedded-differences.md tells
 * users the same). A step that passes must leave the list.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'crds/life #35 protobuf is refused': 'the refusal itself is JSON: no answer is ever protobuf',
  'discovery/aggregated #1 api': 'pods/exec and pods/portforward are not served',
  'discovery/plain #3 apis': 'group batch is not served',
  'discovery/plain #4 core v1': 'pods/exec and pods/portforward are not served',
  'kubectl/session #27 get-all 4': 'daemonsets are not served',
  'kubectl/session #32 get-all 9': 'cronjobs are not served',
  'kubectl/session #33 get-all 10': 'jobs are not served',
  'kubectl/session #77 create-job 1': 'jobs are not served',
  'lists/field selectors #20 of job': 'jobs are not served',
  'patches/merge patch #9 kind cannot change': 'a patch that names another kind is applied without it',
};
