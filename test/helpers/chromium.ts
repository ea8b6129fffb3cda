import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const CHROMIUM = 'chromium';

/** Whether Chromium is there. With METRICS_LAB_REQUIRE_REAL=1 a missing one is a failure, else it is said loudly. */
export function haveChromium(): boolean {
  try {
    execFileSync('which', [CHROMIUM], { stdio: 'ignore' });
    return true;
  } catch {
    const text = `${CHROMIUM} not found on PATH`;
    if (process.env['METRICS_LAB_REQUIRE_REAL'] === '1') throw new Error(text);
    console.warn(`SKIPPED: ${text}`);
    return false;
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** One page of a real Chromium without a window, driven over the DevTools protocol. */
export class BrowserPage {
  /** What the page complained about: exceptions and errors of its console. */
  readonly faults: string[] = [];
  readonly #dir: string;
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  #sent = 0;

  private constructor(dir: string, child: ChildProcess, socket: WebSocket) {
    this.#dir = dir;
    this.#child = child;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#heard(JSON.parse(String(data)) as Message));
  }

  /** Opens `url` and waits until it is loaded. */
  static async open(url: string): Promise<BrowserPage> {
    const dir = mkdtempSync(join(tmpdir(), 'chromium-'));
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--window-size=1200,1600',
    ];
    const args = [...flags, `--user-data-dir=${dir}`, '--remote-debugging-port=0', 'about:blank'];
    const child = spawn(CHROMIUM, args, { stdio: 'ignore' });
    const port = join(dir, 'DevToolsActivePort');
    while (!existsSync(port) || readFileSync(port, 'utf8') === '') {
      if (child.exitCode !== null) throw new Error(`chromium ended with ${child.exitCode}`);
      await delay(20);
    }
    const [number = ''] = readFileSync(port, 'utf8').split('\n');
    const pages = (await (await fetch(`http://127.0.0.1:${number}/json/list`)).json()) as readonly {
      readonly type: string;
      readonly webSocketDebuggerUrl: string;
    }[];
    const found = pages.find(({ type }) => type === 'page');
    if (found === undefined) throw new Error('chromium has no page');
    const socket = new WebSocket(found.webSocketDebuggerUrl);
    await once(socket, 'open');
    const page = new BrowserPage(dir, child, socket);
    for (const domain of ['Runtime', 'Log', 'Page']) await page.#send(`${domain}.enable`);
    await page.#send('Page.navigate', { url });
    while ((await page.evaluate('location.href !== "about:blank" && document.readyState')) !== 'complete')
      await delay(20);
    return page;
  }

  /** The value of an expression in the page, as JSON can carry it. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.#send('Runtime.evaluate', { expression, returnByValue: true });
    if (answer['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(answer['exceptionDetails']));
    return (answer['result'] as { readonly value?: unknown }).value;
  }

  /** A click of the mouse in the middle of the first element of that selector. */
  async click(selector: string): Promise<void> {
    const place = `(() => {
      const node = document.querySelector(${JSON.stringify(selector)});
      node.scrollIntoView({ block: 'center' });
      const box = node.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`;
    const at = (await this.evaluate(place)) as { readonly x: number; readonly y: number };
    for (const type of ['mousePressed', 'mouseReleased']) {
      await this.#send('Input.dispatchMouseEvent', { type, ...at, button: 'left', clickCount: 1 });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    this.#sent += 1;
    const id = this.#sent;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  #heard(message: Message): void {
    if (message.id !== undefined) {
      this.#answers.get(message.id)?.(message);
      this.#answers.delete(message.id);
    } else if (message.method === 'Runtime.exceptionThrown') {
      this.faults.push(JSON.stringify(message.params));
    } else if (message.method === 'Log.entryAdded') {
      const { entry } = message.params as { readonly entry: { readonly level: string; readonly text: string } };
      if (entry.level === 'error') this.faults.push(entry.text);
    }
  }
}
