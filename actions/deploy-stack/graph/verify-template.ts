import { UserError } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'
import type { Template } from './template.ts'
import { mapOf, textOf } from './template-tree.ts'

/** Verifies that a template names nothing of this machine, which CloudFormation cannot read. Throws UserError. */
export function verifyAddresses({ path, sections }: Template): void {
  for (const [logicalId, resource] of Object.entries(mapOf(sections.Resources))) {
    const { Type, Properties } = mapOf(resource)
    const address = Type === 'AWS::CloudFormation::Stack' ? textOf(mapOf(Properties).TemplateURL) : undefined
    if (address === undefined || /^(https|s3):\/\//i.test(address)) continue
    throw new UserError(
      `${path}: ${logicalId}.TemplateURL: expected the address of an object in S3, got ${quote(address)}; upload the template, or make it a stack of stacks.yml`,
    )
  }
}
