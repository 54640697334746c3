import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm'
import { type AwsConfig, makeClient } from './client.ts'
import { awsErrorName } from './errors.ts'

/** A certificate of ACM. */
export type Certificate = {
  /** As ACM names it, such as `ISSUED` or `PENDING_VALIDATION`. */
  status: string
  /** The host names that it is for; the first label of one may be `*`. */
  hostNames: readonly string[]
  /** When it ends, in epoch milliseconds; undefined before it is issued. */
  endsAt: number | undefined
  /** Whether somebody brought it: ACM renews those that it issued only. */
  isImported: boolean
}

/** Makes the call that describes a certificate of ACM by its ARN. */
export function makeDescribeCertificate(
  config: AwsConfig,
): (arn: string) => Promise<Certificate | 'missing'> {
  const client = makeClient(ACMClient, config)
  return async (CertificateArn) => {
    try {
      const { Certificate = {} } = await client.send(new DescribeCertificateCommand({ CertificateArn }))
      const { Status = '', DomainName = '', SubjectAlternativeNames = [], NotAfter, Type } = Certificate
      const hostNames = [...new Set([DomainName, ...SubjectAlternativeNames])]
      return { status: Status, hostNames, endsAt: NotAfter?.getTime(), isImported: Type === 'IMPORTED' }
    } catch (error) {
      // A text of another form is no certificate either.
      const isMissing = /^(ResourceNotFound|InvalidArn|Validation)Exception$/.test(awsErrorName(error))
      if (isMissing) return 'missing'
      throw error
    }
  }
}
