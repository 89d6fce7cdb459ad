"""Amounts in the figures that cannot be altered: 人民币陆仟贰佰捌拾元整, as cheques and vouchers must have them (支付结算办法附一)."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def amount(cents: int) -> str:
    """``cents`` in capital figures, below 10¹⁶ yuan; "" beyond that."""
    yuan, rest = divmod(abs(cents), 100)
    if yuan >= 10**16:
        return ""
    jiao, fen = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    words += f"{_DIGITS[fen]}分" if fen else "整"
    return ("负" if cents < 0 else "") + "人民币" + (words if yuan or rest else "零元整")


def _whole(number: int) -> str:
    """A positive whole number, four digits at a time."""
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        if words and (group < 1000 or not groups[place + 1]):
            words += "零"
        words += _group(group) + _GROUPS[place]
    # 万亿 is said once: the 亿 of a number that has trillions and no hundred millions is within it
    return words.replace("万亿", "万", 1) if len(groups) > 3 and groups[2] else words


def _group(number: int) -> str:
    """1 to 9999."""
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return words
