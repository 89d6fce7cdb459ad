"""The few words of a form that do not come from its definition, in the language of the page."""

from forms.texts import say


class Words:
    """Looked up once, when a form is compiled."""

    def __init__(self, language: str) -> None:
        self.language = language

        def word(zh: str, en: str) -> str:
            return say({"zh": zh, "en": en}, language)

        self.choose = word("请选择", "Choose")
        self.start = word("开始", "Start")
        self.end = word("结束", "End")
        self.half = word("上午或下午", "morning or afternoon")
        self.halves = [
            (value, (f'<option value="{value}">{title}</option>', f'<option value="{value}" selected>{title}</option>'))
            for value, title in (("am", word("上午", "a.m.")), ("pm", word("下午", "p.m.")))
        ]
        self.seek_person = word("查找人员：姓名、拼音或部门", "Find a person: name or department")
        self.seek_case = word("查找申请：编号或标题", "Find a case: number or subject")
        self.seek_region = word("查找行政区划：如 南京", "Find a region: e.g. 南京")
        self.seek_option = word("查找：名称或拼音", "Find by name")
        self.other = word("其他", "Other")
        self.name_it = word("请写明", "Say what it is")
        self.formats = [
            ("bold", "B", word("加粗", "Bold")),
            ("italic", "I", word("斜体", "Italic")),
            ("insertUnorderedList", "•", word("列表", "List")),
            ("insertOrderedList", "1.", word("1. 编号", "1. Numbered list")),
        ]
        self.change = word("换一个", "Change")
        self.find = word("查找", "Find")
        self.nothing_found = word("没有找到，请换个写法", "Nothing found, try other words")
        self.calculated = word("自动计算", "Calculated")
        self.from_excel = word("从 Excel 导入", "From Excel")
        self.add_row = word("添加一行", "Add a row")
        self.locked = word("不能修改", "Cannot be changed")
        self.copy_row = word("复制", "Copy")
        self.total = word("{}合计", "Total: {}")
        self.drop_row = word("删除", "Remove")
        self.no_rows = word("还没有内容", "No rows yet")
