// node-http.mjs: requests in Node over node:http, which costs less than half of what Node's fetch does, and
// is used here so that programs see no difference. What is not ordinary is left to fetch: see takes().

/**
 * `next`: of http.mjs, what an exchange tells: answered(request, head, body) -> whether anybody wants the body,
 * failed(request, error), arrived(body), roomFor(upload), closeUpload(upload), byFetch(request).
 */
export function createEddyNodeHttp(next) {
    const REDIRECTS = [301, 302, 303, 307, 308], MOST_REDIRECTS = 20;
    const WITHOUT_BODY = [204, 205, 304];
    const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'], MOST_RETRIES = 5;
    const OF_BODY = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type'];
    const OF_ORIGIN = ['authorization', 'cookie', 'host', 'proxy-authorization'];
    const SWITCHES = 'the server switches protocols, which nobody has asked for';
    const MOST_AHEAD = 128 * 1024; // bytes of a body that nobody has asked for yet
    const MOST_PIECES = 1024, MOST_ENCODINGS = 5;
    const MOST_DRAINED = 64 * 1024; // bytes of an answer that nobody wants, to keep its connection
    const IDLE_MS = 4000, CONNECT_MS = 10_000; // as Node's fetch
    // What Node's fetch gives a meaning of its own, or refuses.
    const PECULIAR = /^(connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;
    // Those above 1023 that fetch refuses; of those below it decides itself.
    const PORTS = [1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
        6679, 6697, 10080];

    const nodeModule = (name) => process.getBuiltinModule?.(name) ??
        import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    const speaksHttp2 = parseInt(globalThis.process?.versions?.undici) >= 8; // its fetch, to https
    let modules, agents;

    // ---- which requests -----------------------------------------------------------------------------

    const DISPATCHERS = [2, 1].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
    let lastFetch, isNodes;

    /** Neither fetch nor what is below it has been replaced: who has done that wants to see all requests. */
    function isFetchNodes() {
        if (globalThis.fetch !== lastFetch) {
            lastFetch = globalThis.fetch;
            isNodes = /internal\/deps\/undici/.test(lastFetch);
        }
        const dispatcher = globalThis[DISPATCHERS[0]] ?? globalThis[DISPATCHERS[1]];
        return isNodes && (!dispatcher || dispatcher.constructor?.name === 'Agent');
    }

    function isOrdinary({ protocol, port }) {
        if (protocol !== 'http:' && (protocol !== 'https:' || speaksHttp2)) return false;
        return !port || (port > 1023 && !PORTS.includes(Number(port)));
    }

    /** Whether send() may have it; then it knows the address. */
    function takes(request) {
        const { method, headers, body, upload, redirect, credentials, mode, cache } = request;
        if (!isFetchNodes() || credentials || mode || cache) return false;
        if (!/^(|follow|manual|error)$/.test(redirect)) return false;
        request.method = /^(delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method;
        if (!/^[A-Z]+$/.test(request.method) || /^(CONNECT|TRACE|TRACK)$/.test(request.method)) return false;
        if ((body || upload) && /^(GET|HEAD)$/.test(request.method)) return false;
        if (headers.some(([name]) => PECULIAR.test(name))) return false;
        try {
            request.at = new URL(request.url);
        } catch {
            return false;
        }
        const { username, password } = request.at;
        return !username && !password && isOrdinary(request.at);
    }

    // ---- connections: of all modules of this process, as fetch's are --------------------------------------

    function makeAgent({ Agent }) {
        const agent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: IDLE_MS });
        const { createConnection } = agent;
        agent.createConnection = function (...args) {
            const socket = createConnection.apply(agent, args);
            const late = () => socket.destroy(new Error(`no connection after ${CONNECT_MS} ms`));
            const timer = setTimeout(late, CONNECT_MS).unref();
            const connected = () => clearTimeout(timer);
            socket.once(socket.encrypted ? 'secureConnect' : 'connect', connected).once('close', connected);
            return socket;
        };
        return agent;
    }

    async function prepare() {
        const [http, https, zlib, stream] = await Promise.all(
            ['node:http', 'node:https', 'node:zlib', 'node:stream'].map(nodeModule));
        agents = globalThis[Symbol.for('eddy.agents')] ??= { 'http:': makeAgent(http), 'https:': makeAgent(https) };
        modules = { 'http:': http, 'https:': https, zlib, stream };
    }

    // ---- the request -------------------------------------------------------------------------------------

    /** As fetch joins and adds to them. */
    function headersOf({ at, method, headers, body, upload }) {
        const all = new Map([['host', ['host', at.host]]]);
        const join = (name, value) => {
            const key = name.toLowerCase(), known = all.get(key);
            if (known) known[1] += (key === 'cookie' ? '; ' : ', ') + value;
            else all.set(key, [name, value]);
        };
        for (const [name, value] of headers) join(name, value.replace(/^[\t ]+|[\t ]+$/g, ''));
        const add = (name, value) => all.has(name) || all.set(name, [name, value]);
        add('accept', '*/*');
        add('accept-language', '*');
        all.set('sec-fetch-mode', ['sec-fetch-mode', 'cors']);
        add('user-agent', 'node');
        if (all.has('range')) join('accept-encoding', 'identity');
        add('accept-encoding', at.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate');
        if (upload) add('transfer-encoding', 'chunked');
        else if (body || !/^(GET|HEAD|OPTIONS|DELETE)$/.test(method))
            add('content-length', String(body?.length ?? 0));
        return [...all.values()].flat();
    }

    const withoutHash = ({ href, hash }) => (hash ? href.slice(0, -hash.length) : href);
    const pathOf = (at) => at.pathname + (at.search || (withoutHash(at).endsWith('?') ? '?' : ''));
    const refused = (cause) => new TypeError('fetch failed', { cause });

    function send(request) {
        if (modules) return exchange(request);
        prepare().then(() => request.isAborted || exchange(request)).catch((error) => next.failed(request, error));
        request.abort = () => { request.isAborted = true; };
    }

    function exchange(request) {
        try {
            begin(request);
        } catch (error) {
            next.failed(request, refused(error));
        }
    }

    function begin(request) {
        const { at, method, upload } = request;
        const sent = request.sent = modules[at.protocol].request({
            agent: agents[at.protocol], protocol: at.protocol, host: at.hostname.replace(/^\[|\]$/g, ''),
            port: at.port, path: pathOf(at), method, headers: headersOf(request),
        });
        const isThis = () => request.sent === sent; // no other has taken its place
        let body;
        sent.maxHeadersCount = 0; // no limit to their number: there is one to their bytes
        request.abort = (error) => {
            request.isAborted = true;
            if (error && body) broke(body, error);
            sent.destroy(error);
        };
        sent.on('response', (answer) => {
            if (!isThis()) return;
            body = receive(request, sent, answer);
        });
        // Without a listener the connection is closed, and nobody told.
        sent.on('upgrade', (answer, socket) => {
            socket.destroy();
            if (!isThis()) return;
            request.sent = undefined;
            next.failed(request, refused(new Error(SWITCHES)));
        });
        sent.on('error', (error) => {
            if (!isThis()) return;
            if (body) return broke(body, error);
            // The server has closed the connection as this was sent; to send it twice does no harm.
            const again = sent.reusedSocket && !request.isAborted && !upload && IDEMPOTENT.includes(method) &&
                /^(ECONNRESET|EPIPE)$/.test(error.code) && ++request.retries <= MOST_RETRIES;
            if (again) return exchange(request);
            request.sent = undefined;
            next.failed(request, refused(error));
        });
        if (upload) sendStream(request, sent, upload);
        else sent.end(request.body);
    }

    function sendStream(request, sent, upload) {
        let isOpen = false, isFull = false;
        const open = () => {
            isOpen = true;
            sent.flushHeaders();
            next.roomFor(upload);
        };
        sent.on('socket', (socket) => {
            if (!socket.connecting) open();
            else socket.once(socket.encrypted ? 'secureConnect' : 'connect', open);
        });
        sent.on('drain', () => {
            isFull = false;
            next.roomFor(upload);
        });
        sent.on('close', () => {
            if (request.sent === sent) next.closeUpload(upload);
        });
        upload.hasRoom = () => isOpen && !isFull;
        upload.put = (bytes) => { isFull = !sent.write(bytes.slice()); };
        upload.end = (whole) => { if (whole) sent.end(); };
    }

    // ---- the answer --------------------------------------------------------------------------------------

    /** -> its body; undefined: this is not the answer */
    function receive(request, sent, answer) {
        const { statusCode: status, statusMessage: statusText, rawHeaders } = answer;
        const headers = new Map(), cookies = [];
        for (let i = 0; i < rawHeaders.length; i += 2) {
            const name = rawHeaders[i].toLowerCase(), value = rawHeaders[i + 1];
            if (name === 'set-cookie') cookies.push([name, value]);
            else headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
        }
        const hasBody = request.method !== 'HEAD' && !WITHOUT_BODY.includes(status);
        const encodings = hasBody ? headers.get('content-encoding')?.toLowerCase().split(',') ?? [] : [];
        const isRedirect = REDIRECTS.includes(status);
        const goesOn = isRedirect && request.redirect !== 'manual' && headers.has('location');
        try {
            if (status === 101) throw new Error(SWITCHES);
            if (isRedirect && request.redirect === 'error') throw new Error('unexpected redirect');
            if (goesOn) turn(request, status, headers.get('location'));
            else if (encodings.length > MOST_ENCODINGS) throw new Error('too many content-encodings');
        } catch (error) {
            request.sent = undefined;
            sent.destroy();
            next.failed(request, refused(error));
            return undefined;
        }
        if (goesOn) {
            request.sent = undefined;
            request.abort = () => { request.isAborted = true; };
            leave(sent, answer, headers.get('content-length'));
            // Not before what has arrived with the head is read, which frees the connection.
            setImmediate(() => {
                if (request.isAborted) return;
                if (isOrdinary(request.at)) exchange(request);
                else next.byFetch(request);
            });
            return undefined;
        }
        const length = headers.has('content-encoding') ? undefined : headers.get('content-length');
        const body = makeBody(request, hasBody, length === undefined ? NaN : Number(length));
        if (hasBody) listen(body, answer, encodings);
        else answer.resume();
        const head = {
            status, statusText, url: withoutHash(request.at),
            headers: [...headers, ...cookies].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
        };
        next.answered(request, head, body);
        return body;
    }

    function makeBody(request, hasBody, left) {
        const body = {
            request, left, chunk: undefined, offset: 0, error: undefined, waiting: undefined,
            ended: !hasBody || left === 0, isOver: !hasBody, // isOver: the source will tell nothing more
            source: undefined, pieces: [], ahead: 0, // after `chunk`, and their bytes
            refill() {
                const chunk = body.pieces.shift();
                body.ahead -= chunk?.length ?? 0;
                if (!body.ahead && !body.isOver && body.source.isPaused()) body.source.resume();
                return chunk;
            },
            more() {}, // it comes by itself
        };
        return body;
    }

    function broke(body, error) {
        if (body.isOver) return;
        body.isOver = true;
        body.error = new TypeError('terminated', { cause: error });
        next.arrived(body);
    }

    // In flowing mode, which has the whole of a small body there before the module looks for it.
    function listen(body, answer, encodings) {
        const failed = (error) => broke(body, error);
        const decoders = decodersOf(encodings);
        const source = body.source = decoders.at(-1) ?? answer;
        if (decoders.length) modules.stream.pipeline(answer, ...decoders, (error) => error && failed(error));
        source.on('data', (chunk) => {
            if (!body.chunk) {
                body.chunk = chunk;
                body.offset = 0;
            } else {
                body.pieces.push(chunk);
                body.ahead += chunk.length;
                if (body.ahead > MOST_AHEAD || body.pieces.length > MOST_PIECES) source.pause();
            }
            body.left -= chunk.length;
            if (body.left === 0) body.ended = true; // the end is not waited for
            next.arrived(body);
        });
        source.on('end', () => {
            if (body.isOver) return;
            body.isOver = body.ended = true;
            next.arrived(body);
        });
        source.on('error', failed);
        source.on('close', () => failed(new Error('the other side has closed the connection')));
    }

    /** Of content-encoding, the last that was applied first; what one does not know stays as it is. */
    function decodersOf(encodings) {
        const { zlib } = modules;
        const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_d_windowLogMax } = zlib.constants;
        const lenient = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH }; // of what is cut off, as all are
        const gzip = () => zlib.createGunzip(lenient);
        const makers = {
            gzip, 'x-gzip': gzip,
            deflate: () => makeInflate(zlib, lenient),
            br: () => zlib.createBrotliDecompress(
                { flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH }),
            zstd: zlib.createZstdDecompress &&
                (() => zlib.createZstdDecompress({ params: { [ZSTD_d_windowLogMax]: 23 } })),
        };
        const wanted = encodings.map((name) => makers[name.trim()]).reverse();
        return wanted.every(Boolean) ? wanted.map((make) => make()) : [];
    }

    /** Of a zlib stream or, as some servers have it, without its header: the first byte tells. */
    function makeInflate(zlib, options) {
        const { Transform } = modules.stream;
        let inflate;
        return new Transform({
            transform(chunk, encoding, done) {
                if (!inflate) {
                    const isZlib = (chunk[0] & 15) === 8;
                    inflate = isZlib ? zlib.createInflate(options) : zlib.createInflateRaw(options);
                    inflate.on('data', (part) => this.push(part) || inflate.pause());
                    inflate.on('error', (error) => this.destroy(error));
                }
                inflate.write(chunk, done);
            },
            read(size) {
                inflate?.resume();
                Transform.prototype._read.call(this, size);
            },
            final(done) {
                if (inflate) inflate.on('end', done).end();
                else done();
            },
        });
    }

    // ---- redirects -----------------------------------------------------------------------------------

    /** The request as it is to be made there; throws if it is not to be. */
    function turn(request, status, location) {
        const { at, upload } = request;
        const isText = /[^\0-\x7f]/.test(location); // sent as UTF-8, read as Latin-1
        const to = new URL(isText ? Buffer.from(location, 'latin1').toString() : location, at);
        to.hash ||= at.hash;
        if (!/^https?:$/.test(to.protocol)) throw new Error('URL scheme must be a HTTP(S) scheme');
        if (++request.redirects > MOST_REDIRECTS) throw new Error('redirect count exceeded');
        if (to.username || to.password) throw new Error('a redirect to a URL with credentials');
        if (upload && status !== 303) throw new Error('a body that is a stream cannot be sent again');
        const drop = (names) => {
            request.headers = request.headers.filter(([name]) => !names.includes(name.toLowerCase()));
        };
        if (status === 303 ? !/^(GET|HEAD)$/.test(request.method) : status < 303 && request.method === 'POST') {
            request.method = 'GET';
            request.body = request.upload = undefined;
            drop(OF_BODY);
            if (upload) next.closeUpload(upload);
        }
        if (to.origin !== at.origin) drop(OF_ORIGIN);
        request.at = to;
        request.url = to.href;
    }

    /** Nobody wants that answer; its connection may be of use, if its rest is short. */
    function leave(sent, answer, length) {
        if (sent.writableFinished && Number(length) <= MOST_DRAINED) answer.resume();
        else sent.destroy();
    }

    return { takes, send };
}
