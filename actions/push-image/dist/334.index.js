export const id = 334;
export const ids = [334];
export const modules = {

/***/ 3334:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  makeEcr: () => (/* binding */ makeEcr)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecr/dist-cjs/index.js
var dist_cjs = __webpack_require__(8249);
// EXTERNAL MODULE: ./lib/aws/client.ts + 1 modules
var aws_client = __webpack_require__(9280);
// EXTERNAL MODULE: ./lib/errors.ts
var errors = __webpack_require__(8115);
// EXTERNAL MODULE: ./lib/aws/errors.ts
var aws_errors = __webpack_require__(1669);
;// CONCATENATED MODULE: ./lib/aws/ecr-repository.ts




/** Makes the function that describes a repository of the caller's account; `undefined` where there is none. */
function makeRepositoryReader(config) {
    const client = makeClient(ECRClient, config);
    return async (name) => await describeRepository(client, name);
}
/** Describes a repository, of the caller's account or of `registryId`; `undefined` where there is none. */
async function describeRepository(client, name, registryId) {
    try {
        const command = new dist_cjs/* DescribeRepositoriesCommand */.pE_({ repositoryNames: [name], registryId });
        const { repositories } = await client.send(command);
        return toRepository(repositories?.[0]);
    }
    catch (error) {
        if ((0,aws_errors/* awsErrorName */.ZH)(error) === 'RepositoryNotFoundException')
            return undefined;
        if ((0,aws_errors/* awsErrorName */.ZH)(error) === 'InvalidParameterException') {
            throw new errors/* UserError */.yo(`repository: expected a name such as team/app in lower case, got "${name}"`);
        }
        throw error;
    }
}
/** Reads a repository from ECR's answer; `undefined` where that has none. */
function toRepository(repository) {
    const { repositoryName: name, repositoryUri: uri, imageTagMutability: mutability } = repository ?? {};
    if (!name || !uri)
        return undefined;
    const filters = repository?.imageTagMutabilityExclusionFilters ?? [];
    const isExcluded = (tag) => filters.some(({ filter }) => matches(filter ?? '', tag));
    const isImmutable = (tag) => {
        if (mutability === 'IMMUTABLE_WITH_EXCLUSION')
            return !isExcluded(tag);
        if (mutability === 'MUTABLE_WITH_EXCLUSION')
            return isExcluded(tag);
        return mutability === 'IMMUTABLE';
    };
    return { name, uri, isImmutable };
}
// In a filter, `*` stands for any characters.
function matches(filter, tag) {
    const pattern = filter.split('*').map((text) => text.replace(/[^\w-]/g, '\\$&'));
    return new RegExp(`^${pattern.join('.*')}$`).test(tag);
}

;// CONCATENATED MODULE: ./lib/aws/ecr-scan.ts


/** Creates the adapter to ECR's image scans, basic and enhanced. */
function makeImageScans(client, address) {
    return {
        describeScan: async (repository, digest) => {
            const command = new dist_cjs/* DescribeImageScanFindingsCommand */.TQ0({
                ...address(repository),
                imageId: { imageDigest: digest },
            });
            try {
                const { imageScanStatus, imageScanFindings } = await client.send(command);
                return toScan(imageScanStatus?.status, imageScanStatus?.description, imageScanFindings);
            }
            catch (error) {
                if ((0,aws_errors/* awsErrorName */.ZH)(error) === 'ScanNotFoundException')
                    return { kind: 'none' };
                throw error;
            }
        },
        startScan: async (repository, digest) => {
            try {
                await client.send(new dist_cjs/* StartImageScanCommand */.Qc9({ ...address(repository), imageId: { imageDigest: digest } }));
            }
            catch (error) {
                // Once a day and image: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html
                // Enhanced scanning starts by itself and supports no request ("This feature is disabled"):
                // https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
                if (!['LimitExceededException', 'ValidationException'].includes((0,aws_errors/* awsErrorName */.ZH)(error)))
                    throw error;
            }
        },
    };
}
function toScan(status, description, findings) {
    // ACTIVE is what enhanced scanning calls an image whose findings are there and kept up to date.
    if (status === 'COMPLETE' || status === 'ACTIVE') {
        return { kind: 'complete', counts: { ...findings?.findingSeverityCounts } };
    }
    if (status === 'PENDING' || status === 'IN_PROGRESS' || status === undefined)
        return { kind: 'running' };
    return { kind: 'failed', reason: description ? `${status}: ${description}` : status };
}

;// CONCATENATED MODULE: ./lib/aws/pages.ts
// More than any list that an action reads has; a list without an end must not hold a run.
const mostPages = 10_000;
/** Reads a list page by page. A token that comes again, or a list without an end, is an error. */
async function* readPages(read) {
    let token;
    for (let count = 0; count < mostPages; count++) {
        const { items, next } = await read(token);
        yield items;
        if (!next)
            return;
        if (next === token)
            throw new Error(`page ${count + 1} of a list: expected another token, got the same`);
        token = next;
    }
    throw new Error(`a list: expected at most ${mostPages} pages, got more`);
}
/** Reads a whole list. */
async function listPages(read) {
    const pages = [];
    for await (const items of readPages(read))
        pages.push(items);
    return pages.flat();
}

;// CONCATENATED MODULE: ./lib/aws/ecr.ts






/** Creates the adapter to ECR; `registryId` is the registry's account if it is another one. */
function makeEcr(config, registryId) {
    const client = (0,aws_client/* makeClient */.yu)(dist_cjs/* ECRClient */.S70, config);
    const address = (repositoryName) => ({ repositoryName, registryId });
    return {
        describe: async (name) => await describeRepository(client, name, registryId),
        create: async (name, creation) => {
            const made = await create(client, address(name), creation);
            const { lifecyclePolicy } = creation;
            if (lifecyclePolicy !== undefined)
                await ensureLifecyclePolicy(client, address(name), lifecyclePolicy);
            return made;
        },
        ensureLifecyclePolicy: async (name, policy) => await ensureLifecyclePolicy(client, address(name), policy),
        listNewest: async (name, count) => await listNewest(client, address(name), count),
        authorize: async () => await authorize(client, registryId),
        ...makeImageScans(client, address),
    };
}
async function create(client, address, { immutable, scanOnPush }) {
    const { repositoryName: name, registryId } = address;
    const command = new dist_cjs/* CreateRepositoryCommand */.WTe({
        ...address,
        imageTagMutability: immutable ? 'IMMUTABLE' : 'MUTABLE',
        imageScanningConfiguration: { scanOnPush },
    });
    const created = await client.send(command).then(({ repository }) => toRepository(repository), async (error) => {
        if ((0,aws_errors/* awsErrorName */.ZH)(error) !== 'RepositoryAlreadyExistsException')
            throw error;
        return await describeRepository(client, name, registryId);
    });
    if (!created)
        throw new Error(`ecr:CreateRepository: expected a repository "${name}", got none`);
    return created;
}
async function ensureLifecyclePolicy(client, address, policy) {
    try {
        await client.send(new dist_cjs/* GetLifecyclePolicyCommand */.O0C(address));
    }
    catch (error) {
        if ((0,aws_errors/* awsErrorName */.ZH)(error) !== 'LifecyclePolicyNotFoundException')
            throw error;
        await client.send(new dist_cjs/* PutLifecyclePolicyCommand */.Rcn({ ...address, lifecyclePolicyText: policy }));
    }
}
async function listNewest(client, address, count) {
    const images = await listPages(async (nextToken) => {
        const page = await client.send(new dist_cjs/* DescribeImagesCommand */.ji5({ ...address, nextToken, maxResults: 1000 }));
        return { items: page.imageDetails ?? [], next: page.nextToken };
    });
    return images
        .sort((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))
        .flatMap(({ imageDigest }) => imageDigest ?? [])
        .slice(0, count);
}
async function authorize(client, registryId) {
    // Deprecated, since one token opens all registries; the end point of another account is still learned by it.
    const registryIds = registryId === undefined ? {} : { registryIds: [registryId] };
    const { authorizationData } = await client.send(new dist_cjs/* GetAuthorizationTokenCommand */.Eu6(registryIds));
    const { authorizationToken: token, proxyEndpoint, expiresAt } = authorizationData?.[0] ?? {};
    if (!token || !proxyEndpoint)
        throw new Error('ecr:GetAuthorizationToken: expected a token and an endpoint, got none');
    return {
        origin: new URL(proxyEndpoint).origin,
        authorization: `Basic ${token}`,
        expiresAt: expiresAt?.getTime(),
    };
}


/***/ })

};
