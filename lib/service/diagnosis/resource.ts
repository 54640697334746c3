import { explainText, type Rule } from './finding.ts'

// Reasons of resource handlers, and of CloudFormation itself:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
const rules: readonly Rule[] = [
  {
    pattern: /circular dependenc/i,
    advice:
      'break the circle: rules of security groups that name each other are resources of their own (AWS::EC2::SecurityGroupIngress)',
  },
  {
    pattern: /service[- ]?linked role|AWSServiceRoleFor\w+/i,
    advice: 'create the service-linked role, and run again in a minute: a new one cannot be used at once',
  },
  {
    pattern:
      /unable to assume|cannot be assumed|not authorized to perform: sts:AssumeRole|trust relationship/i,
    advice: 'correct the trust policy of the role; a new role cannot be used at once: run again in a minute',
  },
  {
    pattern: /invalid principal in policy/i,
    advice: 'correct the principal, and create what it names first',
  },
  {
    pattern: /not empty|still contains images/i,
    advice: 'empty it; mode destroy with delete-data: true does',
  },
  {
    pattern: /already exists|AlreadyExists|AlreadyOwnedByYou|\bis taken\b|name conflict/i,
    advice:
      'take another name or prefix, import it with the input allow where it holds your data, or remove it',
  },
  {
    pattern: /dependent object|DependencyViolation|in use by|is in use|currently in use|ResourceInUse/i,
    advice: 'remove what still uses it first; for network interfaces, wait until they are released',
  },
  {
    pattern: /Cannot enable logging.*policy|Policy document length|resource policy.*limit/i,
    advice: 'name the log group under /aws/vendedlogs/, or remove resource policies of CloudWatch Logs',
  },
  {
    pattern: /limit ?exceeded|quota|maximum number of|too many/i,
    advice: 'remove what is not needed, or ask for more in Service Quotas',
  },
  {
    pattern: /No Fargate configuration exists|Invalid CPU or memory value/i,
    advice:
      'take CPU and memory that Fargate offers together: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html',
  },
  {
    pattern: /exceeded attempts to wait|NotStabilized|did not stabilize|timed out/i,
    advice: 'look at the resource itself: CloudFormation waited for it in vain',
  },
  {
    pattern: /throttl|rate exceeded|ServiceUnavailable|InternalFailure|ServiceInternalError/i,
    advice: 'run again: AWS was too busy',
  },
]

/** Returns what to do about a reason for which CloudFormation could not make, change or delete a resource. */
export function adviseResource(reason: string): string | undefined {
  const [, action] = /is not authorized to perform: ([\w-]+:\w+)/.exec(reason) ?? []
  if (action && action !== 'sts:AssumeRole')
    return `give the role the permission ${action}, see docs/permissions.md`
  return explainText(reason, rules)?.advice
}
