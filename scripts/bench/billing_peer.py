"""Prices the same usage as the bench of billing-report, as one would by hand: csv, dicts and decimal.Decimal."""

import csv
import sys
from decimal import ROUND_HALF_UP, Decimal

FREE = 100
FIRST_TIER = 1000
PRICES = (Decimal("12.5"), Decimal("10"))
EGRESS = Decimal("0.4") / 1_000_000
MINIMUM = Decimal("1000")
TAX = Decimal("0.1")


def _lines(requests: int, size: int) -> list[tuple[str, str, int, Decimal]]:
    free = min(requests, FREE)
    first = min(requests - free, FIRST_TIER)
    rest = requests - free - first
    usage = [
        ("free", "inference", free, Decimal(0)),
        ("usage", "inference", first, first * PRICES[0]),
        ("usage", "inference", rest, rest * PRICES[1]),
        ("usage", "egress", size, size * EGRESS),
    ]
    lines = [line for line in usage if line[2] > 0]
    missing = MINIMUM - sum(amount for *_, amount in lines)
    if missing > 0:
        lines.append(("top-up", "up to the minimum of default", 1, missing))
    net = sum((amount for *_, amount in lines), Decimal(0))
    tax = net * TAX
    total = (net + tax).quantize(Decimal(1), ROUND_HALF_UP)
    lines.append(("tax", "VAT", 1, tax))
    if total != net + tax:
        lines.append(("rounding", "rounding", 1, total - net - tax))
    lines.append(("total", "total", 1, total))
    return lines


def main() -> None:
    """Takes the result of the query, the file to write, and the file for the total."""
    result, target, sum_file = sys.argv[1:]
    usage: dict[str, list[int]] = {}
    with open(result, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["row_class"] != "attributed" or row["routekey"] != "POST /inference":
                continue
            sums = usage.setdefault(row["user"], [0, 0])
            sums[0] += int(row["requests"])
            sums[1] += int(row["responselength"])
    total = Decimal(0)
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for user in sorted(usage):
            for kind, item, quantity, amount in _lines(*usage[user]):
                writer.writerow((user, "default", kind, item, quantity, format(amount.normalize(), "f")))
                if kind == "total":
                    total += amount
    with open(sum_file, "w", encoding="utf-8") as file:
        file.write(str(total))


if __name__ == "__main__":
    main()
