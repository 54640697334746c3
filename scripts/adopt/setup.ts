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
  setting(
    'API_ID',
    false,
    'the rows of a bill are not compared with the requests that CloudWatch counted',
    'ID',
  ),
  setting('SERVICE_CALENDAR', false, 'each scheduled run of pause pauses', 'calendar.yml'),
  setting('BILL_PLACE', false, 'the bill is an artifact only', 's3://BUCKET/FOLDER'),
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

/** What the commands of a set-up depend on. */
export type SetupChoice = {
  /** OWNER/REPO. */
  repository: string
  /** Where the image archive lies, as IMAGE_ARCHIVE says it. */
  archive: string
  /** First part of all names. */
  prefix: string
}

const makeRoles = (archiveBucket: string | undefined) => [
  '# 1. The roles, with the rights of an administrator and in the region of the service. The first stack of an account',
  '# makes the provider, of which there can be only one; those after it take that.',
  'SUBJECT=$(gh api "repos/$REPO/actions/oidc/customization/sub" --jq .sub_claim_prefix)',
  'PROVIDER=',
  'has() {',
  '  aws cloudformation describe-stack-resource --stack-name "github-$PREFIX" --logical-resource-id "$1" > /dev/null 2>&1',
  '}',
  'if ! has Provider; then',
  '  PROVIDER=$(aws iam list-open-id-connect-providers --output text --query \\',
  `    "OpenIDConnectProviderList[?ends_with(Arn, ':oidc-provider/token.actions.githubusercontent.com')].Arn")`,
  'fi',
  '# The roles of a prefix are for all names that begin with it and a dash, also for those of a longer prefix.',
  'nested() {',
  '  [[ $2 != "$1"-* ]] ||',
  '    echo "warning: the roles of $1 may also change what belongs to $2; with a prefix that does not begin with $1- they may not" >&2',
  '}',
  'for ROLE in $(aws iam list-roles --output text --query \\',
  `  "Roles[?starts_with(RoleName, 'github-') && ends_with(RoleName, '-deploy')].RoleName"); do`,
  `  OTHER=\${ROLE#github-}`,
  `  OTHER=\${OTHER%-deploy}`,
  '  nested "$PREFIX" "$OTHER"',
  '  nested "$OTHER" "$PREFIX"',
  '  [[ $OTHER != "$PREFIX" ]] || has DeployRole ||',
  '    echo "warning: the roles of $PREFIX exist already, but their stack is not in $AWS_REGION; a second region needs another prefix" >&2',
  'done',
  '# The repository of the image is that of the stack storage, and before that is made the one that STACK_PARAMETERS names;',
  '# empty is the default of the prefix.',
  'KEPT=$(gh api --paginate "repos/$REPO/actions/variables?per_page=30" \\',
  `  --jq '.variables[] | select(.name == "STACK_PARAMETERS").value')`,
  'IMAGES=$(value "$(outputs "$PREFIX-storage" 2> /dev/null)" RepositoryName)',
  `PARTS=$(tr -d '\\r' <<< "$KEPT" | tr , '\\n')`,
  'for NAME in storage.RepositoryName RepositoryName; do',
  `  : "\${IMAGES:=$(sed -n "s/^ *$NAME=//p" <<< "$PARTS" | tail -n 1)}"`,
  'done',
  'aws cloudformation deploy --template-file cloudformation/github-oidc.yml --stack-name "github-$PREFIX" \\',
  '  --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset --parameter-overrides Prefix="$PREFIX" \\',
  ...(archiveBucket === undefined ? [] : [`  ArchiveBucketName=${archiveBucket} \\`]),
  `  RepositoryName="$IMAGES" SubjectPrefix="$SUBJECT" \${PROVIDER:+ProviderArn="$PROVIDER"}`,
]

const makeEnvironment = [
  '# 3. The environment that approves deployments, from main only. Add reviewers in its settings. One that has rules is',
  '# left as it is: a PUT sets all of them, and so would take its reviewers away.',
  `if [ "$(gh api "repos/$REPO/environments/${environment}" --jq '.protection_rules != []' 2> /dev/null)" != true ]; then`,
  `  gh api --silent --method PUT "repos/$REPO/environments/${environment}" --input - <<'JSON'`,
  '{"deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}}',
  'JSON',
  'fi',
  `gh api --silent --method POST "repos/$REPO/environments/${environment}/deployment-branch-policies" --field name=main ||`,
  '  echo "main is admitted already, or the environment admits branches by another rule"',
]

/** Returns the commands that set a repository up, as a script that can be run again, also after the first deployment. */
export function renderSetup({ repository, archive, prefix }: SetupChoice): string {
  const bucket = /^s3:\/\/([^/]+)\//.exec(archive)?.[1]
  const outputs = variables.filter(({ output }) => output !== undefined)
  const set = (name: string, value: string) => `gh variable set ${name} --repo "$REPO" --body ${value}`
  return [
    'set -euo pipefail',
    `export AWS_REGION="\${AWS_REGION:?expected the region of the service, such as ap-northeast-2, got none; export it}"`,
    '# Version 1 of the AWS CLI reads only this.',
    'export AWS_DEFAULT_REGION="$AWS_REGION"',
    `REPO=${repository}`,
    `PREFIX=${prefix}`,
    'outputs() {',
    '  aws cloudformation describe-stacks --stack-name "$1" \\',
    "    --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output text",
    '}',
    'value() {',
    `  awk -v key="$2" '$1 == key {print $2}' <<< "$1"`,
    '}',
    '',
    ...makeRoles(bucket),
    '',
    '# 2. The variables of the repository.',
    'ROLES=$(outputs "github-$PREFIX")',
    ...outputs.map(({ name, output }) => set(name, `"$(value "$ROLES" ${output})"`)),
    '# The roles take no boundary but theirs, so that the one of another prefix is replaced; all else stays.',
    'LINE="PermissionsBoundaryArn=$(value "$ROLES" PermissionsBoundaryArn)"',
    'PARAMETERS=$(sed -E "s#PermissionsBoundaryArn=[^,]*:policy/github-[a-z0-9-]+-boundary#$LINE#" <<< "$KEPT")',
    `grep -q PermissionsBoundaryArn= <<< "$PARAMETERS" || PARAMETERS="$LINE\${PARAMETERS:+$'\\n'$PARAMETERS}"`,
    `[ "$PARAMETERS" = "$KEPT" ] || ${set('STACK_PARAMETERS', '"$PARAMETERS"')}`,
    set('IMAGE_ARCHIVE', `'${archive}'`),
    set('SERVICE_PREFIX', '"$PREFIX"'),
    set('AWS_REGION', '"$AWS_REGION"'),
    '',
    ...makeEnvironment,
    '',
    '# 4. After the first deployment: where the API is.',
    'if API=$(outputs "$PREFIX-api" 2>/dev/null); then',
    `  ${set('API_URL', '"$(value "$API" ApiUrl)"')}`,
    `  ${set('API_ID', '"$(value "$API" ApiId)"')}`,
    'fi',
  ].join('\n')
}
