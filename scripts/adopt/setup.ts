/** A variable or secret of the repository, and what is missing without it. */
export type Setting = { name: string; isRequired: boolean; output?: string; meaning: string; example: string }

/** The variables that the workflows read; those with an output are given by the stack of the roles. */
export const variables: readonly Setting[] = [
  role('AWS_DEPLOY_ROLE', 'DeployRoleArn', 'nothing is deployed or destroyed'),
  role('AWS_PREVIEW_ROLE', 'PreviewRoleArn', 'nothing is previewed'),
  role('AWS_PAUSE_ROLE', 'PauseRoleArn', 'nothing is paused or resumed'),
  role('AWS_REPORT_ROLE', 'ReportRoleArn', 'nothing is billed'),
  setting('IMAGE_ARCHIVE', true, 'nothing is deployed', 's3://BUCKET/app.tar'),
  setting('STACK_PARAMETERS', true, 'the roles of the stacks have no boundary', 'PermissionsBoundaryArn=ARN'),
  setting('AWS_REGION', false, 'it is ap-northeast-2', 'ap-northeast-2'),
  setting('SERVICE_PREFIX', false, 'it is ddn', 'ddn'),
  setting(
    'API_URL',
    false,
    'a resumed service is not checked',
    'https://ID.execute-api.REGION.amazonaws.com',
  ),
]

/** The secrets that the workflows read. */
export const secrets: readonly Setting[] = [
  setting('SMOKE_TEST_API_KEY', false, 'the service is not checked', 'KEY'),
  setting('FAILURE_WEBHOOK', false, 'failures are told by issues only', 'URL'),
]

/** The environment whose reviewers approve deployments. */
export const environment = 'production'

function role(name: string, output: string, without: string): Setting {
  return {
    ...setting(
      name,
      true,
      without,
      `arn:aws:iam::ACCOUNT:role/github-PREFIX-${name.split('_')[1]?.toLowerCase()}`,
    ),
    output,
  }
}

function setting(name: string, isRequired: boolean, without: string, example: string): Setting {
  return { name, isRequired, meaning: `without it, ${without}`, example }
}

/** Returns the commands that set a repository up, in order, for a shell. */
export function renderSetup(repository: string): string {
  const outputs = variables.filter(({ output }) => output !== undefined)
  return [
    '# 1. The roles, once, with the rights of an administrator and in the region of the service.',
    `REPO=${repository}`,
    'aws cloudformation deploy --template-file cloudformation/github-oidc.yml --stack-name github-ddn \\',
    '  --capabilities CAPABILITY_NAMED_IAM --parameter-overrides \\',
    '  SubjectPrefix="$(gh api "repos/$REPO/actions/oidc/customization/sub" --jq .sub_claim_prefix)"',
    '',
    '# 2. The variables of the repository.',
    'output() {',
    '  aws cloudformation describe-stacks --stack-name github-ddn \\',
    `    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text`,
    '}',
    ...outputs.map(
      ({ name, output }) => `gh variable set ${name} --repo "$REPO" --body "$(output ${output})"`,
    ),
    'gh variable set STACK_PARAMETERS --repo "$REPO" --body "PermissionsBoundaryArn=$(output PermissionsBoundaryArn)"',
    'gh variable set IMAGE_ARCHIVE --repo "$REPO" --body s3://BUCKET/app.tar # where your archive lies',
    '',
    `# 3. The environment that approves deployments: only from main. Add reviewers in its settings.`,
    `gh api --method PUT "repos/$REPO/environments/${environment}" --input - <<'JSON'`,
    '{"deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}}',
    'JSON',
    `gh api --method POST "repos/$REPO/environments/${environment}/deployment-branch-policies" --field name=main`,
    '',
    '# 4. After the first deployment, in a clone of the toolkit: the key of the smoke test, and where the API is.',
    'npm run api-key --silent -- add smoke-test | gh secret set SMOKE_TEST_API_KEY --repo "$REPO"',
    'gh variable set API_URL --repo "$REPO" --body "$(aws cloudformation describe-stacks --stack-name ddn-api \\',
    `  --query "Stacks[0].Outputs[?OutputKey=='ApiUrl'].OutputValue" --output text)"`,
  ].join('\n')
}
