import { BarChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { visible } from '../../../lib/visible.ts'

echarts.use([BarChart, GridComponent, SVGRenderer])

/** One bar: its length may round, its label is exact. */
export type Bar = { name: string; value: number; label: string }

/** Draws bars, the first one on top, as an SVG. */
export function renderBars(bars: readonly Bar[], unit: string): string {
  const height = 60 + bars.length * 28
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 760, height })
  // Without dispose, echarts' timers would keep the process alive.
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'sans-serif' },
      grid: { left: 180, right: 90, top: 10, bottom: 40 },
      xAxis: { type: 'value', name: visible(unit), nameLocation: 'middle', nameGap: 26 },
      yAxis: {
        type: 'category',
        inverse: true,
        // echarts escapes what acts in SVG; a line break or a turn of direction would still act on the picture.
        data: bars.map(({ name }) => visible(name)),
        // Text is measured without its font here: leave room.
        axisLabel: { width: 130, overflow: 'truncate' },
      },
      series: [
        {
          type: 'bar',
          data: bars.map(({ value }) => value),
          itemStyle: { color: '#2b6cb0' },
          label: {
            show: true,
            position: 'right',
            formatter: ({ dataIndex }: { dataIndex: number }) => visible(bars[dataIndex]?.label ?? ''),
          },
        },
      ],
    })
    return numberIds(chart.renderToSVGString())
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
