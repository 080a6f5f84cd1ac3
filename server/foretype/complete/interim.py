from dataclasses import dataclass
from foretype.complete.filters.candidate import *
@dataclass
class Cut:
    text: str; complete: bool; reason: str
class stop:
    @staticmethod
    def cut(text,intent,s,done,max_lines):
        t=text.split('\n',1)[0]
        return Cut(t, '\n' in text or done, '')
    @staticmethod
    def partial(text):
        import re
        m=re.match(r'(?s).*\b', text); t=m.group() if m else ''
        return t if len(t.strip())>=4 else None
class filters:
    @staticmethod
    def run(c,s):
        if not c.text.strip(): return Filtered(None,(), 'blank')
        return Filtered(c)
    run_partial=run
