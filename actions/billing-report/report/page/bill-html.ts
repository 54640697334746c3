import type { Bill } from '../../bill/bill.ts'
import type { PageData } from '../../bill/page-data.ts'
import { renderFigures, renderPage } from '../html-page.ts'
import { escapeHtml } from '../html-text.ts'
import { formatMoney, groupDigits } from '../user-rows.ts'
import { renderBefore, renderPaused } from './context-section.ts'
import { renderAdjustments, renderFindings } from './findings-section.ts'
import { renderLog } from './log-section.ts'
import { renderMeters } from './meters-section.ts'
import { renderDays, renderRoutes } from './requests-section.ts'
import { renderUsers } from './users-section.ts'

/** Writes a bill as one HTML page for the owner of the service, which needs nothing from elsewhere. */
export function renderHtml(bill: Bill, data: PageData = {}): string {
  const title = `${bill.state === 'draft' ? 'Draft of the bill' : 'Bill'} of ${bill.period.name}`
  const { firstDay, nextDay, timeZone } = bill.period
  const sections = [
    renderUsers(bill),
    renderMeters(bill),
    renderAdjustments(bill),
    renderDays(bill, data),
    renderRoutes(bill, data),
    renderBefore(bill, data),
    renderPaused(data),
    renderFindings(bill),
    renderLog(bill),
  ]
  const body = `<h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(`${firstDay} up to, not including, ${nextDay}, ${timeZone}`)}</p>
${bill.state === 'draft' ? '<p class="notice">Draft: rows of this month may still arrive.</p>\n' : ''}${renderFigures(
  [
    ['State', bill.state],
    ['Total', `${formatMoney(bill.total, bill)} ${bill.currency}`],
    ['Users', groupDigits(String(bill.users))],
    ['Billed requests', groupDigits(String(bill.requests))],
    ['Rows of the log', groupDigits(String(bill.rows))],
  ],
)}
${sections.filter((section) => section !== '').join('\n')}`
  return renderPage({ title, lang: 'en', body })
}
