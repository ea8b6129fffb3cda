import { storePrefix } from '../kinds/registry.ts';
import type { Exchange } from '../server/exchange.ts';
import type { Representation } from '../server/negotiate.ts';
import type { Entry, Store } from '../store/store.ts';
import { continueToken, positionOf } from './continue-token.ts';
import { ApiFailure, badRequest, gone } from './failure.ts';
import { type ListOptions, listOptions } from './list-options.ts';
import { type ListMeta, sendList, type Shown } from './present.ts';
import { chosenBy, type Chosen } from './selectors.ts';

/** GET of a collection. Raises ApiFailure. */
export function list(
  exchange: Exchange,
  shown: Shown,
  namespace: string | undefined,
  store: Store,
  how: Representation,
): void {
  const options = listOptions(exchange.query, false);
  const chosen = chosenBy(shown.kind, exchange.query);
  const { version, after } = momentOf(options, store);
  const all = store.listAt(storePrefix(shown.kind, namespace), version);
  if (all === undefined) throw gone(options.continue === '' ? OLD_VERSION(version, store) : OLD_CONTINUE);
  const rest = after === undefined ? all : all.filter(({ key }) => key > after);
  const { entries, metadata } = page(rest, chosen, options.limit, version);
  // Lists of custom resources are maps in Go, which have no omitempty.
  const shownMetadata = shown.kind.custom === true && how.as === 'object' ? { continue: '', ...metadata } : metadata;
  sendList(exchange, shown, entries, shownMetadata, how);
}

const OLD_VERSION = (version: number, store: Store) => `too old resource version: ${version} (${store.compacted + 1})`;
const OLD_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

/** Which moment of the store is shown, and behind which key. */
function momentOf(
  options: ListOptions,
  store: Store,
): { readonly version: number; readonly after: string | undefined } {
  const { resourceVersion, match } = options;
  if (options.continue !== '') {
    if (resourceVersion !== '' && resourceVersion !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    const position = positionOf(options.continue);
    return { version: position.version, after: position.after };
  }
  if (resourceVersion === '' || resourceVersion === '0') return { version: store.version, after: undefined };
  const version = versionOf(resourceVersion, (why) => badRequest(`invalid resource version: ${why}`));
  if (version > store.version) throw tooNew(version, store.version);
  return { version: match === 'Exact' ? version : store.version, after: undefined };
}

export function versionOf(text: string, failure: (why: string) => ApiFailure): number {
  if (/^\d+$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  throw failure(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`);
}

/** storage.NewTooLargeResourceVersionError. */
export function tooNew(version: number, current: number): ApiFailure {
  const message = `Timeout: Too large resource version: ${version}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return new ApiFailure(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

function page(
  entries: readonly Entry[],
  chosen: Chosen | undefined,
  limit: number,
  version: number,
): { readonly entries: readonly Entry[]; readonly metadata: ListMeta } {
  const matching = chosen === undefined ? entries : entries.filter(({ object }) => chosen(object));
  const resourceVersion = String(version);
  if (limit <= 0 || matching.length <= limit) return { entries: matching, metadata: { resourceVersion } };
  const shown = matching.slice(0, limit);
  const metadata = {
    resourceVersion,
    continue: continueToken({ version, after: shown.at(-1)?.key ?? '' }),
    // With a selector upstream does not know it.
    ...(chosen === undefined ? { remainingItemCount: matching.length - limit } : {}),
  };
  return { entries: shown, metadata };
}
