/** A registry of ECR: its account (12 digits) and its region. */
export type EcrHost = { account: string; region: string }

// With FIPS and dual-stack endpoints, in the partitions aws, aws-cn, aws-us-gov and aws-eusc:
// https://docs.aws.amazon.com/general/latest/gr/ecr.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
const ipv4 = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z]+(?:-[a-z]+)+-\d+)\.amazonaws\.(com|com\.cn|eu)$/
const dualStack =
  /^(\d{12})\.dkr-ecr(?:-fips)?\.([a-z]+(?:-[a-z]+)+-\d+)\.on\.(aws|amazonwebservices\.(?:com\.cn|eu))$/

/** Parses the host of a registry of ECR; `undefined` for any other host. */
export function parseEcrHost(host: string): EcrHost | undefined {
  const [, account, region = '', suffix = ''] = ipv4.exec(host) ?? dualStack.exec(host) ?? []
  if (account === undefined) return undefined
  const end = region.startsWith('cn-') ? /\.cn$/ : region.startsWith('eusc-') ? /eu$/ : /^(com|aws)$/
  return end.test(suffix) ? { account, region } : undefined
}
