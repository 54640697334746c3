import { extname } from 'node:path'
import { UserError } from '../../lib/errors.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { applyChecks, type Findings, type Pictures } from './apply/apply.ts'
import { lookAtService, verifyPlace } from './apply/look.ts'
import type { CheckContext } from './context.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { drawPicture } from './picture/draw.ts'
import { readKind } from './picture/kind.ts'
import { decodePng } from './picture/png.ts'
import { planChecks } from './plan/plan.ts'
import { describeChecks, reportChecks, reportPlanned } from './report/report.ts'

/** Sends a picture through a service, and checks what must and what must not work. */
export async function run(context: CheckContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs, context.log.mask)
  const extension = inputs.picture === undefined ? '.png' : extname(inputs.picture)
  const checks = planChecks(inputs, extension, context.makeId().slice(0, 12))
  await verifyPlace(inputs, context)
  if (inputs.dryRun) return reportPlanned(checks)
  const pictures = readPictures(inputs, context)
  const findings: Findings = { results: [], calls: [], inferred: [] }
  context.remember(() => describeChecks(inputs, checks, findings))
  await applyChecks(checks, pictures, inputs, context, findings)
  const files = writePictures(pictures, extension, inputs, context, findings)
  await context.upload?.(inputs.artifactName, files, inputs.outputDirectory)
  const view = await lookAtService(inputs, findings, context)
  return reportChecks(inputs, findings, files, view)
}

function readPictures({ picture, clean }: Inputs, { readBytes }: CheckContext): Pictures {
  const bytes = picture === undefined ? drawPicture() : Buffer.from(readBytes(picture))
  const type = readKind(bytes)?.type ?? 'application/octet-stream'
  if (clean === undefined) return { sent: { bytes, type }, clean: undefined }
  const cleanBytes = readBytes(clean)
  const sizes = [bytes, cleanBytes]
    .map((each) => decodePng(each))
    .map((each) => each && `${each.width}x${each.height}`)
  if (!sizes[0] || sizes[0] !== sizes[1]) {
    throw new UserError(`clean: expected a PNG of 8 or 16 bits and of the size of the picture, got ${clean}`)
  }
  return { sent: { bytes, type }, clean: cleanBytes }
}

function writePictures(
  { sent }: Pictures,
  extension: string,
  { outputDirectory }: Inputs,
  { writeFiles, log }: CheckContext,
  { inferred }: Findings,
): string[] {
  const results = inferred.map(({ answer, result }) => {
    const type = readKind(result)?.type.replace('image/', '.') ?? extension
    return [`after-${answer}${type}`, result] as const
  })
  const files = writeFiles(outputDirectory, new Map([[`before${extension}`, sent.bytes], ...results]))
  for (const file of files) log.info(`wrote ${file}`)
  return files
}
