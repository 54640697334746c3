export const id = 259;
export const ids = [259];
export const modules = {

/***/ 259:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  makeEcr: () => (/* binding */ makeEcr)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecr/dist-cjs/index.js
var dist_cjs = __webpack_require__(8249);
// EXTERNAL MODULE: ./lib/errors.ts
var errors = __webpack_require__(8115);
// EXTERNAL MODULE: ./lib/aws/explain.ts
var aws_explain = __webpack_require__(8543);
;// CONCATENATED MODULE: ./lib/aws/ecr-scan.ts


/** Makes the adapter to ECR's image scans, basic and enhanced. */
function makeImageScans(client, explain, address) {
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
                if ((0,aws_explain/* awsErrorName */.Z)(error) === 'ScanNotFoundException')
                    return { kind: 'none' };
                return explain('ecr:DescribeImageScanFindings')(error);
            }
        },
        startScan: async (repository, digest) => {
            try {
                await client.send(new dist_cjs/* StartImageScanCommand */.Qc9({ ...address(repository), imageId: { imageDigest: digest } }));
            }
            catch (error) {
                // Once a day and image: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html
                // Enhanced scanning starts by itself, and knows no request ("This feature is disabled"):
                // https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
                if (!['LimitExceededException', 'ValidationException'].includes((0,aws_explain/* awsErrorName */.Z)(error) ?? ''))
                    explain('ecr:StartImageScan')(error);
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

;// CONCATENATED MODULE: ./lib/aws/ecr.ts




/** Makes the adapter to ECR; `registryId` is the registry's account, where it is another one. */
function makeEcr(config, registryId) {
    const client = new dist_cjs/* ECRClient */.S70(config);
    const explain = (action) => (error) => {
        throw (0,aws_explain/* explainAwsError */.N)(error, action, config.region);
    };
    const address = (repositoryName) => ({ repositoryName, registryId });
    return {
        describe: async (name) => await describe(client, name, registryId).catch(explain('ecr:DescribeRepositories')),
        create: async (name, creation) => {
            const made = await create(client, address(name), creation).catch(explain('ecr:CreateRepository'));
            const { lifecyclePolicy: lifecyclePolicyText } = creation;
            if (lifecyclePolicyText !== undefined) {
                const command = new dist_cjs/* PutLifecyclePolicyCommand */.Rcn({ ...address(name), lifecyclePolicyText });
                await client.send(command).catch(explain('ecr:PutLifecyclePolicy'));
            }
            return made;
        },
        listNewest: async (name, count) => await listNewest(client, address(name), count).catch(explain('ecr:DescribeImages')),
        authorize: async () => await authorize(client, registryId).catch(explain('ecr:GetAuthorizationToken')),
        ...makeImageScans(client, explain, address),
    };
}
async function describe(client, name, registryId) {
    try {
        const command = new dist_cjs/* DescribeRepositoriesCommand */.pE_({ repositoryNames: [name], registryId });
        const { repositories } = await client.send(command);
        return toRepository(repositories?.[0]);
    }
    catch (error) {
        if ((0,aws_explain/* awsErrorName */.Z)(error) === 'RepositoryNotFoundException')
            return undefined;
        if ((0,aws_explain/* awsErrorName */.Z)(error) === 'InvalidParameterException') {
            throw new errors/* UserError */.yo(`repository: expected a name such as team/app in lower case, got "${name}"`);
        }
        throw error;
    }
}
async function create(client, address, { immutable, scanOnPush }) {
    const { repositoryName: name, registryId } = address;
    const command = new dist_cjs/* CreateRepositoryCommand */.WTe({
        ...address,
        imageTagMutability: immutable ? 'IMMUTABLE' : 'MUTABLE',
        imageScanningConfiguration: { scanOnPush },
    });
    const created = await client.send(command).then(({ repository }) => toRepository(repository), async (error) => {
        if ((0,aws_explain/* awsErrorName */.Z)(error) !== 'RepositoryAlreadyExistsException')
            throw error;
        return await describe(client, name, registryId);
    });
    if (!created)
        throw new Error(`ecr CreateRepository: expected a repository "${name}", got none`);
    return created;
}
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
async function listNewest(client, address, count) {
    const images = [];
    let nextToken;
    do {
        const page = await client.send(new dist_cjs/* DescribeImagesCommand */.ji5({ ...address, nextToken, maxResults: 1000 }));
        for (const { imageDigest, imagePushedAt } of page.imageDetails ?? []) {
            if (imageDigest)
                images.push({ digest: imageDigest, pushed: imagePushedAt?.getTime() ?? 0 });
        }
        nextToken = page.nextToken;
    } while (nextToken);
    return images
        .sort((a, b) => b.pushed - a.pushed)
        .slice(0, count)
        .map(({ digest }) => digest);
}
async function authorize(client, registryId) {
    // Deprecated, since one token opens all registries; the end point of another account is still learned by it.
    const registryIds = registryId === undefined ? {} : { registryIds: [registryId] };
    const { authorizationData } = await client.send(new dist_cjs/* GetAuthorizationTokenCommand */.Eu6(registryIds));
    const { authorizationToken: token, proxyEndpoint, expiresAt } = authorizationData?.[0] ?? {};
    if (!token || !proxyEndpoint)
        throw new Error('ecr GetAuthorizationToken: expected a token and an endpoint, got none');
    return {
        origin: new URL(proxyEndpoint).origin,
        authorization: `Basic ${token}`,
        expiresAt: expiresAt?.getTime(),
    };
}


/***/ }),

/***/ 8543:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N: () => (/* binding */ explainAwsError),
/* harmony export */   Z: () => (/* binding */ awsErrorName)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8115);

/** Gives the error's name as AWS spells it, such as `RepositoryNotFoundException`; '' where it has none. */
function awsErrorName(error) {
    return error instanceof Error ? error.name : '';
}
/**
 * Turns the mistakes that every AWS call can meet (no credentials, expired ones, a denied action, an
 * unknown region) into one sentence for the user; other errors come back as they are, with the action named.
 */
function explainAwsError(error, action, region) {
    const name = awsErrorName(error);
    const message = (0,_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .messageOf */ .bD)(error);
    if (name === 'CredentialsProviderError') {
        return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(`${action}: no AWS credentials found; run aws-actions/configure-aws-credentials first, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`);
    }
    if (/^(ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId)$/.test(name)) {
        return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(`${action}: the AWS credentials are not valid any more (${name}); get new ones`);
    }
    if (/^AccessDenied|UnauthorizedOperation|AuthorizationError/.test(name)) {
        return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(`${action}: denied; give the role the permission ${action} (${message})`);
    }
    if (/ENOTFOUND|EAI_AGAIN/.test(message)) {
        return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(`${action}: no endpoint answers for region "${region}"; check AWS_REGION and AWS_ENDPOINT_URL`);
    }
    return error instanceof Error ? error : new Error(message);
}


/***/ })

};
