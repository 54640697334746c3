import { boolean, choice, defineInputs, integer, keyValues, list, text } from '../../lib/inputs.ts'
import { prefixInput } from '../../lib/service/prefix.ts'

// The partition's name ends where the service begins: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const roleArn = {
  matches: (arn: string) => /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/.test(arn),
  expected: 'an ARN such as arn:aws:iam::111122223333:role/cloudformation',
}

/** The checks before a deployment that the input `checks` switches. */
export const checkNames = [
  'certificate',
  'credentials',
  'exports',
  'gpu-quota',
  'image',
  'instance-type',
  'log-destination',
  'subnets',
  'task-size',
] as const

/** The inputs of deploy-stack; `npm run generate` writes them to action.yml and the README. */
export const inputTable = defineInputs({
  mode: choice(['deploy', 'preview', 'review', 'execute', 'destroy', 'drift', 'import'], {
    default: 'deploy',
    meaning:
      '`deploy` creates and updates the stacks; `preview` creates change sets, shows them and deletes them; `review` keeps them, and `execute` executes exactly those; `destroy` deletes the stacks; `drift` finds what was changed beside CloudFormation; `import` takes in resources that exist.',
  }),
  stacks: text({
    meaning:
      'Path of the file that lists the stacks, their templates and the references between them. Without it, `cloudformation/stacks.yml` of the workspace or, if that does not exist, the one of this repository.',
  }),
  overlay: text({
    format: { matches: (name) => /^[\w-]{1,100}$/.test(name), expected: 'a name such as production' },
    meaning:
      'Name of a file whose values stand above those of `stacks`: `production` reads `stacks.production.yml` beside it.',
  }),
  template: text({
    meaning:
      'Path of one template to deploy alone, in place of `stacks`; its stack is named by `stack-name`.',
  }),
  'stack-name': text({
    format: {
      matches: (name) => /^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name),
      expected: 'up to 128 letters, digits and dashes',
    },
    meaning: 'Name of the stack of `template`.',
  }),
  'parameter-overrides': text({
    meaning:
      'Parameters of `template`: `Name=value,Other=value`, YAML, JSON, or `file:///path` of a JSON file.',
  }),
  only: list({
    meaning:
      'Names of the stacks in that file to work on, separated by newlines or commas. Without it, all stacks.',
  }),
  prefix: prefixInput(
    'First part of the name of every stack; also passed to templates as the parameter `Prefix`.',
  ),
  parameters: keyValues({
    meaning:
      'Lines `Name=value` (for every stack that declares the parameter) or `stack.Name=value`. In an update, a parameter that is not given keeps its value.',
  }),
  'stack-tags': keyValues({ meaning: 'Lines `Key=value`: the tags of the stacks and of their resources.' }),
  allow: list({
    meaning:
      'Names of buckets, image repositories and log groups that exist already, and that the stacks may take over; of stacks that were not made by this action or are protected, and that it may change or delete; and `stack.LogicalId` of protected resources that it may replace or delete.',
  }),
  capabilities: list({
    meaning:
      'Which of `CAPABILITY_IAM`, `CAPABILITY_NAMED_IAM` and `CAPABILITY_AUTO_EXPAND` the templates may need; one that is missing is named before the first call. Without it, each stack gets what its template needs, and the plan says so.',
  }),
  checks: keyValues({
    names: checkNames,
    values: ['error', 'warning', 'off'],
    meaning: `Lines \`check=severity\`: whether a check before a deployment that fails is an \`error\` (without a line; \`credentials\` is a \`warning\`), a \`warning\`, or is \`off\`. Checks are ${checkNames.map((name) => `\`${name}\``).join(', ')}.`,
  }),
  'cloudformation-role-arn': text({
    format: roleArn,
    meaning:
      'ARN of a role with which CloudFormation makes the resources, so that the caller needs none of its rights; for `deploy`, `import` and `destroy`.',
  }),
  confirm: text({ meaning: 'Required for `destroy`: must equal the prefix.' }),
  'delete-data': boolean({
    default: false,
    meaning:
      "For `destroy` only: also deletes the stacks' buckets, repositories and log groups with all their content.",
  }),
  review: text({
    meaning: 'For `execute`: the output `review` of the run with `mode: review`.',
  }),
  'resources-to-import': keyValues({
    meaning:
      'For `import`: lines `stack.LogicalId=name` of buckets, image repositories and log groups that exist and become resources of the stacks.',
  }),
  'fail-on-drift': boolean({
    default: false,
    meaning: 'For `drift`: whether a difference fails the step.',
  }),
  'timeout-minutes': integer({
    default: 60,
    min: 1,
    max: 600,
    meaning: 'How long to wait, for all stacks together. If the wait times out, the step fails.',
  }),
  'wait-for-others': integer({
    default: 15,
    min: 0,
    max: 600,
    meaning:
      'Minutes to wait for a stack at which another deployment is at work; then the result is `conflict`. An operation that an interrupted run of this action began is followed to its end.',
  }),
  concurrency: integer({
    default: 8,
    min: 1,
    max: 60,
    meaning: 'How many stacks are worked on at the same time.',
  }),
  'skip-resources': list({
    meaning:
      'Resources, as `stack.LogicalId`, that stay as they are when the rollback of an update is continued that failed at them.',
  }),
  'dry-run': boolean({
    default: false,
    meaning: 'Prints the plan and writes nothing; creates no change sets either.',
  }),
})
