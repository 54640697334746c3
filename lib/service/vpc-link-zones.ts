// Region to the numbers of the zones that have VPC links; a region that is not listed is not known.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html#http-api-vpc-link-availability
const zones: Readonly<Record<string, readonly [prefix: string, numbers: string]>> = {
  'us-east-1': ['use1', '12456'],
  'us-east-2': ['use2', '123'],
  'us-west-1': ['usw1', '13'],
  'us-west-2': ['usw2', '1234'],
  'ap-east-1': ['ape1', '23'],
  'ap-south-1': ['aps1', '123'],
  'ap-northeast-1': ['apne1', '124'],
  'ap-northeast-2': ['apne2', '123'],
  'ap-southeast-1': ['apse1', '123'],
  'ap-southeast-2': ['apse2', '123'],
  'ca-central-1': ['cac1', '12'],
  'eu-central-1': ['euc1', '123'],
  'eu-north-1': ['eun1', '123'],
  'eu-south-2': ['eus2', '123'],
  'eu-west-1': ['euw1', '123'],
  'eu-west-2': ['euw2', '123'],
  'eu-west-3': ['euw3', '13'],
  'me-south-1': ['mes1', '123'],
  'sa-east-1': ['sae1', '123'],
}

/** Lists the ids of the zones of a region that have VPC links; `undefined` where AWS documents none for the region. */
export function listVpcLinkZones(region: string): string[] | undefined {
  const [prefix, numbers = ''] = zones[region] ?? []
  return prefix === undefined ? undefined : [...numbers].map((number) => `${prefix}-az${number}`)
}
