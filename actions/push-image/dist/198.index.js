export const id = 198;
export const ids = [198];
export const modules = {

/***/ 8198:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openObjectSource: () => (/* binding */ openObjectSource),
  parseObjectLocation: () => (/* binding */ parseObjectLocation)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-s3/dist-cjs/index.js
var dist_cjs = __webpack_require__(3711);
// EXTERNAL MODULE: ./lib/errors.ts
var errors = __webpack_require__(8115);
// EXTERNAL MODULE: ./lib/aws/client.ts + 1 modules
var aws_client = __webpack_require__(9280);
// EXTERNAL MODULE: ./lib/aws/errors.ts
var aws_errors = __webpack_require__(1669);
;// CONCATENATED MODULE: ./lib/aws/range-windows.ts
// Headers stand far apart, and the small files of an archive close together.
const smallBytes = 32 * 1024;
const bigBytes = 4 * 1024 * 1024;
const windowsAhead = 2;
const maxBytes = 32 * 1024 * 1024;
/**
 * Reads an object in windows, each one request. A read that says how far it will go on gets big windows, and
 * the next two are fetched while it uses the first. At most 32 MiB are held, the latest used.
 */
class RangeWindows {
    #fetch;
    #sizeBytes;
    // In the order of use: the last was used last.
    #windows = new Set();
    constructor(fetch, sizeBytes) {
        this.#fetch = fetch;
        this.#sizeBytes = sizeBytes;
    }
    /** Fills the target from the offset on; `until` is where the reads that follow will end. */
    async readInto(target, offset, until = offset + target.length) {
        for (let at = 0; at < target.length;) {
            const start = offset + at;
            const window = this.#get(start, until);
            this.#fetchAhead(window, until);
            const bytes = await window.bytes;
            const piece = bytes.subarray(start - window.start, start - window.start + target.length - at);
            target.set(piece, at);
            at += piece.length;
            // A big window that was read to its end is not read again.
            if (at + offset === window.end && bytes.length > smallBytes)
                this.#windows.delete(window);
        }
    }
    #get(start, until) {
        const held = this.#find(start);
        if (!held)
            return this.#add(start, until);
        this.#windows.delete(held);
        this.#windows.add(held);
        return held;
    }
    #find(at) {
        return [...this.#windows].find(({ start, end }) => start <= at && at < end);
    }
    #fetchAhead(window, until) {
        let last = window;
        for (let ahead = 0; ahead < windowsAhead && last.end < until; ahead++)
            last = this.#find(last.end) ?? this.#add(last.end, until);
    }
    #add(start, until) {
        const wanted = Math.min(Math.max(until - start, smallBytes), bigBytes);
        const end = Math.min(start + wanted, this.#sizeBytes);
        const window = { start, end, bytes: this.#fetch(start, end - start) };
        // A window ahead that fails throws where it is read, and only there; the next read tries again.
        window.bytes.catch(() => this.#windows.delete(window));
        this.#windows.add(window);
        this.#evict();
        return window;
    }
    #evict() {
        let heldBytes = 0;
        for (const window of [...this.#windows].reverse()) {
            heldBytes += window.end - window.start;
            if (heldBytes > maxBytes)
                this.#windows.delete(window);
        }
    }
}

// EXTERNAL MODULE: ./lib/retry.ts
var retry = __webpack_require__(9292);
// EXTERNAL MODULE: ./lib/aws/transient-error.ts
var transient_error = __webpack_require__(1701);
;// CONCATENATED MODULE: ./lib/aws/s3-body.ts





/** The body of an answer ended early; a new request can succeed. */
class BrokenBodyError extends Error {
}
// The SDK repeats a request that fails, but not one whose answer breaks off while it is read. With readObject, these
// are attempts without a byte of progress.
const policy = { attempts: 5, isTransient: (error) => error instanceof BrokenBodyError };
/** Reads an object from start to end; requests the rest of the same object when an answer breaks off. */
async function* readObject(client, object) {
    const name = `s3://${object.Bucket}/${object.Key}`;
    const attempts = startAttempts(policy);
    let offset = 0;
    let etag;
    for (;;) {
        const Range = offset === 0 ? undefined : `bytes=${offset}-`;
        const answer = await client.send(new GetObjectCommand({ ...object, Range, IfMatch: etag }));
        etag = answer.ETag;
        const end = offset + (answer.ContentLength ?? Number.NaN);
        try {
            for await (const piece of readBody(answer, name)) {
                offset += piece.length;
                attempts.reset();
                yield piece;
            }
            // A connection that ends early may look like the end of the body.
            if (!(offset < end))
                return;
            throw new BrokenBodyError(`expected ${end} bytes, got ${offset}`);
        }
        catch (error) {
            await attempts.pauseAfter(explainBroken(error, `${name}: offset ${offset}`));
        }
    }
}
/** Reads an object as text; undefined where there is none. */
async function readText(client, object) {
    try {
        return Buffer.concat(await Array.fromAsync(readObject(client, object))).toString();
    }
    catch (error) {
        if (/^(NoSuchKey|NotFound)$/.test(awsErrorName(error)))
            return undefined;
        throw error;
    }
}
/** Reads a range of an object, of exactly this length; repeats the request when its answer breaks off. */
async function readRange(get, { name, start, length }, signal) {
    const readOnce = async () => {
        const { Body } = await get();
        if (!Body)
            throw new Error(`${name}: expected a body, got none`);
        try {
            const bytes = await Body.transformToByteArray();
            if (bytes.length === length)
                return bytes;
            throw new BrokenBodyError(`expected ${length} bytes, got ${bytes.length}`);
        }
        catch (error) {
            throw explainBroken(error, `${name}: offset ${start}`);
        }
    };
    return await (0,retry/* retry */.L)(readOnce, { ...policy, signal });
}
function explainBroken(error, where) {
    const sentence = `${where}: ${(0,errors/* messageOf */.bD)(error)}`;
    if (error instanceof BrokenBodyError || (0,transient_error/* isTransientAwsError */.S)(error))
        return new BrokenBodyError(sentence, { cause: error });
    return new Error(sentence, { cause: error });
}
async function* readBody({ Body }, name) {
    if (!Body || !(Symbol.asyncIterator in Body))
        throw new Error(`${name}: expected a body, got none`);
    for await (const piece of Body)
        yield piece;
}

;// CONCATENATED MODULE: ./lib/aws/s3-archive-source.ts






/**
 * Opens an object as a source of bytes, at `s3://BUCKET/KEY` or `s3://BUCKET/KEY?versionId=ID`. Each range is
 * pinned to the ETag that the object has now: one that is replaced meanwhile is a UserError.
 */
async function openObjectSource(config, location) {
    const version = parseObjectLocation(location);
    const name = `s3://${version.Bucket}/${version.Key}`;
    // The bucket may stand in another region than the registry.
    const client = (0,aws_client/* makeClient */.yu)(dist_cjs/* S3Client */.YxF, { ...config, forcePathStyle: true, followRegionRedirects: true });
    const { sizeBytes, etag } = await describe(client, version, name);
    const abort = new AbortController();
    const { signal } = abort;
    const fetchRange = async (start, length) => {
        const Range = `bytes=${start}-${start + length - 1}`;
        const command = () => new dist_cjs/* GetObjectCommand */.jLs({ ...version, IfMatch: etag, Range });
        try {
            return await readRange(() => client.send(command(), { abortSignal: signal }), { name, start, length }, signal);
        }
        catch (error) {
            throw explainRead(error, version, name);
        }
    };
    const windows = new RangeWindows(fetchRange, sizeBytes);
    return {
        name,
        sizeBytes,
        readInto: async (target, offset, until) => {
            if (offset + target.length > sizeBytes) {
                throw new errors/* UserError */.yo(`archive: ${name}: offset ${offset}: expected ${target.length} bytes, the object ends at ${sizeBytes}`);
            }
            await windows.readInto(target, offset, until);
        },
        close: async () => {
            abort.abort();
            client.destroy();
        },
    };
}
/** Splits `s3://BUCKET/KEY?versionId=ID`; the version is optional. */
function parseObjectLocation(location) {
    const [, Bucket, Key, VersionId] = /^s3:\/\/([^/]+)\/(.+?)(?:\?versionId=([^?&]+))?$/.exec(location) ?? [];
    if (Bucket && Key && !Key.endsWith('/'))
        return { Bucket, Key, VersionId };
    throw new errors/* UserError */.yo(`archive: expected a location such as s3://bucket/app.tar, got "${location}"`);
}
async function describe(client, version, name) {
    try {
        const { ContentLength, ETag } = await client.send(new dist_cjs/* HeadObjectCommand */.l81(version));
        if (ContentLength === undefined || ETag === undefined)
            throw new Error(`${name}: expected a size and an ETag, got none`);
        return { sizeBytes: ContentLength, etag: ETag };
    }
    catch (error) {
        const status = (0,aws_errors/* awsErrorStatus */.yD)(error);
        if (status === 403)
            throw denied(error, version, name);
        if (status === 400 && version.VersionId)
            throw new errors/* UserError */.yo(`archive: ${name}: expected a version's id, got "${version.VersionId}"`);
        if (status !== 404)
            throw error;
        // The answer to HEAD has no body that could state what is missing.
        const hasBucket = await client.send(new dist_cjs/* HeadBucketCommand */.kuI({ Bucket: version.Bucket })).then(() => true, (failure) => (0,aws_errors/* awsErrorStatus */.yD)(failure) !== 404);
        const what = version.VersionId ? `version "${version.VersionId}" of the object` : 'object';
        throw new errors/* UserError */.yo(`archive: ${name}: the ${hasBucket ? what : `bucket "${version.Bucket}"`} does not exist`);
    }
}
function explainRead(error, version, name) {
    const status = (0,aws_errors/* awsErrorStatus */.yD)(error);
    if (status === 412)
        return new errors/* UserError */.yo(`archive: ${name}: the object was replaced while it was read; run the push again`);
    if (status === 416)
        return new errors/* UserError */.yo(`archive: ${name}: the object is smaller than when it was opened; run the push again`);
    if (status === 404)
        return new errors/* UserError */.yo(`archive: ${name}: the object was deleted while it was read; run the push again`);
    if (status === 403)
        return denied(error, version, name);
    return error;
}
// Without ListBucket, S3 answers 403 for a missing object, too; the answer to HEAD has no text.
function denied(error, version, name) {
    const action = actionOf(version);
    return new errors/* UserError */.yo(`${action}: denied for ${name}; give the role ${action}, and s3:ListBucket to see where an object is missing, see docs/permissions.md (${(0,aws_errors/* awsErrorDetail */.rR)(error)})`);
}
const actionOf = ({ VersionId }) => (VersionId ? 's3:GetObjectVersion' : 's3:GetObject');


/***/ })

};
