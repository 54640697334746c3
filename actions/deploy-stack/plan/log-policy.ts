/**
 * Returns whether a bucket's policy may let load balancers put their logs: it has a statement for them, whose
 * conditions only AWS can judge. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export function mayDeliver(policy: string, bucket: string, account: string): boolean {
  const file = `s3:::${bucket}/AWSLogs/${account}/ELBAccessLogTestFile`
  return [readPolicy(policy).Statement].flat().some((statement) => {
    const { Effect, Principal, Action, Resource } = Object(statement)
    return (
      Effect === 'Allow' &&
      hasOne(typeof Principal === 'object' ? Object.values(Principal) : Principal, isLogDelivery) &&
      hasOne(Action, (action) => mayMatch(action.toLowerCase(), 's3:putobject')) &&
      hasOne(Resource, (arn) => mayMatch(arn.replace(/^arn:[\w-]*:/, ''), file))
    )
  })
}

function readPolicy(policy: string): { Statement?: unknown } {
  try {
    return Object(JSON.parse(policy))
  } catch {
    return {}
  }
}

// What a statement leaves out stands in another form, such as NotAction.
const hasOne = (value: unknown, isMeant: (text: string) => boolean): boolean =>
  value === undefined || [value].flat(2).some((each) => isMeant(String(each)))

// In older regions it may be the account of the load balancers.
const isLogDelivery = (principal: string) =>
  principal === '*' ||
  principal === 'logdelivery.elasticloadbalancing.amazonaws.com' ||
  /^(arn:[\w-]+:iam::)?\d{12}(:root)?$/.test(principal)

// Part by part: a pattern of many stars takes no longer.
function mayMatch(pattern: string, text: string): boolean {
  if (/[?$]/.test(pattern)) return true
  const [first = '', ...parts] = pattern.split('*')
  const last = parts.pop()
  if (last === undefined) return pattern === text
  let at = text.startsWith(first) ? first.length : Number.POSITIVE_INFINITY
  for (const part of parts) {
    const found = text.indexOf(part, at)
    at = found < 0 ? Number.POSITIVE_INFINITY : found + part.length
  }
  return text.length - at >= last.length && text.endsWith(last)
}
