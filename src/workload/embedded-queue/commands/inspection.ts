import { type Call, type Command, glob } from '../command.ts';
import { array, bulk, bulks, integer, OK, simple } from '../replies.ts';

const ADMIN = ['admin', 'noscript', 'loading', 'stale'];

/** What redis-cli and redis-exporter ask a server about itself. */
export const INSPECTION_COMMANDS: readonly Command[] = [
  { name: 'info', arity: -1, flags: ['loading', 'stale'], run: info },
  {
    ...parent(
      'command',
      -1,
      ['loading', 'stale'],
      [
        sub('command|count', 2, [], ({ engine }) => integer(engine.commands.length)),
        sub('command|docs', -2, [], () => array([])),
      ],
    ),
    run: ({ engine }) => array(engine.commands.map(described)),
  },
  parent('config', -2, [], [sub('config|get', -3, ADMIN, configGet), sub('config|resetstat', 2, ADMIN, () => OK)]),
  parent(
    'slowlog',
    -2,
    [],
    [sub('slowlog|get', -2, ADMIN, () => array([])), sub('slowlog|len', 2, ADMIN, () => integer(0))],
  ),
  parent(
    'latency',
    -2,
    [],
    [sub('latency|latest', 2, ADMIN, () => array([])), sub('latency|histogram', -2, ADMIN, () => array([]))],
  ),
];

function parent(name: string, arity: number, flags: readonly string[], subs: readonly Command[]): Command {
  const subcommands = new Map(subs.map((command) => [command.name.slice(name.length + 1), command]));
  return { name, arity, flags, subcommands, run: () => undefined };
}

function sub(name: string, arity: number, flags: readonly string[], run: Command['run']): Command {
  return { name, arity, flags, run };
}

/** The six fields that every version of Redis tells of a command. */
function described({ name, arity, flags, keys = [0, 0, 0] }: Command): string {
  return array([bulk(name), integer(arity), array(flags.map(simple)), ...keys.map((key) => integer(key))]);
}

function configGet({ engine, args: [, ...patterns] }: Call): string {
  const wanted = patterns.map((pattern) => glob(pattern.toLowerCase()));
  const found = Object.entries(engine.about().config).filter(([name]) => wanted.some((fits) => fits(name)));
  return bulks(found.flat());
}

/** INFO [section ...]; `default`, `all` and `everything` are the same here. */
function info({ engine, args }: Call): string {
  const wanted = args.map((section) => section.toLowerCase());
  const all = wanted.length === 0 || wanted.some((section) => ['default', 'all', 'everything'].includes(section));
  const chosen = Object.entries(engine.about().info).filter(([title]) => all || wanted.includes(title.toLowerCase()));
  const texts = chosen.map(([title, fields]) => {
    const lines = Object.entries(fields).map(([name, value]) => `${name}:${value}\r\n`);
    return `# ${title}\r\n${lines.join('')}`;
  });
  return bulk(texts.join('\r\n'));
}
