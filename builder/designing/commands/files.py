"""Commands on whole files: what the source tab writes, and files that come and go."""

import re

from builder.designing.command import Command, command
from builder.designing.work import APP, FLOW, FORM, Work
from builder.source import MAX_BYTES
from forms.texts import Text

#: what may lie in the folder of an app
NAMES = re.compile(r"(?:app|form|flow)\.yaml|i18n/en\.yaml|(?:print|tests)/[a-z0-9][a-z0-9-]{0,60}\.yaml")


@command("write-file")
class WriteFile(Command):
    """The whole text of a file, as the source tab has it."""

    file: str
    text: str

    def run(self, work: Work) -> Text:
        _known(work, self.file)
        if len(self.text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            work.refuse("文件太大", "The file is too large")
        text = self.text.replace("\r\n", "\n")
        if "\r\n" in work.texts.get(self.file, ""):
            # browsers send their own line breaks; the file keeps its own
            text = text.replace("\n", "\r\n")
        if text and not text.endswith("\n") and work.texts.get(self.file, "\n").endswith("\n"):
            text += "\n"
        work.write(self.file, text)
        work.selected = f"file:{self.file}"
        return {"zh": f"修改 {self.file}", "en": f"{self.file} changed"}


@command("add-file")
class AddFile(Command):
    """A new file: a print template, or scenarios."""

    file: str
    text: str = ""

    def run(self, work: Work) -> Text:
        _known(work, self.file)
        work.create(self.file, self.text)
        work.selected = f"file:{self.file}"
        return {"zh": f"添加 {self.file}", "en": f"{self.file} added"}


@command("remove-file")
class RemoveFile(Command):
    """A file that an app can do without."""

    file: str

    def run(self, work: Work) -> Text:
        if self.file in (APP, FORM, FLOW) or self.file not in work.texts:
            work.refuse(f"不能删除 {self.file}", f"{self.file} cannot be removed")
        work.delete(self.file)
        work.selected = f"file:{APP}"
        return {"zh": f"删除 {self.file}", "en": f"{self.file} removed"}


def _known(work: Work, file: str) -> None:
    if not NAMES.fullmatch(file):
        work.refuse(f"应用里没有 {file} 这样的文件", f"An app has no file like {file}")
