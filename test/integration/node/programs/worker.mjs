// A small image for the tests of the process node. It obeys its environment and its HTTP requests.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const {
  PORT,
  HOST,
  LINES = '0',
  EXIT_AFTER_MS,
  EXIT_CODE = '0',
  IGNORE_TERM,
  GREETING = 'hello',
  BURN,
  MARK,
} = process.env;
let ready = process.env.READY !== 'later';
let alive = true;

console.log(`${GREETING} from ${process.env.HOSTNAME} args=${JSON.stringify(process.argv.slice(2))}`);
for (let n = 1; n <= Number(LINES); n += 1) console.log(`line ${n}`);
if (MARK) appendFileSync(MARK, `${process.env.HOSTNAME} start\n`);

if (EXIT_AFTER_MS) setTimeout(() => process.exit(Number(EXIT_CODE)), Number(EXIT_AFTER_MS));
if (BURN)
  setInterval(() => {
    const end = Date.now() + 100;
    while (Date.now() < end);
  }, 200);

createServer((request, response) => {
  const path = request.url;
  if (path === '/make-ready') ready = true;
  if (path === '/make-unready') ready = false;
  if (path === '/make-dead') alive = false;
  if (path === '/env') return response.end(JSON.stringify(process.env));
  if (path === '/say') console.log('said');
  const bad = (path === '/readyz' && !ready) || (path === '/healthz' && !alive);
  response.statusCode = bad ? 503 : 200;
  response.end(`${process.env.HOSTNAME}\n`);
}).listen(Number(PORT), HOST, () => console.log('listening'));

process.on('SIGTERM', () => {
  console.log('got SIGTERM');
  if (MARK) appendFileSync(MARK, `${process.env.HOSTNAME} term\n`);
  if (!IGNORE_TERM) setTimeout(() => process.exit(0), 100);
});
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) {
    console.log('parent lost');
    process.exit(0);
  }
}, 500);
