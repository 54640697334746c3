import type { StatementTexts } from './statement-texts.ts'

/** Statements in Korean. */
export const ko: StatementTexts = {
  lang: 'ko',
  title: (month) => `${month} 이용 명세서`,
  draft: '임시(draft): 금액이 아직 바뀔 수 있습니다.',
  customer: '고객',
  period: '이용 기간',
  plan: '요금제',
  total: '합계',
  lines: '청구 내역',
  columns: {
    item: '항목',
    validFrom: '단가 적용일',
    tier: '구간',
    quantity: '수량',
    price: '단가',
    amount: '금액',
  },
  unitsOfPrice: '단가 기준 수량',
  kinds: {
    free: '무료 제공량',
    usage: '이용량',
    discount: '할인',
    fixed: '기본료',
    'top-up': '최소 이용료 차액',
    tax: '세금',
    rounding: '단수 조정',
    adjustment: '정산 조정',
  },
  tier: (above, upTo) => (upTo === undefined ? `${above} 초과` : `${above} 초과 ${upTo} 이하`),
  per: (price, units) => `${units}당 ${price}`,
  roundings: { 'half-up': '반올림', 'half-even': '짝수 반올림', down: '버림' },
  exact: (digits, rounding) =>
    `각 금액은 반올림하지 않은 값이며, 합계만 소수점 이하 ${digits}자리로 ${rounding}합니다.`,
  explanation:
    '무료 제공량이 먼저 차감됩니다. 구간은 한 달의 누적 수량으로 정해지며, 단가가 바뀌어도 이어집니다.',
}
