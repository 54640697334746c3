import { visible } from '../../../lib/visible.ts'

/** Writes a text for HTML and SVG, in an element or between double quotes: nothing in it acts, or is invisible. */
export function escapeHtml(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
