import { join, link, type Markdown, md, renderSeconds } from './markdown.ts'

/** Where in AWS a run works, as far as it knows: account (12 digits), and address of its services in the console. */
export type Place = { account?: string | undefined; region: string; console: string }

/** Renders in one line where a run worked, for how long, and where its services are in the console. */
export function renderPlace(place: Place | undefined, seconds: number): Markdown {
  const time = md`in ${renderSeconds(seconds)}`
  if (place === undefined) return time
  const { account, region, console } = place
  const whose = account === undefined ? [] : [md`account ${account}`]
  return join([...whose, md`${region}`, time, link('console', console)], ' · ')
}
