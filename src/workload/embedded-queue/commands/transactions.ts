import type { Call, Command } from '../command.ts';
import { NIL_ARRAY, OK, Refusal, array } from '../replies.ts';

const ANY_TIME = ['noscript', 'loading', 'stale', 'fast', 'allow_busy'];

export const TRANSACTION_COMMANDS: readonly Command[] = [
  { name: 'multi', arity: 1, flags: ANY_TIME, run: begin },
  { name: 'exec', arity: 1, flags: ['noscript', 'loading', 'stale', 'skip_slowlog'], run: execute },
  { name: 'discard', arity: 1, flags: ANY_TIME, run: discard },
  { name: 'watch', arity: -2, flags: ANY_TIME, keys: [1, -1, 1], run: watch },
  {
    name: 'unwatch',
    arity: 1,
    flags: ANY_TIME,
    run: ({ engine, session }) => {
      engine.unwatch(session);
      return OK;
    },
  },
];

function begin({ session }: Call): string {
  if (session.transaction !== undefined) throw new Refusal('ERR MULTI calls can not be nested');
  session.transaction = { commands: [], broken: false };
  return OK;
}

function execute({ session, engine }: Call): string {
  const { transaction } = session;
  if (transaction === undefined) throw new Refusal('ERR EXEC without MULTI');
  const changed = engine.changedSinceWatch(session);
  session.transaction = undefined;
  engine.unwatch(session);
  if (transaction.broken) throw new Refusal('EXECABORT Transaction discarded because of previous errors.');
  if (changed) return NIL_ARRAY;
  return array(transaction.commands.map(({ command, words }) => engine.run(command, words, session, false) ?? ''));
}

function discard({ session, engine }: Call): string {
  if (session.transaction === undefined) throw new Refusal('ERR DISCARD without MULTI');
  session.transaction = undefined;
  engine.unwatch(session);
  return OK;
}

function watch({ session, engine, args }: Call): string {
  if (session.transaction !== undefined) throw new Refusal('ERR WATCH inside MULTI is not allowed');
  for (const key of args) engine.watch(session, key);
  return OK;
}
