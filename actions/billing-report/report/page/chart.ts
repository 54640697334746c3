import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { visible } from '../../../../lib/visible.ts'
import { escapeHtml } from '../html-text.ts'

echarts.use([BarChart, GridComponent, LegendComponent, SVGRenderer])

/** One bar: its length may round, its label is exact. */
export type Bar = { name: string; value: number; label: string }

type Picture = { title: string; height: number; option: Parameters<echarts.ECharts['setOption']>[0] }

// On a window of 390 pixels it is drawn at two thirds, and its text can still be read.
const width = 560
const textSize = 14

/** Draws bars, the first one on top, as an SVG. */
export function renderBars(bars: readonly Bar[], unit: string): string {
  return renderChart({
    title: `Bars: ${bars.map(({ name, label }) => `${name} ${label}`).join(', ')} ${unit}`,
    height: 60 + bars.length * 28,
    option: {
      grid: { left: 150, right: 110, top: 10, bottom: 40 },
      xAxis: { ...valueAxis, name: visible(unit), nameLocation: 'middle', nameGap: 26, splitNumber: 3 },
      yAxis: {
        type: 'category',
        inverse: true,
        // echarts escapes what acts in SVG; a line break or a turn of direction would still act on the picture.
        data: bars.map(({ name }) => visible(name)),
        // Text is measured without its font here: leave room.
        axisLabel: { width: 110, overflow: 'truncate', fontSize: textSize },
      },
      series: [
        {
          type: 'bar',
          silent: true,
          data: bars.map(({ value }) => value),
          itemStyle: { color: colors[0] },
          label: {
            show: true,
            position: 'right',
            fontSize: textSize,
            formatter: ({ dataIndex }: { dataIndex: number }) => visible(bars[dataIndex]?.label ?? ''),
          },
        },
      ],
    },
  })
}

/** Colours that stand out on white and on black, and from each other for those who see few colours. */
export const colors = ['#2b6cb0', '#3a9d8f', '#c28a1b', '#c2415b', '#7d6bb3'] as const

/** An axis of numbers, whose lines are seen on light and dark. */
export const valueAxis = {
  type: 'value',
  splitLine: { lineStyle: { color: '#8888', width: 0.5 } },
  axisLabel: { fontSize: textSize },
} as const

/** Draws a chart as an SVG that screen readers read as its title. */
export function renderChart({ title, height, option }: Picture): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  // Without dispose, echarts' timers would keep the process alive.
  try {
    const textStyle = { fontFamily: 'sans-serif', fontSize: textSize }
    chart.setOption({ animation: false, textStyle, ...option })
    const svg = numberIds(chart.renderToSVGString())
    return svg.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(title)}" `)
  } finally {
    chart.dispose()
  }
}

// echarts counts its ids over the life of the process: the same chart must have the same ones.
function numberIds(svg: string): string {
  const numbers = new Map<string, number>()
  return svg.replace(/\bzr\d+-[a-z]+-?\d+/g, (id) => {
    const number = numbers.get(id) ?? numbers.size
    numbers.set(id, number)
    return `chart-${number}`
  })
}
