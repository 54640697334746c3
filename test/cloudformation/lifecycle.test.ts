import { expect, it } from 'vitest'
import { readCfnTemplate } from '../fixtures/cfn-template.ts'
import { evaluate } from '../fixtures/evaluate.ts'

type Selection = { tagStatus: string; tagPatternList?: string[]; countNumber: number }
type Rule = { rulePriority: number; selection: Selection }
type Image = { name: string; tags: readonly string[] }

const template = readCfnTemplate('cloudformation/storage.yml')
const values = new Map([...Object.entries({ Prefix: 'ddn', KeptImages: '3' })])
const text = evaluate(template.Resources.Repository?.Properties?.LifecyclePolicy, template, values)
const { rules } = JSON.parse(Object(text).LifecyclePolicyText) as { rules: Rule[] }

const matches = ({ tagStatus, tagPatternList = [] }: Selection, { tags }: Image) =>
  tagStatus === 'any' || (tags.length > 0 && tagPatternList.every((pattern) => tags.includes(pattern)))

/**
 * Lists the images that ECR expires, which come newest first: a rule counts all that it selects, and expires none
 * that a rule of a higher priority selects too.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
function listExpired(images: readonly Image[]): string[] {
  const sorted = rules.toSorted((a, b) => a.rulePriority - b.rulePriority)
  return sorted.flatMap(({ selection }, at) =>
    images
      .filter((image) => matches(selection, image))
      .slice(selection.countNumber)
      .filter((image) => !sorted.slice(0, at).some((higher) => matches(higher.selection, image)))
      .map(({ name }) => name),
  )
}

it('expires the oldest images, and neither the one that runs nor the one before', () => {
  const images = ['h', 'g', 'f', 'e', 'd', 'c', 'b', 'a'].map((name) => ({
    name,
    tags:
      name === 'b'
        ? ['v2', 'ddn-running']
        : name === 'd'
          ? ['ddn-previous']
          : name === 'c'
            ? []
            : [`v-${name}`],
  }))
  expect(listExpired(images)).toEqual(['e', 'c', 'a'])
})

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
it('has the rule for any image last, as ECR demands, and a number for each', () => {
  const numbers = rules.map(({ rulePriority }) => rulePriority)
  expect(new Set(numbers).size).toBe(rules.length)
  const [any] = rules.filter(({ selection }) => selection.tagStatus === 'any')
  expect(any?.rulePriority).toBe(Math.max(...numbers))
})
