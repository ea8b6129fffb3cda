import { type Rules, rulesOf } from '../hpa/rules.ts';
import { type Quirks, quirksOf } from '../hpa/quirks.ts';

/** The API of this version is what the embedded server speaks; the HPA controller may behave as another one. */
export const KUBERNETES_VERSION = '1.36.3';
export const KUBERNETES_MINOR = 36;
export const QUIRKS: Quirks = quirksOf(KUBERNETES_MINOR);
/** For selectors in requests. */
export const RULES: Rules = rulesOf({ minor: KUBERNETES_MINOR, arch: 'amd64', gates: {} });
