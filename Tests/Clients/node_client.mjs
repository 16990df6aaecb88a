// Node.js: a WebSocket with permessage-deflate, where it has one, and `fetch` inside gzip; the ticks come in order.
//
//   node node_client.mjs PORT

const port = process.argv[2];

// The same text as `ticks` writes.
const tick = (number) =>
  JSON.stringify({
    number, symbol: `SYM${(number * 7) % 40}`, bid: (number * 7919) % 10007, ask: ((number * 7919) % 10007) + 3,
    size: ((number * 13) % 900) * 100, venue: "XNAS", currency: "USD", condition: "regular", volume: number * 350,
    session: "continuous trading",
  });

function expect(what, got, wanted) {
  if (got !== wanted) throw new Error(`${what}: ${got}, not ${wanted}`);
}

// Takes ticks one by one, the first of them any; calls `at30` with the 30th.
function reader(at30) {
  let next = null;
  let count = 0;
  return (text) => {
    next ??= JSON.parse(text).number;
    expect("a tick", text, tick(next++));
    count += 1;
    if (count === 30) at30?.();
    return count;
  };
}

function readSocket(at30) {
  return new Promise((resolve, reject) => {
    const take = reader(at30);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ticks`);
    socket.onerror = (event) => reject(new Error(`a WebSocket fails: ${event.message}`));
    socket.onclose = (event) => reject(new Error(`a WebSocket is closed with ${event.code}`));
    socket.onmessage = (event) => {
      try {
        if (take(event.data) < 300) return;
        expect("extensions", socket.extensions.split(";")[0], "permessage-deflate");
        socket.onclose = null;
        socket.close();
        resolve();
      } catch (error) {
        reject(error);
      }
    };
  });
}

async function* lines(response) {
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop();
    yield* parts;
  }
}

async function get(path, accept) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept } });
  expect("its coding", response.headers.get("content-encoding"), "gzip");
  return response;
}

async function readStream(accept, at30) {
  const take = reader(at30);
  for await (const line of lines(await get("/ticks", accept))) {
    const text = accept === "text/event-stream" ? line.match(/^data: (.*)/)?.[1] : line;
    if (text !== undefined && take(text) >= 300) return;
  }
  throw new Error("a stream has ended");
}

// Another joins while the first reads: what it gets is plain until the next key frame.
function two(read) {
  return new Promise((resolve, reject) => {
    let second = null;
    read(() => { second = read(); second.catch(reject); }).then(() => second).then(resolve, reject);
  });
}

async function whole() {
  let number = 0;
  for await (const line of lines(await get("/whole", "*/*"))) expect("a line", line, tick(++number));
  expect("lines", number, 500);
}

const hasSocket = typeof WebSocket === "function";
await Promise.all([
  hasSocket && two(readSocket),
  two((at30) => readStream("*/*", at30)),
  two((at30) => readStream("text/event-stream", at30)),
  whole(),
]);
console.log(`ok: Node.js ${process.versions.node}${hasSocket ? "" : ", which has no WebSocket"}`);
process.exit(0);
